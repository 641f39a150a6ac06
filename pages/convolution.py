"""What size comes out of a convolution, and what each output reads."""

from cnnviz.locale import N_
from cnnviz.ui import convolution
from cnnviz.ui.page import errors_as_sentences, start

start(
    N_("Convolution"),
    N_("Drag Stride S to 2: the output halves. Can you keep the input's size?"),
)
convolution.presets()
setting = convolution.sliders()
with errors_as_sentences():
    convolution.refusal(setting)
    convolution.stage(setting)

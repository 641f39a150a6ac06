"""Networks: from LeNet to ResNet-152 taken apart layer by layer, two side by side, and one of one's own."""

from cnnviz.locale import N_
from cnnviz.ui.networks.page import page
from cnnviz.ui.shared.page import start

start(
    N_("Networks"),
    N_("Choose a network and click its blocks: what does each layer give, weigh, and see of the picture?"),
)
page()

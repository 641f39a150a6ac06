"""Figures teachers look up: why a number here is not the one of a paper or of another tool, in a sentence each."""

from __future__ import annotations

from cnnviz.base.locale import N_
from cnnviz.models.summary import LayerInfo, Summary
from cnnviz.ui.networks.choice import Choice
from cnnviz.ui.shared.i18n import _

_DEPTHS = {
    "googlenet": N_("The paper says 22 layers, and 27 with the five poolings between the blocks counted."),
    "inception-v3": N_(
        "The 42 layers of the paper are those of its Inception v2; counted on the longest way, torchvision's v3 has 48."
    ),
}
# Araujo, Norris, Sim, "Computing Receptive Fields of Convolutional Neural Networks", Distill, 2019: the last maps.
PUBLISHED_FIELDS = {"resnet50": 483, "resnet152": 1507}
_FIELD = N_(
    "The last maps see {ours} pixels here, {published} in the table of Araujo et al. (2019): torchvision halves in the "
    "3 × 3 convolution of a stage's first block, the ResNets of that table just before it."
)
_LATER_STAGES = ("layer2", "layer3", "layer4")  # the first stage halves nothing


def depth_note(choice: Choice) -> str:
    """Of the whole network, below its totals."""
    return _(_DEPTHS[choice.name]) if choice.name in _DEPTHS else ""


def field_note(choice: Choice, summary: Summary, layer: LayerInfo | None = None) -> str:
    """Of what the last maps see; with a `layer` only where it stands behind the first halving that differs."""
    if choice.name not in PUBLISHED_FIELDS:
        return ""
    if layer is not None and not (layer.name.startswith(_LATER_STAGES) and len(layer.output_shape) == 3):
        return ""
    return _(_FIELD, ours=last_maps(summary).receptive_field, published=PUBLISHED_FIELDS[choice.name])


def last_maps(summary: Summary) -> LayerInfo:
    """The last layer that gives maps of more than one value: what is averaged for the classes."""
    return [layer for layer in summary if len(layer.output_shape) == 3 and layer.output_shape[1:] != (1, 1)][-1]


def counting_note() -> str:
    """Of multiplications."""
    return _(
        "torchinfo multiplies biases too and comes to up to 1.7% more; fvcore's total adds batch norm and averages "
        "over whole maps, up to 0.7%."
    )

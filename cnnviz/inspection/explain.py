"""Explanation of a layer: what it does, in one sentence with its own numbers. No UI, no disk."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from torch import nn

from cnnviz.arithmetic.axis import pair
from cnnviz.base.locale import N_


@dataclass(frozen=True)
class Explanation:
    """An English message with `{named}` gaps, and what fills them."""

    template: str
    values: dict[str, Any] = field(default_factory=dict)


def explain(layer: nn.Module | str) -> Explanation:
    """The sentence for one layer, or for an operation between layers, given by its kind."""
    if isinstance(layer, str):
        return Explanation(_OPERATIONS.get(layer, _OTHER))
    if isinstance(layer, nn.Conv2d) and layer.groups > 1:
        return Explanation(_GROUPED, _values(layer) | {"own": layer.in_channels // layer.groups})
    for kind, sentence in _SENTENCES.items():
        if isinstance(layer, kind):
            return Explanation(sentence, _values(layer))
    return Explanation(_OTHER)


_OTHER = N_("This layer passes its input on, changed in its own way.")
_GROUPED = N_(
    "Each of the {out} filters slides over its input, {height} × {width} pixels at a time and through {own} of its "
    "{inputs} channels, and draws one map of where it found its pattern."
)
_OPERATIONS = {
    "Add": N_("What two branches gave is added, value by value: f(x) + x, so a block need only learn what to change."),
    "Concat": N_("The maps of all branches are laid on top of each other; nothing is computed."),
    "Flatten": N_("The maps are laid out as one long row of numbers; nothing is computed."),
}
_SENTENCES: dict[type[nn.Module], str] = {
    nn.Conv2d: N_(
        "Each of the {out} filters slides over its input, {height} × {width} pixels at a time and through all channels "
        "(here {inputs}), and draws one map of where it found its pattern."
    ),
    nn.ReLU: N_("Everything below zero becomes zero: what spoke against a pattern is silenced."),
    nn.Sigmoid: N_("Every value is squeezed to between 0 and 1: large ones all become nearly 1."),
    nn.Tanh: N_("Every value is squeezed to between -1 and 1: large ones all become nearly 1."),
    nn.LeakyReLU: N_("Everything below zero is made a hundred times smaller, not silenced: a little of it goes on."),
    nn.BatchNorm2d: N_("Each map is shifted and scaled to what training found usual, so that later layers find it so."),
    nn.AdaptiveAvgPool2d: N_(
        "Each map becomes its mean, or a few means: how much of its pattern there was, no matter where."
    ),
    nn.MaxPool2d: N_(
        "Of every {height} × {width} window only the largest value stays: smaller maps, and less about where."
    ),
    nn.AvgPool2d: N_("Every {height} × {width} window becomes its mean: smaller maps, and less about where."),
    nn.Flatten: N_("The maps are laid out as one long row of numbers; nothing is computed."),
    nn.Linear: N_("Each of the {out} units weighs all {inputs} inputs and adds them up: position no longer matters."),
    nn.Dropout: N_("In training some values are set to zero at random; now, after it, nothing is changed."),
}


def _values(layer: nn.Module) -> dict[str, Any]:
    if isinstance(layer, nn.Conv2d):
        height, width = layer.kernel_size
        return {"out": layer.out_channels, "inputs": layer.in_channels, "height": height, "width": width}
    if isinstance(layer, (nn.MaxPool2d, nn.AvgPool2d)):
        height, width = pair(layer.kernel_size)
        return {"height": height, "width": width}
    if isinstance(layer, nn.Linear):
        return {"out": layer.out_features, "inputs": layer.in_features}
    return {}

"""Layer kinds: every layer and block that a row of a blueprint can be, one class each. Never imports torch.

A new kind is a class in one of these modules, and its place among `LAYER_KINDS`; a block also has its module in
`cnnviz.models.families.blocks`. The table, files, links, shapes and costs, torch, Keras and the exports read the class.
"""

from __future__ import annotations

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.base.locale.typesetting import Listed
from cnnviz.base.params import excerpt
from cnnviz.models.editor.layers import blocks, plain, windows
from cnnviz.models.editor.layers.kind import LayerKind

_UNKNOWN_KIND = N_("There is no layer {value}. Choose one of: {allowed}.")

LAYER_KINDS: dict[str, LayerKind] = {
    kind.name: kind
    for kind in (
        windows.Convolution(),
        windows.MaxPooling(),
        windows.AveragePooling(),
        plain.Activation(),
        plain.BatchNorm(),
        plain.Dropout(),
        plain.Flatten(),
        plain.Linear(),
        windows.GlobalAveragePooling(),
        windows.AdaptiveAveragePooling(),
        blocks.BasicBlock(),
        blocks.Bottleneck(),
        blocks.Inception(),
        blocks.InceptionA(),
        blocks.InceptionB(),
        blocks.InceptionC(),
        blocks.InceptionD(),
        blocks.InceptionE(),
    )
}  # in the order of the menu


def layer_kind(name: object) -> LayerKind:
    """The kind called `name`. Raises ConfigurationError, which lists the kinds there are."""
    if not isinstance(name, str) or name not in LAYER_KINDS:
        raise ConfigurationError(_UNKNOWN_KIND, value=excerpt(name), allowed=Listed(LAYER_KINDS))
    return LAYER_KINDS[name]

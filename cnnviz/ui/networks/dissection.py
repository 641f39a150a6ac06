"""A network taken apart, kept for all visitors, and its layers in words. Imports torch."""

from __future__ import annotations

import streamlit as st

from cnnviz.models.summary import LayerInfo, Summary, summarize
from cnnviz.ui.i18n import _
from cnnviz.ui.networks.choice import Choice

_FAMILIES = {
    "convolution": ("Conv",),
    "pooling": (
        "MaxPool",
        "AvgPool",
        "AdaptiveAvgPool",
        "AdaptiveMaxPool",
        "adaptive_avg_pool",
        "avg_pool",
        "max_pool",
    ),
    "linear": ("Linear", "linear"),
    "norm": ("BatchNorm", "LocalResponseNorm", "batch_norm"),
    "dropout": ("Dropout", "dropout"),
    "flatten": ("Flatten", "flatten"),
    "sum": ("add",),
    "join": ("Concat", "cat"),
}


@st.cache_resource(max_entries=48, show_spinner=False)
def dissection(choice: Choice) -> Summary:
    """Every layer of the network. Raises ConfigurationError; errors are not kept."""
    return summarize(choice.outline(), choice.input_size)


def family(layer: LayerInfo) -> str:
    """What a layer is drawn as."""
    kind = layer.kind.lower()
    fitting = (name for name, starts in _FAMILIES.items() if kind.startswith(tuple(s.lower() for s in starts)))
    return next(fitting, "activation")


def shape(sizes: tuple[int, ...]) -> str:
    """ "6 × 28 × 28" """
    return " × ".join(map(str, sizes))


def in_words(layer: LayerInfo) -> str:
    """One line: what the layer is, gives, weighs and sees."""
    parts = [
        _("{layer}: {kind}", layer=layer.name, kind=layer.kind),
        _("{before} in, {after} out", before=shape(layer.input_shape), after=shape(layer.output_shape)),
    ]
    if layer.params:
        parts.append(_("{count} weights", count=f"{layer.params:,}"))
    if layer.macs:
        parts.append(_("{count} multiplications", count=f"{layer.macs:,}"))
    if len(layer.output_shape) == 3:
        parts.append(_("each value sees {side} × {side} pixels of the picture", side=layer.receptive_field))
    return " · ".join(parts)

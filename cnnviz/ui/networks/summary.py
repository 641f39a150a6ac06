"""A network taken apart, kept for all visitors, and its layers in words. Imports torch."""

from __future__ import annotations

import streamlit as st

from cnnviz.base.locale import N_
from cnnviz.models.summary import LayerInfo, Summary, summarize
from cnnviz.ui.networks.choice import Choice
from cnnviz.ui.shared.i18n import _, sentences
from cnnviz.ui.shared.numbers import percent

KINDS = {  # families that have weights
    "convolution": N_("convolution"),
    "linear": N_("fully connected"),
    "norm": N_("batch norm"),
}

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


@st.cache_resource(max_entries=96, show_spinner=False)
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


def where(summary: Summary) -> str:
    """Where the weights and the work are, in two sentences; "" for a network without weights."""
    said = [
        _(template, **_heaviest(summary, what))
        for what, template in (
            ("params", N_("Weights: {share} in {kind} layers ({count}), most of them in {layer}, {part}.")),
            ("macs", N_("Multiplications: {share} in {kind} layers ({count}), most of them in {layer}, {part}.")),
        )
        if getattr(summary, what)
    ]
    return sentences(*said)


def _heaviest(summary: Summary, what: str) -> dict[str, object]:
    """The family with the largest share, and the layer with the largest."""
    families: dict[str, list[int]] = {}
    for layer in summary:
        if getattr(layer, what):
            families.setdefault(family(layer), []).append(getattr(layer, what))
    name, parts = max(families.items(), key=lambda item: sum(item[1]))
    layer = max(summary, key=lambda each: getattr(each, what))
    total = getattr(summary, what)
    return {
        "share": percent(sum(parts) / total),
        "kind": _(KINDS.get(name, name)),
        "count": len(parts),
        "layer": layer.name,
        "part": percent(getattr(layer, what) / total),
    }


def depth(summary: Summary) -> int:
    """Layers with weights on the longest way through: what "152 layers deep" counts. Batch norm is not counted."""
    deep: dict[str, int] = {}
    for layer in summary:
        deep[layer.name] = max((deep.get(name, 0) for name in layer.inputs), default=0) + (layer.macs > 0)
    return max(deep.values(), default=0)

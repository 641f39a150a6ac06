"""Network summary: a network taken apart, kept for all visitors, and its layers in words. Imports torch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import streamlit as st
from torch import nn

from cnnviz.base.locale import N_
from cnnviz.base.text import percent
from cnnviz.models.registry import model_spec
from cnnviz.models.summary import LayerInfo, Summary, summarize
from cnnviz.ui.networks.choice import Choice, plain, value_in_words
from cnnviz.ui.shared.i18n import _, listed, sentences

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
_WHERE = {
    "params": N_("Weights: {share} in {kind} layers ({count}), most of them in {layer}, {part}."),
    "macs": N_("Multiplications: {share} in {kind} layers ({count}), most of them in {layer}, {part}."),
}
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


@st.cache_resource(max_entries=96, show_spinner=False)
def summary_of(choice: Choice) -> Summary:
    """Every layer of the network. Raises ConfigurationError; errors are not kept."""
    return summarize(choice.outline(), choice.input_size)


@st.cache_resource(max_entries=16, show_spinner=False)
def outline_of(choice: Choice) -> nn.Module:
    """Shapes without numbers, for looking at only."""
    return choice.outline()


def family(layer: LayerInfo) -> str:
    """What a layer is drawn as."""
    kind = layer.kind.lower()
    fitting = (name for name, starts in _FAMILIES.items() if kind.startswith(tuple(s.lower() for s in starts)))
    return next(fitting, "activation")


def role(layer: LayerInfo) -> str:
    """Its colour's, as in the drawing."""
    return {"convolution": "kernel", "pooling": "stride", "linear": "output"}.get(family(layer), "muted")


def shape(sizes: tuple[int, ...]) -> str:
    """ "6 × 28 × 28" """
    return " × ".join(map(str, sizes))


def where(summary: Summary) -> str:
    """Where the weights and the work are, in two sentences; "" for a network without weights."""
    return sentences(*(where_most(summary, what) for what in _WHERE if getattr(summary, what)))


def where_most(summary: Summary, what: str) -> str:
    """Where most of `what` is, "params" or "macs", which must not be 0."""
    return _(_WHERE[what], **_heaviest(summary, what))


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


@dataclass(frozen=True)
class Change:
    """One thing that is not as the authors made it, and what it alone adds."""

    what: str
    params: int
    macs: int


def changes(choice: Choice) -> list[Change]:
    """Channels, classes and options that differ from the network's own, each measured alone."""
    own = plain(choice.name)
    before = summary_of(own)
    found = []
    for what, changed in _one_by_one(choice, own):
        after = summary_of(changed)
        found.append(Change(what, after.params - before.params, after.macs - before.macs))
    return found


def changes_in_words(found: list[Change]) -> str:
    """ "Changed: Batch norm on (+44 weights)"; "" if nothing was."""
    if not found:
        return ""
    return _("Changed: {changes}.", changes=listed((_change_in_words(change) for change in found), "; "))


def _change_in_words(change: Change) -> str:
    return _("{what} ({about})", what=change.what, about=_change_cost(change))


def _one_by_one(choice: Choice, own: Choice) -> Iterator[tuple[str, Choice]]:
    if choice.in_channels != own.in_channels:
        yield _("channels: {count}", count=choice.in_channels), replace(own, in_channels=choice.in_channels)
    if choice.num_classes != own.num_classes:
        yield _("classes: {count}", count=choice.num_classes), replace(own, num_classes=choice.num_classes)
    options = {option.name: option for option in model_spec(choice.name).options}
    for name, value in choice.options:
        yield (
            _("{name}: {value}", name=_(options[name].title), value=value_in_words(options[name], value)),
            replace(own, options=((name, value),)),
        )


def _change_cost(change: Change) -> str:
    if not change.params and not change.macs:
        return _("same weights, same work")
    parts = []
    if change.params:
        parts.append(_("{count} weights", count=_signed(change.params)))
    if change.macs:
        parts.append(_("{count} multiplications", count=_signed(change.macs)))
    return listed(parts)


def _signed(number: int) -> str:
    return f"{number:+,}".replace("-", "−")


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

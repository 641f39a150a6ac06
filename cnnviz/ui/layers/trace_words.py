"""Trace words: the sentence under a value trace, whose gaps are filled in the browser as the finger moves."""

from __future__ import annotations

from dataclasses import asdict

from cnnviz.base.locale import N_
from cnnviz.inspection.trace import ValueTrace
from cnnviz.ui.shared.i18n import _

_MOST_LISTED = 9  # values of a window

_SENTENCES = {
    "convolution": N_("{count} products add up to {sum}; with the bias {bias} that makes {value}."),
    "sum": N_("{count} products add up to {sum}; with the bias {bias} that makes {value}."),
    "largest": N_("the largest of {list} is {value}."),
    "mean": N_("the mean of {list} is {value}."),
    "relu": N_("max(0, {before}) = {value}."),
    "sigmoid": N_("1 / (1 + exp(−({before}))) = {value}."),
    "tanh": N_("tanh({before}) = {value}."),
    "leaky": N_("max({before}, {slope} × {before}) = {value}."),
    "norm": N_(
        "({before} − μ {mean}) / √(σ² {variance} + {epsilon}) × γ {weight} + β {bias} = {value}; "
        "μ is the mean, σ² the variance."
    ),
    "added": N_("{terms} = {value}."),
    "joined": N_("{before} stays {value}: it is map {index} of {source}."),
    "dropped": N_("{before} × {factor} = {value}, so that the sum stays as large on average."),
    "same": N_("{before} stays {value}."),
}
_OF_SOME = N_(
    "{count} products add up to {sum}, those of the other {others} maps to {rest}; with the bias {bias} that makes "
    "{value}."
)
_LARGEST_OF_MANY = N_("the largest of {count} values is {value}.")
_MEAN_OF_MANY = N_("the mean of {count} values is {value}.")
_FROM_MAP = N_("{before} stays {value}: it stood in map {index}, row {top}, column {left}.")


def says(trace: ValueTrace, is_unit: bool) -> str:
    """The sentence; its gap {map} is still to be filled here, those of the value in the browser."""
    place = _("Unit {map}: ") if is_unit else _("Map {map}, row {row}, column {column}: ")
    return place + _filled(_(_message(trace)), trace)


def says_none(trace: ValueTrace) -> str:
    """The sentence of a value that dropout set to zero."""
    return _("{before} was dropped: {value}.") if trace.kind == "dropped" else ""


def _message(trace: ValueTrace) -> str:
    if trace.rest is not None:
        return _OF_SOME
    if trace.place is not None:
        return _FROM_MAP
    is_long = (trace.spans is not None and trace.inputs.size > _MOST_LISTED) or _window(trace) > _MOST_LISTED
    many = {"largest": _LARGEST_OF_MANY, "mean": _MEAN_OF_MANY}
    return many[trace.kind] if is_long and trace.kind in many else _SENTENCES[trace.kind]


def _window(trace: ValueTrace) -> int:
    return trace.kernel_size[0] * trace.kernel_size[1]


def _filled(text: str, trace: ValueTrace) -> str:
    """The gaps that are the same wherever the finger is."""
    gaps = {}
    if trace.rest is not None:
        gaps["others"] = str(trace.of - len(trace.channels))
    if trace.source is not None:
        gaps |= {"source": trace.source[0] or _("the picture"), "index": str(trace.source[1] + 1)}
    if trace.place is not None:
        gaps |= {name: str(at + 1) for name, at in zip(("index", "top", "left"), trace.place, strict=True)}
    if trace.kind in ("leaky", "dropped"):
        gaps["slope" if trace.kind == "leaky" else "factor"] = f"{trace.slope:.4g}"
    if trace.norm is not None:
        gaps |= {name: f"{value:.4g}".replace("-", "−") for name, value in asdict(trace.norm).items()}
    for name, value in gaps.items():
        text = text.replace(f"{{{name}}}", value)
    return text

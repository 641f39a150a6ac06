"""Editor table: mounts the component of the rows, checks what it sends like a file, and offers fixes."""

from __future__ import annotations

from functools import partial
from typing import Any

from cnnviz.base.locale import N_
from cnnviz.models.editor.blueprint import MAX_CLASSES, MAX_NAME, MAX_ROWS, MAX_SIDE, Blueprint, RowError, RowShape
from cnnviz.models.editor.fixes import Fix, first_error, fixes
from cnnviz.models.editor.formats import MAX_LINK, from_table
from cnnviz.models.editor.layers.blocks import times
from cnnviz.models.editor.layers.kind import MAX_CHANNELS, ROW_KINDS, Field, Row, RowKind
from cnnviz.ui.networks.editor import state
from cnnviz.ui.shared import mount
from cnnviz.ui.shared.i18n import _, language, sentence_as_text, sentences
from cnnviz.ui.shared.mount import component

_TABLE = "networks_rows"
_NAME = Field("name", "text")
_COLUMNS = {  # of four: what means the same stands in one column, whatever the kind
    "out_channels": 1, "out_features": 1, "width": 1, "pool_features": 1, "channels_7x7": 1, "output_size": 1, "p": 1,
    "ch1x1": 1, "ch3x3red": 2, "ch3x3": 3, "ch5x5red": 1, "ch5x5": 2, "pool_proj": 3,
    "kernel_size": 2, "stride": 3, "padding": 4,
}  # fmt: skip
_SELDOM = {"dilation", "groups", "bias", "ceil_mode", "eps", "activation", "pooling", "name"}
_FAMILIES = {
    "conv": "convolution",
    "max_pool": "pooling",
    "average_pool": "pooling",
    "global_average_pool": "pooling",
    "adaptive_average_pool": "pooling",
    "linear": "linear",
    "basic_block": "sum",
    "bottleneck": "sum",
}
KIND_TEXTS = {
    "conv": N_("Slides windows over the maps before it: each filter reads them all and gives one map."),
    "max_pool": N_("Keeps the largest value of each window: smaller maps, no weights."),
    "average_pool": N_("Keeps the mean of each window: smaller maps, no weights."),
    "activation": N_("Bends every value by itself: without it, two layers in a row could be one."),
    "batch_norm": N_(
        "Gives each channel mean 0 and variance 1 over the batch, then a learned scale and shift: training is steadier."
    ),
    "dropout": N_("Sets random values to 0 in training, against learning by heart; does nothing afterwards."),
    "flatten": N_("Puts all maps into one row of numbers, as fully connected layers read them."),
    "linear": N_("Every output is a weighted sum of all inputs."),
    "global_average_pool": N_("Each map becomes one number, its mean."),
    "adaptive_average_pool": N_("Means over windows of the size that makes every map come out at output_size."),
    "basic_block": N_("Two 3 × 3 convolutions, and what came in is added to what they give (ResNet-18, 34)."),
    "bottleneck": N_(
        "Convolutions 1 × 1, 3 × 3 and 1 × 1, and what came in is added; gives 4 × width maps (ResNet-50, 152)."
    ),
    "inception": N_("Four branches side by side: 1 × 1, 3 × 3, a second 3 × 3, and pooling (GoogLeNet)."),
    "inception_a": N_("Branches of 1 × 1, 5 × 5, two 3 × 3, and pooling, side by side (Inception v3)."),
    "inception_b": N_("Halves the maps: branches of 3 × 3, two 3 × 3, and pooling (Inception v3)."),
    "inception_c": N_("7 × 7 taken apart into 1 × 7 and 7 × 1, once and twice (Inception v3)."),
    "inception_d": N_("Halves the maps: 3 × 3, and 1 × 7, 7 × 1, 3 × 3 (Inception v3)."),
    "inception_e": N_("3 × 3 taken apart into 1 × 3 beside 3 × 1: the widest block (Inception v3)."),
}
OPTION_TEXTS = {
    "out_channels": N_("Number of filters, and so of maps that come out."),
    "kernel_size": N_("Side of the window in values; 3x5 is 3 high and 5 wide."),
    "stride": N_("How far the window jumps: 2 halves height and width."),
    "padding": N_("Rings of zeros around each map; a 3 × 3 window with 1 keeps the size."),
    "dilation": N_("Distance between the values a window reads: 1 is side by side."),
    "groups": N_("Channels in so many groups that do not see one another: 1 is all together."),
    "bias": N_("Whether a learned number is added to every sum."),
    "ceil_mode": N_("Whether a last window may hang over the edge: sizes are rounded up instead of down."),
    "function": N_(
        "relu: below 0 it is 0. leaky_relu: below 0 a hundredth. sigmoid: squeezed into 0 to 1. tanh: into −1 to 1."
    ),
    "eps": N_("A little added to the variance, so that nothing is divided by 0."),
    "p": N_("Share of the values that are set to 0 in training."),
    "out_features": N_("How many numbers come out; empty: one for each class."),
    "output_size": N_("Height and width that come out."),
    "width": N_("Maps inside the block; four times as many come out."),
    "activation": N_("The activation inside the block."),
    "pooling": N_("The pooling inside the block."),
    "ch1x1": N_("Maps of the 1 × 1 branch."),
    "ch3x3red": N_("Maps that are left before the 3 × 3 branch: fewer make it cheap."),
    "ch3x3": N_("Maps of the 3 × 3 branch."),
    "ch5x5red": N_("Maps that are left before the branch called 5 × 5: fewer make it cheap."),
    "ch5x5": N_("Maps of the branch called 5 × 5, which has 3 × 3 kernels as in torchvision."),
    "pool_proj": N_("Maps of the pooling branch."),
    "pool_features": N_("Maps of the pooling branch."),
    "channels_7x7": N_("Maps between the 1 × 7 and the 7 × 1 convolutions."),
    "name": N_(
        "What the layer is called in the drawing and in its source: conv1, or features.0 inside a group; "
        "empty: counted by kind."
    ),
}
LIMITS = N_("From {low} to {high}.")


def table(blueprint: Blueprint, checked: list[RowShape | RowError]) -> None:
    """The rows of `blueprint` with what `checked` says of each."""
    error = first_error(checked)
    component("blueprint")(
        key=_TABLE,
        data={
            "version": state.version(),
            "serial": _serial(),
            "language": language(),
            "blueprint": _network(blueprint),
            "found": [_found(row) for row in checked],
            "mends": [] if error is None else [_fix(fix) for fix in fixes(blueprint, error)],
            "kinds": [_kind(kind) for kind in ROW_KINDS.values()],
            "limits": {
                "channels": MAX_CHANNELS, "side": MAX_SIDE, "classes": MAX_CLASSES, "rows": MAX_ROWS, "name": MAX_NAME
            },
            "address": {
                "name": state.LINK.name,
                "link": state.link() or "",
                "held": state.LINK.read(),
            },
            "strings": _strings(),
        },
        on_said_change=listen,
        on_linked_change=_hear_link,
    )  # fmt: skip


def listen() -> None:
    """How the network stands in the table now. Whatever replaces it listens first: nothing typed is lost."""
    news = _news()
    if news:
        state.typed(partial(from_table, news.get("text")))


def _news() -> dict[str, Any]:
    """What was typed last; nothing if the rows have since come from another start, file or undo."""
    said = mount.said(_TABLE, "said")
    return said if isinstance(said, dict) and said.get("version") == state.version() else {}


def _serial() -> int:
    """The number of the edit that is answered: only the newest one's answer is shown."""
    serial = _news().get("serial")
    return serial if mount.is_whole(serial, 0, mount.LARGEST_WHOLE) else 0


def _hear_link() -> None:
    """The address holds this link now: to be kept when Streamlit writes the address itself."""
    said = mount.words(_TABLE, "linked", MAX_LINK)
    if said != (state.link() or ""):
        return
    state.LINK.put(said)


def _network(blueprint: Blueprint) -> dict[str, Any]:
    rows = [_row(row) for row in blueprint.rows]
    size = list(blueprint.input_size)
    return {"name": blueprint.name, "input_size": size, "num_classes": blueprint.num_classes, "rows": rows}


def _row(row: Row) -> dict[str, Any]:
    named = {"name": row.name} if row.name else {}
    return {"kind": row.kind, **named, **{name: _text(value) for name, value in row.given}}


def _text(value: Any) -> Any:
    """As it stands in a field: "3", "3x5", or true."""
    if isinstance(value, bool):
        return value
    return "x".join(map(str, value)) if isinstance(value, tuple) else "" if value is None else str(value)


def _fix(fix: Fix) -> dict[str, Any]:
    return {"says": _(fix.template, **fix.values), "rows": [_row(row) for row in fix.rows]}


def _found(row: RowShape | RowError) -> dict[str, Any]:
    if isinstance(row, RowError):
        return {
            "name": row.name,
            "problem": sentence_as_text(row.problem),
            "parameter": _blamed(row),
        }
    out = times(row.output_shape).replace("x", "×") if row.output_shape else "–"
    return {
        "name": row.name,
        "out": out,
        "weights": _("{count} weights", count=f"{row.params:,}") if row.params else "",
    }


def _blamed(row: RowError) -> str:
    """The option that is to be changed, if the sentence is about one: named in its gap, or as its first word."""
    return str(row.problem.values.get("parameter") or str(row.problem).split(" ")[0])


def _kind(kind: RowKind) -> dict[str, Any]:
    return {
        "name": kind.name,
        "title": _(kind.title),
        "says": _(KIND_TEXTS[kind.name]),
        "family": _FAMILIES.get(kind.name, "join" if kind.is_block else "other"),
        "is_block": kind.is_block,
        "fields": [_field(field) for field in (*kind.fields, _NAME)],
    }


def _field(field: Field) -> dict[str, Any]:
    has_limits = field.form in ("whole", "span", "padding", "number")
    limits = _(LIMITS, low=f"{field.low:g}", high=f"{field.high:g}") if has_limits else ""
    return {
        "name": field.name,
        "label": _("name") if field is _NAME else field.name,
        "form": field.form,
        "default": _text(field.default),
        "low": field.low,
        "high": field.high,
        "choices": list(field.choices),
        "example": str(field.example) if field.needed else "",
        "slot": _COLUMNS.get(field.name, 0),
        "seldom": field.name in _SELDOM,
        "says": sentences(_(OPTION_TEXTS[field.name]), limits),
    }


def _strings() -> dict[str, str]:
    return {
        "label": _("The rows of your network"),
        "keys": _("Alt with ↑ or ↓ moves the row one is in; ↑ and ↓ alone change a number."),
        "name": _("Name"),
        "picture": _("One picture: channels × height × width"),
        "classes": _("Classes"),
        "about_name": _("What the network is called in runs, files and its source."),
        "about_picture": _("1 channel for grey pictures, 3 for colour; height and width in pixels."),
        "about_classes": _("What the last row must give: one number for each class. With 0 it is not for training."),
        "whole": _("{parameter} must be a whole number from {low} to {high}."),
        "layer": _("Layer"),
        "options": _("Options"),
        "out": _("Output"),
        "layers": _("layers"),
        "blocks": _("blocks"),
        "add": _("Add a row"),
        "row": _("Row {row}: layer"),
        "option": _("Row {row}: {option}"),
        "more": _("More options of row {row}"),
        "up": _("Move row {row} up"),
        "down": _("Move row {row} down"),
        "remove": _("Take row {row} away"),
        "insert": _("Add a row below row {row}"),
        "channels": _("channels"),
        "height": _("height"),
        "width": _("width"),
    }

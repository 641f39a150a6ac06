"""Editor table: mounts the component of the rows, checks what it sends like a file, and offers fixes."""

from __future__ import annotations

from functools import partial
from typing import Any

from cnnviz.base.locale import N_
from cnnviz.models.editor.blueprint import MAX_NAME, MAX_ROWS, MAX_SIDE, Blueprint, RowError, RowShape
from cnnviz.models.editor.fixes import Fix, first_error, fixes
from cnnviz.models.editor.formats import MAX_LINK, from_table
from cnnviz.models.editor.layers import LAYER_KINDS
from cnnviz.models.editor.layers.kind import MAX_CHANNELS, LayerKind, Option, shape_text
from cnnviz.models.editor.row import Row
from cnnviz.models.zoo import MAX_CLASSES
from cnnviz.ui.networks.editor import state
from cnnviz.ui.shared import mount
from cnnviz.ui.shared.i18n import _, language, sentence_as_text, sentences
from cnnviz.ui.shared.mount import component

_TABLE = "networks_rows"
_NAME_SAYS = N_(
    "What the layer is called in the drawing and in its source: conv1, or features.0 inside a group; "
    "empty: counted by kind."
)
LIMITS = N_("From {low} to {high}.")


def table(blueprint: Blueprint, checked: list[RowShape | RowError]) -> None:
    """The rows of `blueprint` with what `checked` says of each."""
    error = first_error(checked)
    link = state.link() or ""
    state.LINK.mark(link)  # the browser writes it into the address
    component("blueprint")(
        key=_TABLE,
        data={
            "version": state.version(),
            "serial": _serial(),
            "language": language(),
            "blueprint": _network(blueprint),
            "found": [_found(row) for row in checked],
            "fixes": [] if error is None else [_fix(fix) for fix in fixes(blueprint, error)],
            "kinds": [_kind(kind) for kind in LAYER_KINDS.values()],
            "limits": {
                "channels": MAX_CHANNELS, "side": MAX_SIDE, "classes": MAX_CLASSES, "rows": MAX_ROWS, "name": MAX_NAME
            },
            "address": {
                "name": state.LINK.name,
                "link": link,
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
            "parameter": row.parameter,
        }
    out = shape_text(row.output_shape).replace("x", "×") if row.output_shape else "–"
    return {
        "name": row.name,
        "out": out,
        "weights": _("{count} weights", count=f"{row.params:,}") if row.params else "",
    }


def _kind(kind: LayerKind) -> dict[str, Any]:
    return {
        "name": kind.name,
        "title": _(kind.title),
        "says": _(kind.text),
        "family": kind.family,
        "is_block": kind.is_block,
        "fields": [*map(_option, kind.options), _name()],
    }


def _name() -> dict[str, Any]:
    """The field of a row's name, beside those of its options."""
    empty = {"default": "", "low": 0, "high": 0, "choices": [], "example": "", "slot": 0}
    return {"name": "name", "label": _("name"), "form": "text", **empty, "seldom": True, "says": _(_NAME_SAYS)}


def _option(option: Option) -> dict[str, Any]:
    has_limits = option.kind in ("whole", "number")
    limits = _(LIMITS, low=f"{option.low:g}", high=f"{option.high:g}") if has_limits else ""
    return {
        "name": option.name,
        "label": option.name,
        "form": option.form,
        "default": _text(option.default),
        "low": option.low,
        "high": option.high,
        "choices": list(option.choices),
        "example": str(option.example) if option.is_needed else "",
        "slot": option.column,
        "seldom": option.is_seldom,
        "says": sentences(_(option.text), limits),
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

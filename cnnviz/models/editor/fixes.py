"""Fixes of a row that cannot be: small edits, each tried before it is offered. No Streamlit, no torch."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from cnnviz.arithmetic.conv import ConvSpec
from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.models.editor.blueprint import Blueprint, RowError, RowShape
from cnnviz.models.editor.layers import LAYER_KINDS, layer_kind
from cnnviz.models.editor.row import Row

MOST = 3  # fixes offered for a row

_SET = N_("Set {parameter} to {value}")
_CLEAR = N_("Leave {parameter} empty")
_INSERT = N_("Put {kind} before it")
_APPEND = N_("Put {kind} after it")
_MOVE = N_("Move it above flatten")
_UNNAME = N_("Leave all names empty")
_REMOVE = N_("Take this row away")


@dataclass(frozen=True)
class Fix:
    """Words (a message and its values) and the rows that it makes."""

    template: str
    rows: tuple[Row, ...]
    values: dict[str, str] = field(default_factory=dict)


def fixes(blueprint: Blueprint, error: RowError) -> list[Fix]:
    """At most `MOST` edits that bring the network on: those that leave nothing wrong first, removal last."""
    found: dict[tuple[Row, ...], tuple[int, Fix]] = {}
    for fix in _candidates(blueprint, error.row - 1, error):
        rank = _rank(blueprint, fix, error)
        if rank is not None:
            found.setdefault(fix.rows, (rank, fix))
    return [fix for _rest, fix in sorted(found.values(), key=lambda each: each[0])][:MOST]


def _rank(blueprint: Blueprint, fix: Fix, error: RowError) -> int | None:
    """How good a fix is, 0 the best; None if it is none."""
    try:
        checked = dataclasses.replace(blueprint, rows=fix.rows).check()
    except ConfigurationError:
        return None
    wrong = first_error(checked)
    if not checked:
        return None
    if wrong is None:
        return 0 if fix.template != _REMOVE else 2
    if wrong.row > error.row + (len(fix.rows) > len(blueprint.rows)):
        return 1 if fix.template != _REMOVE else 2
    is_next_problem = wrong.row == error.row and wrong.problem.template != error.problem.template
    return 3 if is_next_problem and fix.template in (_SET, _MOVE) else None


def _candidates(blueprint: Blueprint, at: int, error: RowError) -> Iterator[Fix]:
    row, values = blueprint.rows[at], error.problem.values
    parameter = str(values.get("parameter", ""))
    rest = blueprint.rows[:at], blueprint.rows[at + 1 :]
    if "nearest" in values and parameter:
        yield _set(rest, row, parameter, values["nearest"])
    if "example" in values and parameter:
        yield _set(rest, row, parameter, values["example"])
    if "nearest" in values and "groups" in row.options:
        yield _set(rest, row, "groups", values["nearest"])
    has_kernel = row.kind in LAYER_KINDS and LAYER_KINDS[row.kind].option("kernel_size") is not None
    if error.input_shape is not None and len(error.input_shape) == 3 and has_kernel:
        if row.kind == "conv":
            yield from (_set(rest, row, *repair) for repair in _repairs(row, error.input_shape))
        largest = min(error.input_shape[1:])
        yield _set(rest, row, "kernel_size", largest)
    if row.kind == "linear" and "out_features" in row.options and error.output_shape is not None:
        yield Fix(_CLEAR, (*rest[0], _without(row, "out_features"), *rest[1]), {"parameter": "out_features"})
    above = next((index for index, each in enumerate(rest[0]) if each.kind == "flatten"), None)
    if above is not None:
        yield Fix(_MOVE, (*rest[0][:above], row, *rest[0][above:], *rest[1]))
    flatten, linear = Row.of("flatten"), Row.of("linear")
    yield Fix(_INSERT, (*rest[0], flatten, row, *rest[1]), {"kind": "flatten"})
    yield Fix(_APPEND, (*blueprint.rows[: at + 1], linear, *rest[1]), {"kind": "linear"})
    yield Fix(_APPEND, (*blueprint.rows[: at + 1], flatten, linear, *rest[1]), {"kind": "flatten, linear"})
    if row.name:
        yield Fix(_CLEAR, (*rest[0], dataclasses.replace(row, name=""), *rest[1]), {"parameter": "name"})
    if any(each.name for each in blueprint.rows):
        yield Fix(_UNNAME, tuple(dataclasses.replace(each, name="") for each in blueprint.rows))
    for option in row.options:  # names nobody knows, values that cannot be
        yield Fix(_CLEAR, (*rest[0], _without(row, option), *rest[1]), {"parameter": option})
    yield Fix(_REMOVE, (*rest[0], *rest[1]))


def _set(rest: tuple[tuple[Row, ...], tuple[Row, ...]], row: Row, parameter: str, value: Any) -> Fix:
    changed = Row.of(row.kind, row.name, **{**row.options, parameter: value})
    text = "×".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return Fix(_SET, (*rest[0], changed, *rest[1]), {"parameter": parameter, "value": text})


def _without(row: Row, option: str) -> Row:
    return Row.of(row.kind, row.name, **{name: value for name, value in row.options.items() if name != option})


def _repairs(row: Row, shape: tuple[int, ...]) -> list[tuple[str, Any]]:
    """The smallest changes of one parameter after which the window fits."""
    try:
        values = row.values()
        spec = ConvSpec(values["kernel_size"], values["stride"], values["padding"], values["dilation"])
        found = spec.repairs((shape[1], shape[2]))
    except ConfigurationError:
        return []
    return [(repair.parameter, repair.value) for repair in found if layer_kind(row.kind).option(repair.parameter)]


def first_error(checked: list[RowShape | RowError]) -> RowError | None:
    """The row to fix first."""
    return next((each for each in checked if isinstance(each, RowError)), None)

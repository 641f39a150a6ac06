"""Blueprints to and from JSON. What comes from outside is bounded before it is parsed, and only ever read as data."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.base.locale.typesetting import Listed
from cnnviz.models.editor.blueprint import MAX_ROWS, Blueprint, RowError
from cnnviz.models.editor.layers import Row, refuse_unknown, row_kind, shown

MAX_CHARACTERS = 100_000  # ResNet-152 takes 5,000
_FIELDS = ("name", "input_size", "num_classes", "rows")
_MAX_TEXT = 100  # characters of one value

_TOO_LONG = N_("A network's file may have {limit} characters, but this has {count}. Choose a file saved by this app.")
_NOT_JSON = N_("This is not the file of a network: it is not JSON, or is cut. Choose a file saved by this app.")
_NOT_AN_OBJECT = N_("This is not the file of a network: it must hold {fields}. Choose a file saved by this app.")
_TWICE = N_("{field} stands there twice. Take one away, or choose a file saved by this app.")
_UNKNOWN_FIELD = N_("A network has no field {field}. It has {fields}.")
_NOT_ROWS = N_("rows must be a list of rows. Got {value} instead.")
_TOO_MANY_ROWS = N_("A network may have {limit} rows, but this has {count}. Take some away.")
_NOT_A_ROW = N_("A row must name its kind and its options. Got {value} instead.")
_NOT_A_VALUE = N_("{parameter} must be a number, a pair of numbers, a word, true or false. Got {value} instead.")


def write(blueprint: Blueprint) -> str:
    """JSON that people can read: a line for each row."""
    rows = ",\n".join(f"    {json.dumps(_row_fields(row), ensure_ascii=False)}" for row in blueprint.rows)
    head = {name: getattr(blueprint, name) for name in _FIELDS[:-1]}
    lines = [f"  {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}" for name, value in head.items()]
    return "{\n" + ",\n".join([*lines, '  "rows": [' + (f"\n{rows}\n  " if rows else "") + "]"]) + "\n}\n"


def write_line(blueprint: Blueprint) -> str:
    """The same on one line."""
    return json.dumps(json.loads(write(blueprint)), ensure_ascii=False, separators=(",", ":"))


def parse(text: str) -> Blueprint:
    """The blueprint that `text` holds. Raises ConfigurationError, which names the row if one is to blame.

    Kinds and options must be known; whether their values fit is for `Blueprint.check`, so that a network with a wrong
    row can be kept and fixed.
    """
    return read(load(text))


def load(text: object) -> Any:
    """What JSON `text` holds, whatever it is: bounded, without repeated fields, NaN and infinity."""
    if not isinstance(text, str):
        raise ConfigurationError(_NOT_JSON)
    if len(text) > MAX_CHARACTERS:
        raise ConfigurationError(_TOO_LONG, limit=f"{MAX_CHARACTERS:,}", count=f"{len(text):,}")
    try:
        return json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_fields)
    except ConfigurationError:
        raise
    except (ValueError, RecursionError) as error:  # too many digits for an int is a ValueError too
        raise ConfigurationError(_NOT_JSON) from error


def read(fields: Any) -> Blueprint:
    """The blueprint that parsed JSON stands for. Raises ConfigurationError as `parse` does."""
    if not isinstance(fields, dict) or not {"input_size", "num_classes", "rows"} <= fields.keys():
        raise ConfigurationError(_NOT_AN_OBJECT, fields=Listed(_FIELDS))
    for field in fields:
        if field not in _FIELDS:
            raise ConfigurationError(_UNKNOWN_FIELD, field=shown(field), fields=Listed(_FIELDS))
    rows = fields["rows"]
    if not isinstance(rows, list):
        raise ConfigurationError(_NOT_ROWS, value=shown(rows))
    if len(rows) > MAX_ROWS:
        raise ConfigurationError(_TOO_MANY_ROWS, limit=MAX_ROWS, count=len(rows))
    parsed = tuple(_row(number, row) for number, row in enumerate(rows, start=1))
    return Blueprint(fields.get("name", ""), fields["input_size"], fields["num_classes"], parsed)


def _row_fields(row: Row) -> dict[str, Any]:
    return {"kind": row.kind, **({"name": row.name} if row.name else {}), **row.options}


def _row(number: int, fields: Any) -> Row:
    name = fields.get("name") if isinstance(fields, dict) else ""
    kind = fields.get("kind") if isinstance(fields, dict) else fields
    try:
        if not isinstance(fields, dict) or "kind" not in fields:
            raise ConfigurationError(_NOT_A_ROW, value=shown(fields))
        options = {key: value for key, value in fields.items() if key not in ("kind", "name")}
        refuse_unknown(row_kind(kind), options)
        for parameter, value in {"name": "" if name is None else name, **options}.items():
            if not _is_value(value) or (parameter == "name" and not isinstance(value, str)):
                raise ConfigurationError(_NOT_A_VALUE, parameter=parameter, value=shown(value))
    except ConfigurationError as problem:
        raise RowError(number, shown(name), shown(kind), problem).as_error() from None
    return Row.of(str(kind), str(name or ""), **options)


def _is_value(value: Any) -> bool:
    if isinstance(value, list):
        return len(value) == 2 and all(isinstance(one, int) for one in value)
    if isinstance(value, str):
        return len(value) <= _MAX_TEXT and value.isprintable()
    return value is None or isinstance(value, (bool, int)) or (isinstance(value, float) and math.isfinite(value))


def _fields(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """An object's fields; of two with one name nobody knows which is meant."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ConfigurationError(_TWICE, field=shown(name))
        found[name] = value
    return found


def _refuse_constant(name: str) -> None:
    raise ValueError(name)  # NaN and Infinity are no JSON

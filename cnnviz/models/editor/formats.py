"""Formats of a blueprint: JSON for files and cards, the short text of a link, the JSON of a table that was typed into.

What comes from outside is bounded before it is parsed or unpacked, and only ever read as data. Knows no browser.

A link's text is a version's digit, then base64url of a zlib stream (with its checksum: a cut link is noticed) of the
canonical one-line JSON. zlib starts with `_DICTIONARY`, phrases that most networks hold: LeNet-5 takes 67 characters
instead of 788, ResNet-152 292, and every network of the zoo fits.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import json
import math
import re
import unicodedata
import zlib
from collections.abc import Iterable
from typing import Any

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.base.locale.typesetting import Listed
from cnnviz.base.params import excerpt
from cnnviz.models.editor.blueprint import MAX_NAME, MAX_ROWS, Blueprint, RowError
from cnnviz.models.editor.layers import layer_kind
from cnnviz.models.editor.row import Row, refuse_unknown

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

MAX_LINK = 2000  # characters: what every browser, mail and chat program leaves whole
_VERSION = "1"
# Never change it: links that are out in the world need these very bytes. A better one is a new version.
_DICTIONARY = (
    b'inception_einception_dinception_c","channels_7x7":inception_b"},{"kind":"inception_a","pool_features":'
    b'{"kind":"inception","name":"inception3a","ch1x1":64,"ch3x3red":96,"ch3x3":128,"ch5x5red":16,"ch5x5":32,'
    b'"pool_proj":32,"pooling":"average","activation":"leaky_relu"},{"kind":"global_average_pool"},'
    b'{"kind":"adaptive_average_pool","name":"avgpool","output_size":7},{"kind":"bottleneck","name":"layer1.0",'
    b'"width":64},{"kind":"basic_block","name":"layer2.0","out_channels":128,"stride":2},{"kind":"average_pool"},'
    b'"dilation":2,"groups":2,"bias":false,"eps":0.001,"ceil_mode":true,{"kind":"activation","function":"sigmoid"},'
    b'{"kind":"activation","function":"tanh"},{"kind":"dropout","p":0.5},{"kind":"batch_norm","name":"bn1"},'
    b'{"name":"features.0","kind":"linear","name":"classifier.1","out_features":4096},'
    b'{"name":"mine","input_size":[3,224,224],"num_classes":1000,"rows":[{"kind":"conv","name":"conv1",'
    b'"out_channels":64,"kernel_size":7,"stride":2,"padding":3},{"kind":"activation","name":"relu"},'
    b'{"name":"lenet5","input_size":[1,28,28],"num_classes":10,"rows":[{"kind":"conv","name":"conv1",'
    b'"out_channels":6,"kernel_size":5,"padding":2},{"kind":"activation","name":"relu1"},'
    b'{"kind":"max_pool","name":"pool1","kernel_size":2},{"kind":"conv","name":"conv2","out_channels":16,'
    b'"kernel_size":3,"padding":1},{"kind":"activation"},{"kind":"max_pool"},{"kind":"flatten","name":"flatten"},'
    b'{"kind":"linear","name":"fc1","out_features":120},{"kind":"linear"}]}'
)
_BROKEN = N_("The network in this link cannot be read: the link is cut or changed. Ask for it again, or for a file.")

_WHOLE = re.compile(r"-?\d{1,9}", re.ASCII)
_NUMBER = re.compile(r"-?\d{0,9}\.\d{1,9}|\d(\.\d{1,9})?e-?\d{1,2}", re.ASCII)
_PAIR = re.compile(r"\(?\s*(\d{1,9})\s*[x×,*]\s*(\d{1,9})\s*\)?", re.ASCII)
_WORDS = ("kind", "name")


def to_json(blueprint: Blueprint) -> str:
    """JSON that people can read: a line for each row."""
    rows = ",\n".join(f"    {json.dumps(_row_fields(row), ensure_ascii=False)}" for row in blueprint.rows)
    head = {name: getattr(blueprint, name) for name in _FIELDS[:-1]}
    lines = [f"  {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}" for name, value in head.items()]
    return "{\n" + ",\n".join([*lines, '  "rows": [' + (f"\n{rows}\n  " if rows else "") + "]"]) + "\n}\n"


def to_line(blueprint: Blueprint) -> str:
    """The same on one line."""
    return json.dumps(json.loads(to_json(blueprint)), ensure_ascii=False, separators=(",", ":"))


def from_json(text: str) -> Blueprint:
    """The blueprint that `text` holds. Raises ConfigurationError, which names the row if one is to blame.

    Kinds and options must be known; whether their values fit is for `Blueprint.check`, so that a network with a wrong
    row can be kept and fixed.
    """
    return _read(_load(text))


def to_link(blueprint: Blueprint) -> str | None:
    """The same text for the same network; None if it is longer than `MAX_LINK`."""
    packer = zlib.compressobj(9, zdict=_DICTIONARY)
    raw = packer.compress(to_line(_canonical(blueprint)).encode()) + packer.flush()
    text = _VERSION + base64.urlsafe_b64encode(raw).decode().rstrip("=")
    return text if len(text) <= MAX_LINK else None


def from_link(text: str) -> Blueprint:
    """The inverse of `to_link`. Raises ConfigurationError for anything else, whatever it would unpack to."""
    if len(text) > MAX_LINK or not text.startswith(_VERSION):
        raise ConfigurationError(_BROKEN)
    try:
        packed = text[1:].encode("ascii")
        raw = base64.b64decode(packed + b"=" * (-len(packed) % 4), altchars=b"-_", validate=True)
        unpacker = zlib.decompressobj(zdict=_DICTIONARY)
        line = unpacker.decompress(raw, MAX_CHARACTERS)  # 2,000 characters could unpack to 1.5 million
        if not unpacker.eof or unpacker.unused_data:
            raise ConfigurationError(_BROKEN)
        return from_json(line.decode())
    except (binascii.Error, zlib.error, UnicodeError, ConfigurationError) as error:
        raise ConfigurationError(_BROKEN) from error


def _canonical(blueprint: Blueprint) -> Blueprint:
    """Options in the order of their kind's fields, whatever order they were written in."""
    return dataclasses.replace(blueprint, rows=tuple(_ordered(row) for row in blueprint.rows))


def _ordered(row: Row) -> Row:
    options = row.options
    known = [option.name for option in layer_kind(row.kind).options if option.name in options]
    return Row.of(row.kind, row.name, **{name: options[name] for name in known})


def from_table(text: object) -> Blueprint:
    """The blueprint that a table's JSON `text` stands for; what is left empty is left out.

    A text that is no number stays, for `Blueprint.check` to refuse at its row. Raises ConfigurationError for anything
    that is not a table's.
    """
    fields = _load(text)
    if not isinstance(fields, dict):
        return _read(fields)
    rows = fields.get("rows")
    if isinstance(rows, list):
        fields["rows"] = [_typed_row(row) for row in rows]
    if isinstance(fields.get("name"), str):
        fields["name"] = printable(fields["name"])[:MAX_NAME]
    return _read(fields)


def printable(name: str) -> str:
    """`name` on one line, without what cannot be seen.

    >>> printable("my\\nnet\\u200b")
    'my net'
    """
    return "".join(character for character in " ".join(name.split()) if character.isprintable())


def _typed_row(row: Any) -> Any:
    if not isinstance(row, dict):
        return row
    read_fields = {name: value if name in _WORDS else _typed(value) for name, value in row.items()}
    return {name: value for name, value in read_fields.items() if value not in ("", None)}


def _typed(value: Any) -> Any:
    """ "28" -> 28, "0.5" -> 0.5, "3x5" -> [3, 5]."""
    if not isinstance(value, str):
        return value
    text = unicodedata.normalize("NFKC", value).strip()  # a Chinese keyboard types １２
    if _WHOLE.fullmatch(text):
        return int(text)
    if _NUMBER.fullmatch(text):
        return float(text)
    pair = _PAIR.fullmatch(text)
    return [int(pair[1]), int(pair[2])] if pair else text


def _load(text: object) -> Any:
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


def _read(fields: Any) -> Blueprint:
    """The blueprint that parsed JSON stands for. Raises ConfigurationError as `from_json` does."""
    if not isinstance(fields, dict) or not {"input_size", "num_classes", "rows"} <= fields.keys():
        raise ConfigurationError(_NOT_AN_OBJECT, fields=Listed(_FIELDS))
    for field in fields:
        if field not in _FIELDS:
            raise ConfigurationError(_UNKNOWN_FIELD, field=excerpt(field), fields=Listed(_FIELDS))
    rows = fields["rows"]
    if not isinstance(rows, list):
        raise ConfigurationError(_NOT_ROWS, value=excerpt(rows))
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
            raise ConfigurationError(_NOT_A_ROW, value=excerpt(fields))
        options = {key: value for key, value in fields.items() if key not in ("kind", "name")}
        refuse_unknown(layer_kind(kind), options)
        for parameter, value in {"name": "" if name is None else name, **options}.items():
            if not _is_value(value) or (parameter == "name" and not isinstance(value, str)):
                raise ConfigurationError(_NOT_A_VALUE, parameter=parameter, value=excerpt(value))
    except ConfigurationError as problem:
        raise RowError(number, excerpt(name), excerpt(kind), problem).as_error() from None
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
            raise ConfigurationError(_TWICE, field=excerpt(name))
        found[name] = value
    return found


def _refuse_constant(name: str) -> None:
    raise ValueError(name)  # NaN and Infinity are no JSON

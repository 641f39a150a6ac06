"""What was typed into a table of rows, as a blueprint: texts become numbers where they are some. Knows no browser.

The table says the same JSON as a file holds, with texts for values: {"kind": "conv", "out_channels": "16"}.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from cnnviz.models.editor.blueprint import MAX_NAME, Blueprint
from cnnviz.models.editor.json_format import load, read

_WHOLE = re.compile(r"-?\d{1,9}", re.ASCII)
_NUMBER = re.compile(r"-?\d{0,9}\.\d{1,9}|\d(\.\d{1,9})?e-?\d{1,2}", re.ASCII)
_PAIR = re.compile(r"\(?\s*(\d{1,9})\s*[x×,*]\s*(\d{1,9})\s*\)?", re.ASCII)
_WORDS = ("kind", "name")


def from_table(text: object) -> Blueprint:
    """The blueprint that a table's JSON `text` stands for; what is left empty is left out.

    A text that is no number stays, for `Blueprint.check` to refuse at its row. Raises ConfigurationError for anything
    that is not a table's.
    """
    fields = load(text)
    if not isinstance(fields, dict):
        return read(fields)
    rows = fields.get("rows")
    if isinstance(rows, list):
        fields["rows"] = [_row(row) for row in rows]
    if isinstance(fields.get("name"), str):
        fields["name"] = printable(fields["name"])[:MAX_NAME]
    return read(fields)


def printable(name: str) -> str:
    """`name` on one line, without what cannot be seen.

    >>> printable("my\\nnet\\u200b")
    'my net'
    """
    return "".join(character for character in " ".join(name.split()) if character.isprintable())


def _row(row: Any) -> Any:
    if not isinstance(row, dict):
        return row
    read_fields = {name: value if name in _WORDS else _value(value) for name, value in row.items()}
    return {name: value for name, value in read_fields.items() if value not in ("", None)}


def _value(value: Any) -> Any:
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

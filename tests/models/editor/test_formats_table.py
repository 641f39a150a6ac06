"""What a table says is read as a network, text by text, and nothing it could say is anything else."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

import pytest

from cnnviz.base.errors import ConfigurationError
from cnnviz.models.editor.blueprint import RowError
from cnnviz.models.editor.formats import from_json, from_table, to_json
from cnnviz.models.editor.layers import LAYER_KINDS
from cnnviz.models.editor.row import Row

GOOD: dict[str, Any] = {
    "name": "mine",
    "input_size": [1, 28, 28],
    "num_classes": 10,
    "rows": [
        {"kind": "conv", "name": "", "out_channels": "16", "kernel_size": "3x5", "stride": "", "bias": False},
        {"kind": "dropout", "p": ".25"},
        {"kind": "flatten"},
        {"kind": "linear", "out_features": " 10 "},
    ],
}
ODD: tuple[Any, ...] = (
    None, True, -1, 0, 7, 2.5, 1e308, 10**400, "", " ", "x", "1x", "1x2", "9" * 30, "1e5", "-3", "0x10", "１２", "٣",
    "\ud800", "\x00", "<b>", "conv", "same", "__class__", [], [1], [1, 2], [1, 2, 3], [[1], 2], {}, {"kind": "conv"},
    "a" * 5000, [0] * 5000,
)  # fmt: skip


def test_texts_become_numbers() -> None:
    """Numbers, pairs and switches are read, what was left empty is left out, and the network is a file's."""
    blueprint = from_table(json.dumps(GOOD))
    assert blueprint.rows[:2] == (
        Row.of("conv", out_channels=16, kernel_size=(3, 5), bias=False),
        Row.of("dropout", p=0.25),
    )
    assert blueprint.rows[3] == Row.of("linear", out_features=10)
    wide = from_table(json.dumps({**GOOD, "rows": [{"kind": "conv", "out_channels": "１２", "kernel_size": "３ｘ５"}]}))
    assert wide.rows[0] == Row.of("conv", out_channels=12, kernel_size=(3, 5))
    assert blueprint.problem() is None
    assert from_json(to_json(blueprint)) == blueprint


@pytest.mark.parametrize("typed", ["3x", "three", "1.5.2", "--1", "1e5", "3 5", "x", "999999999999"])
def test_what_is_no_number_is_the_rows_error(typed: str) -> None:
    """Half-typed values stay as they are and are refused at their row, with what was typed."""
    rows = [{**GOOD["rows"][0], "kernel_size": typed}, *GOOD["rows"][1:]]
    blueprint = from_table(json.dumps({**GOOD, "rows": rows}))
    first = blueprint.check()[0]
    assert isinstance(first, RowError)
    assert first.problem.values["parameter"] == "kernel_size"


def test_a_name_is_kept_printable() -> None:
    """Line breaks become spaces, what cannot be seen goes, what is too long is cut."""
    assert from_table(json.dumps({**GOOD, "name": "a\nb\u200b\u202ec"})).name == "a bc"
    assert len(from_table(json.dumps({**GOOD, "name": "x" * 500})).name) == 80
    assert from_table(json.dumps({**GOOD, "name": "\ud800ok"})).name == "ok"


@pytest.mark.parametrize("said", [None, 7, [], {}, b"{}", "", "null", "[]", '"rows"', "{" * 5000, "[" * 100_000])
def test_what_is_no_text_of_a_table(said: object) -> None:
    """One sentence for whatever else could arrive."""
    with pytest.raises(ConfigurationError):
        from_table(said)


def test_nothing_a_table_could_say_does_harm() -> None:
    """3,000 messages with odd values anywhere: a network whose check and texts work, or one short sentence."""
    made = refused = longest = 0
    for seed in range(3000):
        text = json.dumps(_spoilt(random.Random(seed)))
        try:
            blueprint = from_table(text)
        except ConfigurationError as error:
            longest = max(longest, len(str(error)))
            refused += 1
            continue
        assert len(blueprint.check()) == len(blueprint.rows)
        assert from_json(to_json(blueprint).encode().decode()) == blueprint
        made += 1
    assert longest < 600
    assert made > 200
    assert refused > 500


def _spoilt(chance: random.Random) -> dict[str, Any]:
    """A message with one to three odd values in it."""
    said = json.loads(json.dumps(GOOD))
    for _ in range(chance.randint(1, 3)):
        value = copy.deepcopy(chance.choice(ODD))
        row = chance.choice(said["rows"]) if isinstance(said.get("rows"), list) and said["rows"] else None
        place = chance.choice(("head", "row", "row", "row", "new row", "kind"))
        if place == "head" or not isinstance(row, dict):
            said[chance.choice(("name", "input_size", "num_classes", "rows", "extra"))] = value
        elif place == "new row":
            said["rows"].append(value)
        elif place == "kind":
            row["kind"] = chance.choice((value, *LAYER_KINDS))
        else:
            row[chance.choice((*row, "name", "padding", "eval"))] = value
    return said

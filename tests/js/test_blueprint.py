"""The editor's modules in Node: edits make new rows, arrows step numbers within their limits."""

from __future__ import annotations

from typing import Any

import pytest

from tests.js.node import call


def edited(body: str, given: Any = None) -> Any:
    """What `body` returns, with the table's edits as `m`."""
    return call("networks/component/blueprint/editing.js", body, given)


def test_edits_make_new_rows() -> None:
    """Rows are put in, taken out and moved; out of the list nothing moves."""
    body = (
        "return [m.inserted(given, 1, 'x'), m.removed(given, 0), m.moved(given, 0, 1), m.moved(given, 0, -1), given];"
    )
    assert edited(body, ["a", "b", "c"]) == [
        ["a", "x", "b", "c"], ["b", "c"], ["b", "a", "c"], ["a", "b", "c"], ["a", "b", "c"],
    ]  # fmt: skip


def test_another_kind_keeps_what_both_have() -> None:
    """A convolution made a pooling keeps its kernel; its name goes; options that must have a value get an example."""
    fields = [
        {"name": "kernel_size", "example": ""},
        {"name": "stride", "example": ""},
        {"name": "name", "example": ""},
    ]
    body = "return m.asKind(given.row, given.kind);"
    row = {"kind": "conv", "name": "conv1", "kernel_size": "5", "out_channels": "6"}
    assert edited(body, {"row": row, "kind": {"name": "max_pool", "fields": fields}}) == {
        "kind": "max_pool",
        "kernel_size": "5",
    }
    conv = {"name": "conv", "fields": [{"name": "out_channels", "example": "16"}, *fields]}
    assert edited(body, {"row": {"kind": "flatten"}, "kind": conv}) == {"kind": "conv", "out_channels": "16"}


@pytest.mark.parametrize(
    ("text", "step", "after"),
    [
        ("3", 1, "4"),
        ("1", -1, "1"),
        ("64", 1, "64"),
        ("3x5", 1, "3x5"),
        ("", 1, ""),
        ("same", -1, "same"),
        ("99", 1, "64"),
    ],
)
def test_arrows_step_numbers_within_their_limits(text: str, step: int, after: str) -> None:
    """Up and down change a whole number; pairs and words stay."""
    body = "return m.stepped(given.text, { low: 1, high: 64 }, given.step);"
    assert edited(body, {"text": text, "step": step}) == after

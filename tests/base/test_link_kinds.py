"""Kinds of link parameters read their own values and nothing else, and never raise."""

from __future__ import annotations

import math

import pytest

from cnnviz.base.link_kinds import Kind, number, numbers, one_of, shortened, switch, text, whole
from cnnviz.base.text import is_line
from cnnviz.ui.shared.link_parameters import kinds
from tests.ui.hostile import VALUES

KINDS: list[Kind] = [whole(1, 99), whole(-9, 9), number(0, 1), one_of(["a", "b"]), switch(), text(40), numbers(99, 3)]


@pytest.mark.parametrize("said", VALUES, ids=range(len(VALUES)))
def test_whatever_a_link_says_is_a_value_or_none(said: str) -> None:
    """What was read is of the kind, comes back when it is written, and can be repeated in a sentence."""
    for kind in [*KINDS, *kinds().values()]:
        value = kind.parse(said)
        if value is not None:
            assert kind.parse(kind.write(value)) == value
            assert not isinstance(value, float) or math.isfinite(value)
    assert is_line(shortened(said))
    shortened(said).encode()


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (whole(1, 99), {"1": 1, "99": 99, "07": 7}, ["0", "100", "1.0", "1e1", "1_0", "+1", " 1", "１", "٣", "", "-"]),
        (whole(-9, 9), {"-9": -9, "-0": 0}, ["--1", "−1"]),
        (
            number(0, 1),
            {"0": 0.0, ".5": 0.5, "5e-1": 0.5, "1.": 1.0},
            ["nan", "inf", "1e999", "0x1", "1,0", "1_0", "2"],
        ),
        (one_of(["a", "b"]), {"a": "a"}, ["A", "a ", ""]),
        (switch(), {"true": True, "FALSE": False}, ["1", "yes", "truetrue", ""]),
        (text(5), {"a b": "a b", "第一": "第一"}, ["", "123456", "a\nb", "a\x00", "\ud800", "\u202e"]),
        (numbers(99, 3), {"7,3": (7, 3), "7, x,7": (7,), "1,2,3,4": (1, 2, 3), "100": ()}, []),
    ],
    ids=["whole", "negative", "number", "one of", "switch", "text", "numbers"],
)
def test_each_kind(kind: Kind, good: dict[str, object], bad: list[str]) -> None:
    """Its values by their plain spelling, nothing by another."""
    assert {said: kind.parse(said) for said in good} == good
    assert [said for said in bad if kind.parse(said) is not None] == []

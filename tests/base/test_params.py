"""One value that can be set: a refusal names the nearest that is allowed, in a sentence one can read."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.params import Param, Value, at_least, excerpt, one_of, pair_at_least, whole

HUGE = 10**400  # no float can hold it
UNWRITABLE = 10**5000  # Python refuses to write it: more than 4,300 digits


def huge(value: object) -> str | None:
    """Of a test's row: None lets pytest write it."""
    return "huge" if isinstance(value, int) and abs(value) >= HUGE else None


CLOSED = Param("label_smoothing", "number", 0.1, 0.0, 0.5)
OPEN = Param("learning_rate", "number", 0.01, 0.0, 10.0, open_below=True, example=0.005)
OPEN_DEFAULT = Param("gamma", "number", 0.1, 0.0, 1.0, open_below=True)


def refusal(call: Any, *arguments: Any) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as refused:
        call(*arguments)
    return refused.value


@pytest.mark.parametrize(
    ("value", "nearest"),
    [
        (0, 1), (1001, 1000), (2.5, 2), (-math.inf, 1), (math.inf, 1000), (math.nan, 1), ("5", 1), (None, 1), (True, 1),
        (HUGE, 1000), (-HUGE, 1), (UNWRITABLE, 1000), (-UNWRITABLE, 1),
    ],
    ids=huge,
)  # fmt: skip
def test_a_whole_number_is_answered_with_the_nearest(value: object, nearest: int) -> None:
    """Whatever it is, and however many digits it has."""
    error = refusal(whole, "epochs", value, 1, 1000)
    assert (error.values["nearest"], type(error.values["nearest"])) == (nearest, int)
    assert str(error).startswith("epochs must be a whole number from 1 to 1000. Got ")
    assert len(str(error)) < 120
    assert whole("epochs", nearest, 1, 1000) == nearest


@pytest.mark.parametrize(
    ("param", "value", "nearest"),
    [
        (CLOSED, 0.9, 0.5), (CLOSED, -1, 0.0), (CLOSED, math.inf, 0.5), (CLOSED, HUGE, 0.5), (CLOSED, -UNWRITABLE, 0.0),
        (CLOSED, math.nan, 0.0), (CLOSED, "x", 0.0), (CLOSED, True, 0.0),
        (OPEN, 500, 0.005), (OPEN, 0.0, 0.005), (OPEN, -3, 0.005), (OPEN, None, 0.005), (OPEN, UNWRITABLE, 0.005),
        (OPEN_DEFAULT, 7, 0.1), (OPEN_DEFAULT, 0, 0.1), (OPEN_DEFAULT, math.nan, 0.1),
    ],
    ids=huge,
)  # fmt: skip
def test_a_number_is_answered_with_the_nearest(param: Param, value: object, nearest: float) -> None:
    """Of a range open below, and where it is no number, with the example or the default."""
    error = refusal(param.checked, value)
    assert error.values["nearest"] == nearest
    assert param.checked(nearest) == nearest
    assert len(str(error)) < 150


@pytest.mark.parametrize("value", [9, 2.0])
def test_a_number_stays_a_number_in_its_sentence(value: float) -> None:
    """A page writes it as it writes numbers, without an escape or a useless zero."""
    for error in (refusal(whole, "epochs", value, 10, 20), refusal(CLOSED.checked, value)):
        assert error.values["value"] is value


@pytest.mark.parametrize(
    ("param", "value", "found"),
    [
        (CLOSED, 0, 0.0),
        (CLOSED, 0.5, 0.5),
        (OPEN, 10, 10.0),
        (Param("epochs", "whole", 1, 1, 5), 5, 5),
        (Param("amp", "switch", False), True, True),
        (Param("optimizer", "choice", "sgd", choices=("sgd", "adam")), "adam", "adam"),
    ],
)
def test_what_is_allowed_is_given_back(param: Param, value: object, found: Value) -> None:
    """A number as a float, the ends of a range included."""
    checked = param.checked(value)
    assert (checked, type(checked)) == (found, type(found))


def test_choices_are_listed() -> None:
    """In their order, and what was got is cut where it is long."""
    error = refusal(one_of, "optimizer", "x" * 10_000, ("sgd", "adam"))
    assert str(error) == f"optimizer must be one of sgd, adam. Got {'x' * 39}… instead."
    assert str(refusal(Param("amp", "switch", False).checked, 1)) == "amp must be one of true, false. Got 1 instead."


@pytest.mark.parametrize("value", [[], [1, 2, 3], "3", 2.0, True, 0, (1, 0), None])
def test_pairs_that_are_none(value: object) -> None:
    """One number or two, each large enough."""
    assert "kernel_size must be a whole number of at least 1" in str(refusal(pair_at_least, "kernel_size", value, 1))


def test_pairs() -> None:
    """One of one is that one; NumPy's integers are whole numbers."""
    assert pair_at_least("k", [3], 1) == 3
    assert pair_at_least("k", (np.int64(3), 5), 1) == (3, 5)
    assert at_least("n", np.int32(2), 1) == 2


@pytest.mark.parametrize(
    "value", ["", "a\nb" * 99, list(range(9)), {"a": 1}, HUGE, -UNWRITABLE, b"\xff", 0.1, object()], ids=huge
)
def test_an_excerpt_is_short_and_in_one_line(value: object) -> None:
    """Whatever a file or a link holds."""
    text = excerpt(value)
    assert 0 < len(text) <= 40
    assert text.isprintable()

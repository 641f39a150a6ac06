"""A sweep as parallel coordinates."""

from __future__ import annotations

import json

import pytest

from cnnviz.charts.parallel import Axis, Line, parallel


def lines(*accuracies: float | None) -> list[Line]:
    return [Line(run, (0.01, "sgd", True), accuracy, False, "words") for run, accuracy in enumerate(accuracies, 1)]


def test_words_are_options_and_numbers_have_a_scale() -> None:
    """A list of numbers is logarithmic where small ones would lie on each other, linear else."""
    axes = [
        Axis("rate", (0.1, 0.001, 0.01)),
        Axis("size", (16, 32, 64)),
        Axis("optimizer", ("sgd", "adam")),
        Axis("norm", (True, False)),
        Axis("decay", (0.0, 0.1)),
    ]
    rate, size, optimizer, norm, decay, accuracy = parallel(axes, lines(0.9, 0.95), "acc")["axes"]
    assert (rate["low"], rate["high"], rate["log"]) == (0.001, 0.1, True)
    assert [label for _, label in rate["ticks"]] == ["0.001", "0.01", "0.1"]
    assert (size["log"], decay["log"]) == (False, False)
    assert optimizer["options"] == ["sgd", "adam"]
    assert norm["options"] == ["True", "False"]
    assert (accuracy["label"], accuracy["low"], accuracy["high"]) == ("acc", 0.9, 0.95)


def test_a_range_has_round_ticks() -> None:
    """Both ends, and powers of ten between that do not touch them."""
    drawn = parallel([Axis("rate", None, 0.0005, 0.15, True), Axis("x", None, 0.0, 1.0)], [], "acc")["axes"]
    assert [label for _, label in drawn[0]["ticks"]] == ["0.0005", "0.001", "0.01", "0.15"]
    assert [label for _, label in drawn[1]["ticks"]] == ["0", "0.25", "0.5", "0.75", "1"]


def test_values_that_are_words_are_sent_as_words() -> None:
    """A switch is found among its options; numbers stay numbers."""
    [run] = parallel([], lines(0.9), "acc")["runs"]
    assert run["values"] == [0.01, "sgd", "True"]
    json.dumps(run)


@pytest.mark.parametrize("accuracies", [(), (None,), (0.9,), (1.0, 1.0), (0.0,)])
def test_the_accuracys_axis_always_has_a_length(accuracies: tuple[float | None, ...]) -> None:
    """Nothing known, one run, all alike: still from a lower to a higher share, within 0 and 1."""
    axis = parallel([], lines(*accuracies), "acc")["axes"][-1]
    assert 0 <= axis["low"] < axis["high"] <= 1
    assert len({label for _, label in axis["ticks"]}) == 5

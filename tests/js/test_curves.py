"""The curve's modules in Node: how strips are cut, numbers as Python writes them, ticks."""

from __future__ import annotations

import pytest

from cnnviz.ui.shared.numbers import loss
from tests.js.node import call


@pytest.mark.parametrize(
    ("count", "width", "size"), [(1, 600, 1), (3, 300, 1), (120, 600, 1), (600, 600, 5), (60_000, 600, 500), (7, 1, 10)]
)
def test_cells_can_be_told_apart(count: int, width: int, size: int) -> None:
    """As few batches in a cell as leave it five pixels, in round numbers; the edges end before the strip does."""
    assert call("training/component/place/cells.js", "return m.groupSize(...given)", [count, width]) == size
    edges = call("training/component/place/cells.js", "return m.cellEdges(...given)", [count, size])
    assert edges == list(range(size, count, size))


@pytest.mark.parametrize("value", [0.25, 3.2e-4, 1.333e15, 9999.0, 1e4])
def test_the_legend_says_a_loss_as_the_figures_do(value: float) -> None:
    """One number is written in one way, whoever writes it."""
    assert call("shared/component/ticks.js", 'return m.numberText(given, "number", 3)', value) == loss(value)


def test_an_axis_has_plain_powers_of_ten() -> None:
    """As few digits as a round number takes."""
    texts = call(
        "shared/component/ticks.js",
        'return given.map((each) => m.numberText(each, "number", null))',
        [1e6, 5e-4],
    )
    assert texts == ["10⁶", "5×10⁻⁴"]


def test_a_film_of_a_run_that_exploded_can_be_read() -> None:
    """No number of it has a row of noughts."""
    assert call("training/component/film/saying.js", "return given.map(m.signed)", [-2.8e10, 0.123]) == [
        "−2.8×10¹⁰",
        "+0.12",
    ]


@pytest.mark.parametrize(("rate", "text"), [(0.005, "0.005"), (0.00021234, "0.000212"), (2.61e-6, "2.61e-6"), (0, "0")])
def test_a_learning_rate_has_three_digits(rate: float, text: str) -> None:
    """However small it gets, what one needs of it can be read."""
    assert call("shared/component/ticks.js", 'return m.numberText(given, "rate", 3)', rate) == text


@pytest.mark.parametrize(
    ("low", "high", "most"), [(0, 0.0039, 2), (0, 2.3, 4), (0.96, 0.97, 2), (0, 1, 4), (0, 7e-9, 2)]
)
def test_an_axis_has_two_numbers_at_the_least(low: float, high: float, most: int) -> None:
    """One alone would say where it begins and not how far it goes."""
    ticks = call("shared/component/ticks.js", "return m.roundTicks(...given)", [low, high, most])
    assert len(ticks) >= 2
    assert low <= min(ticks)
    assert max(ticks) <= high * (1 + 1e-9)

"""The picture of a schedule: its line is the rates', whatever their number."""

from __future__ import annotations

import json

import pytest

from cnnviz.charts.training import _thinned_rates, schedule


def drawn(rates: list[float], epochs: int = 3) -> tuple[dict, dict]:
    figure = json.loads(schedule(rates, epochs, "peak <1>", "epoch 3", "light").to_json())
    [line] = figure["data"]
    return line, figure["layout"]


def test_the_line_is_the_rates() -> None:
    """Equally spaced from the first epoch's start to the last one's end."""
    line, layout = drawn([1.0, 0.5, 0.0])
    assert line["x"] == [0, 1.5, 3]
    assert line["y"] == [1, 0.5, 0]
    assert layout["yaxis"]["range"][1] > 1
    assert [word["text"] for word in layout["annotations"]] == ["peak &lt;1&gt;", "epoch 3"]


@pytest.mark.parametrize("rates", [[0.1], [0.0, 0.0], [float(index) for index in range(5000)]])
def test_any_number_of_rates(rates: list[float]) -> None:
    """One step, nothing at all, or thousands: a line, and not a point for each of thousands; both ends are there."""
    found = _thinned_rates(rates)
    assert 2 <= len(found) <= 120
    assert (found[0], found[-1]) == (rates[0], rates[-1])
    line, layout = drawn(rates)
    assert len(line["x"]) == len(line["y"]) == len(found)
    assert layout["yaxis"]["range"][1] > 0

"""The picture of a schedule: its line is the rates', whatever their number."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

import pytest

from cnnviz.charts.schedule import HEIGHT, WIDTH, schedule_svg
from cnnviz.charts.theme import palette


def points(rates: list[float]) -> list[tuple[float, float]]:
    svg = schedule_svg(rates, "peak <1>", "epoch 3", palette("light"))
    paths = ElementTree.fromstring(svg).findall("{http://www.w3.org/2000/svg}path")
    numbers = [float(number) for number in re.findall(r"[\d.]+", paths[1].attrib["d"])]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def test_the_line_is_the_rates() -> None:
    """Equally spaced from left to right, the highest rate at the top, half of it halfway to zero."""
    found = points([1.0, 0.5, 0.0])
    assert [x for x, _y in found] == sorted({x for x, _y in found})
    assert found[1][1] == pytest.approx((found[0][1] + found[2][1]) / 2, abs=0.1)


@pytest.mark.parametrize("rates", [[0.1], [0.0, 0.0], [float(index) for index in range(5000)]])
def test_any_number_of_rates_stays_inside(rates: list[float]) -> None:
    """One step, nothing at all, or thousands: a line within the picture, and not a point for each of thousands."""
    found = points(rates)
    assert 2 <= len(found) <= 240
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in found)

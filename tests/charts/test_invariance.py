"""Invariance chart: every value as measured, right and wrong told apart by shape too, the place of now marked."""

from __future__ import annotations

import numpy as np
import pytest

from cnnviz.charts.invariance import invariance_chart
from cnnviz.charts.theme import palette


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_points_are_the_measured_ones(theme: str) -> None:
    """Shares over values; another answer is a cross in the colour of what is wrong, and its name is plain text."""
    shares = np.array([0.1, 0.9, 0.8])
    figure = invariance_chart([-1, 0, 1], shares, ["<b>3</b>", "7", "7"], [False, True, True], 0.5, "pixels", theme)
    (line,) = figure.data
    assert list(line.x) == [-1, 0, 1]
    assert list(line.y) == shares.tolist()
    assert list(line.marker.symbol) == ["x", "circle", "circle"]
    color = palette(theme)
    assert list(line.marker.color) == [color["wrong"], color["right"], color["right"]]
    assert line.customdata[0] == "&lt;b&gt;3&lt;/b&gt;"
    (rule,) = figure.layout.shapes
    assert (rule.x0, rule.x1) == (0.5, 0.5)
    assert figure.layout.xaxis.title.text == "pixels"

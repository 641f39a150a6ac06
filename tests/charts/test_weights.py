"""Weights: norms, the strongest channels, and how they are spread."""

from __future__ import annotations

import numpy as np

from cnnviz.charts.weights import norms, shares, strongest_channels, weights_chart


def test_norms_by_hand() -> None:
    """3, 4 and nothing else: 5."""
    filters = np.zeros((2, 1, 2, 2), np.float32)
    filters[0, 0, 0] = (3, 4)
    np.testing.assert_allclose(norms(filters), [5, 0])


def test_the_strongest_channels_in_their_order() -> None:
    """Each filter has its own."""
    filters = np.zeros((2, 4, 1, 1), np.float32)
    filters[0, :, 0, 0] = (1, -5, 2, 4)
    filters[1, :, 0, 0] = (9, 0, 8, 1)
    np.testing.assert_array_equal(strongest_channels(filters, 2)[:, :, 0, 0], [[-5, 4], [9, 8]])
    assert strongest_channels(filters, 4) is filters


def test_shares_sum_to_one() -> None:
    """Around zero there is a bin of its own."""
    middles, found = shares(np.array([0.0, 0.001, -1.0, 1.0]), 1.0)
    assert found.sum() == 1
    assert middles[len(middles) // 2] == 0
    assert (found[len(found) // 2], found[0], found[-1]) == (0.5, 0.25, 0.25)


def test_the_chart_has_both() -> None:
    """All weights as bars, the filter's own as a line; what people called a layer is text."""
    chance = np.random.default_rng(0)
    figure = weights_chart(chance.normal(size=(4, 9)), chance.normal(size=9), ("<b>all", "own"), ("w", "s"), "dark")
    assert [trace.type for trace in figure.data] == ["bar", "scatter"]
    assert figure.data[0].name == "&lt;b&gt;all"
    for trace in figure.data:
        assert abs(sum(trace.y) - 1) < 1e-9

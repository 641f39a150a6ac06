"""Pixel charts: shares that add up, Normalize's two axes, and a picture's own values."""

from __future__ import annotations

import numpy as np
import pytest

from cnnviz.charts.pixels import normalized_histogram, picture_values, pixel_histogram

SHARES = np.random.default_rng(0).dirichlet(np.ones(256), size=3)


def test_each_channel_is_a_line_that_adds_up() -> None:
    """Nothing is lost between 256 values and 64 bars; a value that does not occur is a gap, as a log scale needs."""
    shares = SHARES.copy()
    shares[0, :4] = 0
    figure = pixel_histogram(shares, ["red", "green", "<b>"], "value", "light", is_log=True)
    assert [trace.name for trace in figure.data] == ["red", "green", "&lt;b&gt;"]
    assert figure.data[0].y[0] is None
    for trace, row in zip(figure.data, shares, strict=True):
        assert len(trace.x) == 64
        assert sum(share or 0 for share in trace.y) == pytest.approx(row.sum())
    assert figure.layout.yaxis.type == "log"
    assert pixel_histogram(SHARES, ["a", "b", "c"], "value", "dark").layout.yaxis.type is None


def test_after_normalize_each_value_is_moved_and_stretched() -> None:
    """(x - mean) / std of its own channel; a deviation of 0 stretches nothing."""
    words = {"before": "before", "after": "after", "axis": "value"}
    mean, std = (0.5, 0.4, 0.3), (0.2, 0.25, 0.0)
    before, *after = normalized_histogram(SHARES, mean, std, words, "light").data
    for trace, middle, spread in zip(after, mean, std, strict=True):
        assert np.allclose(trace.x, (np.array(before.x) - middle) / (spread or 1))
    assert [trace.showlegend for trace in after] == [True, False, False]


def test_a_picture_and_its_values() -> None:
    """Grey and small: written in, light on dark; in colour: read where one points, three numbers."""
    grey = np.array([[[0, 200], [127, 255]]], np.uint8)
    figure = picture_values(grey, "row {row}, column {column}: {value}", "light")
    image, text = figure.data
    assert list(text.text) == ["0", "200", "127", "255"]
    assert list(text.textfont.color) == ["#FFFFFF", "#000000", "#FFFFFF", "#000000"]
    assert image.hovertemplate == "row %{y}, column %{x}: %{customdata}<extra></extra>"
    colored = np.arange(12, dtype=np.uint8).reshape(3, 2, 2)
    (image,) = picture_values(colored, "{value}", "dark").data
    assert image.customdata[1][0] == "2 / 6 / 10"
    assert image.z[1][0] == (2, 6, 10) or list(image.z[1][0]) == [2, 6, 10]

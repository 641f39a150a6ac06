"""Paired runs as a chart: means and bands over seeds, told apart by colour and dash."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np

from cnnviz.charts.paired import Band, paired_chart, sketch, swatch
from cnnviz.charts.theme import DASHES, series


def test_a_band_ends_with_the_shortest_that_has_begun() -> None:
    """One that waits does not count; mean, lowest and highest epoch by epoch."""
    band = Band.over("way", [np.array([0.2, 0.6, 0.9]), np.array([0.4, 0.8]), np.array([])])
    assert band.epochs.tolist() == [1, 2]
    assert np.allclose(band.mean, [0.3, 0.7])
    assert np.allclose(band.low, [0.2, 0.6])
    assert np.allclose(band.high, [0.4, 0.8])
    assert band.has_spread
    assert not Band.over("one", [np.array([0.5])]).has_spread
    assert len(Band.over("none", []).mean) == 0


def test_lines_and_bands() -> None:
    """A band only where seeds differ; a name from outside is text; the axis has all that is drawn."""
    bands = [
        Band.over("<b>two</b>", [np.array([0.2, 0.6]), np.array([0.4, 0.8])]),
        Band.over("one", [np.array([0.5])]),
        Band.over("waits", []),
    ]
    figure = paired_chart(bands, 5, "Epoch", "Test accuracy", "light").to_dict()
    fill, first, second, third = figure["data"]
    assert fill["fill"] == "toself"
    assert fill["y"] == [0.4, 0.8, 0.6, 0.2]
    assert first["name"] == "&lt;b&gt;two&lt;/b&gt;"
    assert np.allclose(first["y"], [0.3, 0.7])
    assert (second["mode"], third["x"]) == ("markers", [])
    low, high = figure["layout"]["yaxis"]["range"]
    assert low <= 0.2
    assert high > 1
    assert [trace["line"]["dash"] for trace in (first, second, third)] == list(DASHES[:3])


def test_a_swatch_looks_like_its_line() -> None:
    """Colour and dash."""
    assert series("dark")[1] in swatch(1, "dark")
    assert f'stroke-dasharray="{DASHES[1]}"' in swatch(1, "dark")
    assert "dasharray" not in swatch(0, "light")


def test_a_sketch_has_a_line_for_each_way() -> None:
    """Axes and as many dashed lines, as one well-formed picture."""
    root = ElementTree.fromstring(sketch(3, "dark"))
    assert len(list(root.iter("{http://www.w3.org/2000/svg}path"))) == 1 + 3

"""The scatter chart: every point in its class's trace, mistakes ringed, and the same axes at every moment."""

from __future__ import annotations

import numpy as np
import pytest

from cnnviz.charts.scatter import Cloud, Moment, ScatterWords, look, scatter
from cnnviz.charts.theme import palette

LABELS = np.array([0, 1, 1, 2, 0])
NUMBERS = np.array([3, 8, 11, 12, 40])
WORDS = ScatterWords(
    names=["a<b>", "b", "c"],
    axes=("1st", "2nd"),
    wrong="wrong",
    says=lambda number, label, taken: f"{number}:{label}->{taken}",
    play="Play",
    pause="Pause",
    moment="Epoch",
)


def cloud(moments: int = 1) -> Cloud:
    chance = np.random.default_rng(1)
    return Cloud(
        LABELS,
        NUMBERS,
        [
            Moment(str(10 * k), chance.normal(size=(5, 2)).astype(np.float32), (LABELS + (np.arange(5) == k)) % 3)
            for k in range(moments)
        ],
    )


def test_a_class_has_a_trace_with_its_points() -> None:
    """Where they lie, their numbers for the click, their words; names of classes are text."""
    data = cloud()
    figure = scatter(data, 0, None, WORDS, "light")
    names = [trace.name for trace in figure.data]
    assert names == ["a&lt;b&gt;", "b", "c", None, None, "wrong"]
    of_one = figure.data[1]
    np.testing.assert_allclose(of_one.x, data.moments[0].points[[1, 2], 0], rtol=1e-3)
    assert list(of_one.customdata) == [8, 11]
    assert list(of_one.text) == ["8:1-&gt;1", "11:1-&gt;1"]
    looks = {(trace.marker.color, trace.marker.symbol) for trace in figure.data[:3]}
    assert len(looks) == 3
    assert not figure.frames


def test_mistakes_are_ringed() -> None:
    """By a trace of their own, in the text's colour: picture 3 alone is wrong, so its ring alone is seen."""
    data = cloud()
    rings = scatter(data, 0, None, WORDS, "dark").data[3]
    assert list(rings.marker.color) == [palette("dark")["text"], *["rgba(0,0,0,0)"] * 4]
    np.testing.assert_allclose(rings.y, data.moments[0].points[:, 1], rtol=1e-3)


def test_moments_share_their_axes() -> None:
    """The range holds every point of all of them; a frame has the traces of the figure, in order."""
    data = cloud(3)
    figure = scatter(data, 2, 11, WORDS, "light")
    every = np.concatenate([moment.points for moment in data.moments])
    for axis, values in ((figure.layout.xaxis, every[:, 0]), (figure.layout.yaxis, every[:, 1])):
        assert axis.range[0] < values.min() < values.max() < axis.range[1]
        assert axis.fixedrange
    assert [frame.name for frame in figure.frames] == ["0", "10", "20"]
    assert figure.layout.sliders[0].active == 2
    assert [step.args[0][0] for step in figure.layout.sliders[0].steps] == ["0", "10", "20"]
    shown, frame = figure.data, figure.frames[2].data
    assert list(figure.frames[2].traces) == list(range(len(shown)))
    for one, other in zip(shown[:-1], frame[:-1], strict=True):
        np.testing.assert_array_equal(one.x, other.x)
    np.testing.assert_allclose([shown[4].x[0], shown[4].y[0]], data.moments[2].points[2], rtol=1e-3)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_classes_look_different(theme: str) -> None:
    """No two of ten have a colour or a symbol alike, no two of a hundred both."""
    for column in (0, 1):
        assert len({look(k, theme)[column] for k in range(10)}) == 10
    assert len({look(k, theme) for k in range(100)}) == 100


def test_one_place_for_all_points() -> None:
    """All alike: an axis still has a length. Without a moment there is nothing to draw."""
    same = Cloud(LABELS, NUMBERS, [Moment("0", np.zeros((5, 2), np.float32), LABELS)])
    low, high = scatter(same, 0, None, WORDS, "light").layout.xaxis.range
    assert low < 0 < high
    with pytest.raises(ValueError, match="at least one moment"):
        Cloud(LABELS, NUMBERS, [])

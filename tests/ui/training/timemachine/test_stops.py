"""The film's stops: at most so many moments, evenly spaced."""

from __future__ import annotations

from cnnviz.ui.training.timemachine.stops import spread


def test_spread_keeps_the_first_and_the_last() -> None:
    """Evenly spaced in between; of few none is left out."""
    assert (spread(range(10), 4), spread([1, 2], 4)) == ([0, 3, 6, 9], [1, 2])

"""The commonest mistakes in a confusion matrix."""

from __future__ import annotations

import numpy as np

from cnnviz.charts.confusion import Mistake, commonest_mistakes, largest_changes

COUNTS = np.array([[8, 2, 0], [1, 5, 4], [0, 0, 0]])  # nobody is of class 2


def test_commonest_mistakes() -> None:
    """The largest cells off the diagonal, largest first; empty ones are no mistakes."""
    assert commonest_mistakes(COUNTS, 2) == (Mistake(1, 2, 4), Mistake(0, 1, 2))
    assert len(commonest_mistakes(COUNTS, 9)) == 3
    assert commonest_mistakes(np.eye(3, dtype=np.int64), 9) == ()


def test_largest_changes() -> None:
    """The largest first whichever way, improvements before equal losses; what is right does not count."""
    after = np.array([[10, 0, 0], [3, 5, 2], [0, 1, 0]])
    assert largest_changes(COUNTS, after, 9) == (
        Mistake(0, 1, -2),
        Mistake(1, 2, -2),
        Mistake(1, 0, 2),
        Mistake(2, 1, 1),
    )
    assert largest_changes(COUNTS, after, 1) == (Mistake(0, 1, -2),)
    assert largest_changes(COUNTS, COUNTS, 9) == ()

"""The commonest mistakes in a confusion matrix."""

from __future__ import annotations

import numpy as np

from cnnviz.figures.confusion import Mistake, commonest_mistakes

COUNTS = np.array([[8, 2, 0], [1, 5, 4], [0, 0, 0]])  # nobody is of class 2


def test_commonest_mistakes() -> None:
    """The largest cells off the diagonal, largest first; empty ones are no mistakes."""
    assert commonest_mistakes(COUNTS, 2) == (Mistake(1, 2, 4), Mistake(0, 1, 2))
    assert len(commonest_mistakes(COUNTS, 9)) == 3
    assert commonest_mistakes(np.eye(3, dtype=np.int64), 9) == ()

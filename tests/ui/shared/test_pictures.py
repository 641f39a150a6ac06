"""Pictures: stepping through the test set goes round."""

from __future__ import annotations

import numpy as np

from cnnviz.ui.shared.pictures import neighbour


def test_stepping_through_a_class_goes_round() -> None:
    """Forwards and backwards, also from a picture of another class; a class without pictures stays."""
    labels = np.array([3, 1, 3, 1])
    assert [neighbour(labels, 0, 1, 1), neighbour(labels, 3, 1, 1), neighbour(labels, 0, 3, -1)] == [1, 1, 2]
    assert [neighbour(labels, 3, -1, 1), neighbour(labels, 0, 7, 1)] == [0, 0]

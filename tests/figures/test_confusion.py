"""A confusion matrix in numbers: scores, the commonest mistakes."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import precision_recall_fscore_support

from cnnviz.figures.confusion import Mistake, class_scores, commonest_mistakes

COUNTS = np.array([[8, 2, 0], [1, 5, 4], [0, 0, 0]])  # nobody is of class 2


def test_scores_by_hand() -> None:
    """Class 1: 5 of 10 found, 5 of the 7 called so are."""
    score = class_scores(COUNTS)[1]
    assert (score.correct, score.support, score.predicted) == (5, 10, 7)
    assert score.recall == 0.5
    assert score.precision == pytest.approx(5 / 7)
    assert score.f1 == pytest.approx(10 / 17)


def test_scores_are_scikit_learns() -> None:
    """Precision, recall and F1 of a random matrix agree with scikit-learn's."""
    counts = np.random.default_rng(3).integers(0, 30, (6, 6))
    pairs = [(i, j) for i in range(6) for j in range(6) for _ in range(counts[i, j])]
    true, predicted = zip(*pairs, strict=True)
    expected = np.array(precision_recall_fscore_support(true, predicted)[:3]).T
    ours = [(score.precision, score.recall, score.f1) for score in class_scores(counts)]
    np.testing.assert_allclose(ours, expected)


def test_commonest_mistakes() -> None:
    """The largest cells off the diagonal, largest first; empty ones are no mistakes."""
    assert commonest_mistakes(COUNTS, 2) == (Mistake(1, 2, 4), Mistake(0, 1, 2))
    assert len(commonest_mistakes(COUNTS, 9)) == 3
    assert commonest_mistakes(np.eye(3, dtype=np.int64), 9) == ()

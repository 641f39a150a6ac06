"""Scores are checked by hand and against scikit-learn, the report against the lesson's own."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import precision_recall_fscore_support

from cnnviz.engine.scores import class_scores, lesson_lines

COUNTS = np.array([[8, 2, 0], [1, 5, 4], [0, 0, 0]])  # nobody is of class 2
# What the lesson's network reached, right and wrong for each digit.
LESSON = [(977, 980), (1127, 1135), (1024, 1032), (1006, 1010), (974, 982), (883, 892), (946, 958), (1015, 1028)]
LESSON += [(962, 974), (987, 1009)]


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


def test_lesson_lines() -> None:
    """The lesson's counts give the lesson's report; 99.01% and 99.9% both read 99%, cut as there."""
    confusion = np.diag([right for right, _ in LESSON])
    for k, (right, total) in enumerate(LESSON):
        confusion[k, (k + 1) % 10] = total - right
    lines = lesson_lines(confusion, "0123456789")
    assert lines[0] == "Test Accuracy of 0: 99% (977/980)"
    assert lines[9] == "Test Accuracy of 9: 97% (987/1009)"
    assert lines[10] == "Test Accuracy (Overall): 99% (9901/10000)"
    assert len(lines) == 11


def test_shares_of_nothing_are_undefined() -> None:
    """Of a class without pictures there is no recall, of one never called no precision; 0% would be a judgement."""
    nobody, never = class_scores(COUNTS)[2], class_scores(np.array([[3, 0], [2, 0]]))[1]
    assert (nobody.recall, nobody.precision, nobody.f1) == (None, 0.0, 0.0)
    assert (never.recall, never.precision, never.f1) == (0.0, None, 0.0)
    assert class_scores(np.zeros((2, 2), np.int64))[0].f1 is None

"""Mistakes, the commonest first; the pictures shown are those that belong there, in an order that says something."""

from __future__ import annotations

import numpy as np

from cnnviz.charts.confusion import Answers, Example, Mistake, commonest_mistakes, largest_changes

COUNTS = np.array([[8, 2, 0], [1, 5, 4], [0, 0, 0]])  # nobody is of class 2
#                   0    1    2    3    4    5
LABELS = np.array([0, 1, 0, 1, 0, 1])
PREDICTIONS = np.array([0, 0, 1, 0, 0, 1])
CERTAINTY = np.array([0.9, 0.6, 0.8, 0.95, 0.7, 0.55])
PROBABILITIES = np.where(np.eye(2, dtype=bool)[PREDICTIONS], CERTAINTY[:, None], 1 - CERTAINTY[:, None])
ANSWERS = Answers(LABELS, PREDICTIONS, PROBABILITIES)


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


def test_surest_mistakes_come_first() -> None:
    """Wrong answers only, by falling certainty, with what was true and what was said."""
    found = ANSWERS.surest_mistakes(2)
    assert [example.index for example in found] == [3, 2]
    assert found[0] == Example(3, true=1, predicted=0, certainty=0.95)


def test_a_cells_pictures() -> None:
    """Cell (1, 0): exactly the pictures of class 1 that were taken for 0."""
    assert [example.index for example in ANSWERS.of_cell(1, 0, 9)] == [3, 1]
    assert [example.index for example in ANSWERS.of_cell(0, 0, 9)] == [0, 4]


def test_right_ones_go_round_the_classes() -> None:
    """One of each class before the second of any."""
    assert [example.index for example in ANSWERS.right_ones(3)] == [0, 5, 4]


def test_no_mistakes_is_none() -> None:
    """A perfect network has no mistakes to show."""
    perfect = Answers(LABELS, LABELS, np.eye(2)[LABELS])
    assert perfect.surest_mistakes(5) == ()

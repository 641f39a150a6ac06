"""Suspects: labels that networks from outside contradict, ranked, and scored where the truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from cnnviz.engine.suspects import Score, Suspects, score


def suspects(probabilities: list[list[float]], given: list[int]) -> Suspects:
    return Suspects(np.arange(len(given)) * 10, np.array(given), np.array(probabilities, np.float32))


def test_ranked_by_held_out_loss() -> None:
    """Only those whose answer is another class, the largest loss first; a threshold is a probability."""
    found = suspects([[0.9, 0.1], [0.2, 0.8], [0.01, 0.99], [0.3, 0.7]], [0, 0, 0, 1])
    assert found.answers.tolist() == [0, 1, 1, 1]
    assert found.losses == pytest.approx(-np.log([0.9, 0.2, 0.01, 0.7]), rel=1e-5)
    assert found.ranked().tolist() == [2, 1]
    assert found.below(0.1).tolist() == [2]
    assert found.below(0.5).tolist() == [2, 1]


def test_an_impossible_label_has_a_finite_loss() -> None:
    """Probability 0 is not infinitely suspicious."""
    assert np.isfinite(suspects([[0.0, 1.0]], [0]).losses).all()


def test_ranked_by_confidence() -> None:
    """First those whose answer is as sure as usual of its class, whatever the loss of the others."""
    sure_of_1 = [[0.1, 0.9]] * 8  # class 1 usually gets 0.9
    unsure = [0.05, 0.5, 0.45]
    rows = [[*row, 0.0] for row in sure_of_1] + [unsure, [0.07, 0.93, 0.0]]
    found = suspects(rows, [1] * 8 + [0, 0])
    assert found.ranked("loss").tolist() == [8, 9]
    assert found.ranked("confident").tolist() == [9, 8]


def test_scored_where_the_truth_is_known() -> None:
    """Two of three suspects are wrong, of four that are."""
    is_wrong = np.array([True, True, False, True, True])
    found = score(np.array([0, 1, 2]), is_wrong)
    assert found == Score(2, 3, 4)
    assert (found.precision, found.recall) == (2 / 3, 0.5)
    assert score(np.array([], int), np.zeros(3, bool)) == Score(0, 0, 0)
    assert Score(0, 0, 0).precision == Score(0, 0, 0).recall == 0.0

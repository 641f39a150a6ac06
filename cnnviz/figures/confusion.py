"""What a confusion matrix says, in numbers: class by class, and the commonest mistakes. NumPy only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]  # (k, k): true x predicted


@dataclass(frozen=True)
class ClassScore:
    """How well one class is told from the others."""

    index: int
    correct: int
    support: int  # examples of this class
    predicted: int  # how often the network answered this class
    precision: float  # correct / predicted; 0 where it never answered it
    recall: float  # correct / support: the lesson's "Test Accuracy of ..."; 0 without examples
    f1: float  # harmonic mean of both


@dataclass(frozen=True)
class Mistake:
    """A cell off the diagonal."""

    true: int
    predicted: int
    count: int


def class_scores(counts: Counts) -> tuple[ClassScore, ...]:
    """Every class in order."""
    return tuple(_score(counts, index) for index in range(len(counts)))


def commonest_mistakes(counts: Counts, most: int) -> tuple[Mistake, ...]:
    """The cells off the diagonal with the largest counts, largest first; none that is empty."""
    off = counts * (1 - np.eye(len(counts), dtype=np.int64))
    order = np.argsort(-off, axis=None, kind="stable")[:most]
    cells = (divmod(int(flat), len(counts)) for flat in order)
    return tuple(Mistake(i, j, int(off[i, j])) for i, j in cells if off[i, j] > 0)


def _score(counts: Counts, index: int) -> ClassScore:
    correct, support, predicted = int(counts[index, index]), int(counts[index].sum()), int(counts[:, index].sum())
    return ClassScore(
        index=index,
        correct=correct,
        support=support,
        predicted=predicted,
        precision=correct / predicted if predicted else 0.0,
        recall=correct / support if support else 0.0,
        f1=2 * correct / (support + predicted) if support + predicted else 0.0,
    )

"""Scores of the classes, from a confusion matrix: precision, recall, F1, and the lesson's report. NumPy, no torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]  # (k, k): true x predicted
Shares = NDArray[np.float64]  # (k,) 0..1


@dataclass(frozen=True)
class ClassScore:
    """How well one class is told from the others."""

    index: int
    correct: int
    support: int  # pictures of this class
    predicted: int  # how often the network answered this class
    precision: float | None  # None: nothing of 0 pictures is a share
    recall: float | None
    f1: float | None


def class_scores(counts: Counts) -> tuple[ClassScore, ...]:
    """Every class in order."""
    correct, support, predicted = counts.diagonal(), counts.sum(axis=1), counts.sum(axis=0)
    columns = (
        correct.tolist(),
        support.tolist(),
        predicted.tolist(),
        _of_some(precision(counts), predicted),
        _of_some(recall(counts), support),
        _of_some(f1(counts), support + predicted),
    )
    return tuple(ClassScore(index, *row) for index, row in enumerate(zip(*columns, strict=True)))


def precision(counts: Counts) -> Shares:
    """Of what was called class k, the share that is; 0 if nothing was, as scikit-learn has it. (k,)"""
    return _shares(counts.diagonal(), counts.sum(axis=0))


def recall(counts: Counts) -> Shares:
    """Of what is class k, the share that was called so: the accuracy of the class; of none 0, as there. (k,)"""
    return _shares(counts.diagonal(), counts.sum(axis=1))


def f1(counts: Counts) -> Shares:
    """Harmonic mean of precision and recall. (k,)"""
    return _shares(2 * counts.diagonal(), counts.sum(axis=0) + counts.sum(axis=1))


def per_class(counts: Counts) -> tuple[tuple[int, int], ...]:
    """(correct, total) for each class."""
    return tuple(zip(counts.diagonal().tolist(), counts.sum(axis=1).tolist(), strict=True))


def lesson_lines(counts: Counts, classes: Sequence[str]) -> list[str]:
    """The report in the words of the lesson this project grew out of; percentages cut, not rounded, as there.

    "Test Accuracy of 0: 99% (977/980)", ..., "Test Accuracy (Overall): 99% (9901/10000)". A program's output: it stays
    English.
    """
    rows = [(f"of {name}", *pair) for name, pair in zip(classes, per_class(counts), strict=True)]
    rows.append(("(Overall)", int(counts.trace()), int(counts.sum())))
    return [
        f"Test Accuracy {what}: {100 * correct // total}% ({correct}/{total})" for what, correct, total in rows if total
    ]


def _shares(part: NDArray[np.int64], whole: NDArray[np.int64]) -> Shares:
    return np.divide(part, whole, out=np.zeros(len(part)), where=whole != 0)


def _of_some(shares: Shares, whole: NDArray[np.int64]) -> list[float | None]:
    return [share if count else None for share, count in zip(shares.tolist(), whole.tolist(), strict=True)]

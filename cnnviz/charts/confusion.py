"""Confusion: the commonest mistakes of an evaluation, and which pictures to show of them. NumPy only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]  # (k, k): true x predicted
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Mistake:
    """A cell off the diagonal."""

    true: int
    predicted: int
    count: int


def commonest_mistakes(counts: Counts, most: int) -> tuple[Mistake, ...]:
    """The cells off the diagonal with the largest counts, largest first; none that is empty."""
    off = counts * (1 - np.eye(len(counts), dtype=np.int64))
    order = np.argsort(-off, axis=None, kind="stable")[:most]
    cells = (divmod(int(flat), len(counts)) for flat in order)
    return tuple(Mistake(i, j, int(off[i, j])) for i, j in cells if off[i, j] > 0)


def largest_changes(before: Counts, after: Counts, most: int) -> tuple[Mistake, ...]:
    """The cells off the diagonal that changed most, `count` the difference; of equals the improvements first."""
    change = (after - before) * (1 - np.eye(len(after), dtype=np.int64))
    order = np.lexsort((change.ravel(), -np.abs(change).ravel()))[:most]
    cells = (divmod(int(flat), len(after)) for flat in order)
    return tuple(Mistake(i, j, int(change[i, j])) for i, j in cells if change[i, j])


@dataclass(frozen=True)
class Example:
    """One picture of the test set and what the network made of it."""

    index: int  # in the test set
    true: int
    predicted: int
    certainty: float  # the network's probability of what it answered, 0..1


@dataclass(frozen=True, eq=False)
class Answers:
    """What a network answered to n pictures of k classes."""

    labels: Indices  # (n,)
    predictions: Indices  # (n,)
    probabilities: NDArray[np.floating]  # (n, k)

    def surest_mistakes(self, most: int) -> tuple[Example, ...]:
        """Wrong answers, the most certain first."""
        return self._by_certainty(self.predictions != self.labels, most)

    def of_cell(self, true: int, predicted: int, most: int) -> tuple[Example, ...]:
        """The pictures behind one cell of the confusion matrix, the most certain first."""
        return self._by_certainty((self.labels == true) & (self.predictions == predicted), most)

    def of_cell_only_here(
        self, true: int, predicted: int, other: Answers, most: int
    ) -> tuple[int, tuple[Example, ...]]:
        """How many pictures are in this cell here but not in `other`'s, and the most certain of them."""
        chosen = (self.labels == true) & (self.predictions == predicted) & (other.predictions != predicted)
        return int(chosen.sum()), self._by_certainty(chosen, most)

    def right_ones(self, most: int) -> tuple[Example, ...]:
        """Right answers as they come, one class after the other, so that every class is seen."""
        right = np.flatnonzero(self.predictions == self.labels)
        turn = np.zeros(len(right), int)
        for label in np.unique(self.labels):  # the how-manieth right answer of its class each one is
            own = self.labels[right] == label
            turn[own] = np.arange(own.sum())
        order = np.lexsort((self.labels[right], turn))[:most]
        return tuple(self._example(index) for index in right[order])

    def _by_certainty(self, chosen: NDArray[np.bool_], most: int) -> tuple[Example, ...]:
        indices = np.flatnonzero(chosen)
        certainty = self.probabilities[indices, self.predictions[indices]]
        order = np.argsort(-certainty, kind="stable")[:most]
        return tuple(self._example(index) for index in indices[order])

    def _example(self, index: np.int64) -> Example:
        predicted = int(self.predictions[index])
        certainty = float(self.probabilities[index, predicted])
        return Example(int(index), int(self.labels[index]), predicted, certainty)

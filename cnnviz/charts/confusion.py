"""The commonest mistakes in a confusion matrix. NumPy only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]  # (k, k): true x predicted


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

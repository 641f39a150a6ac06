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

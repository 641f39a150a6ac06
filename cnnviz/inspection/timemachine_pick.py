"""Which picture comes next, and which moments stand for all of them. NumPy only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")


def neighbour(labels: NDArray[np.int64], index: int, wanted: int, direction: int) -> int:
    """The next (1) or previous (-1) picture of class `wanted` (-1: of any) from `index`, round and round.

    >>> labels = np.array([3, 1, 3, 1])
    >>> neighbour(labels, 0, 1, 1), neighbour(labels, 3, 1, 1), neighbour(labels, 0, 3, -1), neighbour(labels, 3, -1, 1)
    (1, 1, 2, 0)
    """
    fitting = np.arange(len(labels)) if wanted < 0 else np.flatnonzero(labels == wanted)
    if not len(fitting):
        return index
    beyond = fitting[fitting > index] if direction > 0 else fitting[fitting < index][::-1]
    first = fitting[0] if direction > 0 else fitting[-1]
    return int(beyond[0] if len(beyond) else first)


def spread(things: Sequence[T], most: int) -> list[T]:
    """At most `most` of `things`, evenly spaced, the first and the last among them.

    >>> spread(range(10), 4), spread([1, 2], 4)
    ([0, 3, 6, 9], [1, 2])
    """
    if len(things) <= most:
        return list(things)
    return [things[round(index * (len(things) - 1) / (most - 1))] for index in range(most)]

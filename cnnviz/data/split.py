"""The pictures and labels of one half of a data set. NumPy only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SPLITS = ("train", "test")


@dataclass(frozen=True, eq=False)
class Split:
    """Pictures as uint8 (n, channels, height, width) and their classes as int64 (n,): arrays of the caller's own."""

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.labels)

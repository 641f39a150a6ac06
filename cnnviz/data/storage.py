"""Storage of a data set: what the registry asks of whatever holds the pictures, and the halves it gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Progress = Callable[[int, int], None]  # done, in all


class Storage(Protocol):
    """The pictures of one data set, under `root` or wherever they lie."""

    @property
    def download_bytes(self) -> int:
        """What fetching weighs in all; 0 if there is nothing to fetch."""
        ...

    def are_present(self, root: Path) -> bool:
        """Whether all is on this machine. Cheap: does not look into the files."""
        ...

    def load(self, split: str, root: Path, image_size: tuple[int, int, int], classes: int) -> Split:
        """One half, checked. Raises MissingDataError or CorruptDataError."""
        ...

    def fetch(self, root: Path, progress: Progress | None = None) -> None:
        """Download what is missing or broken. Raises DownloadError."""
        ...

    def check(self, root: Path) -> list[tuple[str, str]]:
        """For each file "ok" or the sentence that says what is wrong with it."""
        ...


SPLITS = ("train", "test")


@dataclass(frozen=True, eq=False)
class Split:
    """Pictures as uint8 (n, channels, height, width) and their classes as int64 (n,): arrays of the caller's own."""

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.labels)

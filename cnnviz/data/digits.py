"""Digits, the embedded data set: 1,797 real handwritten 8x8 digits that come with scikit-learn. No file of ours.

The file is read where scikit-learn lies, without importing it: the import costs a second, the file 10 ms.
"""

from __future__ import annotations

import gzip
import importlib.util
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnnviz.base.errors import CorruptDataError, DataError, MissingDataError
from cnnviz.base.locale import N_
from cnnviz.data.dataset_spec import Progress, Split
from cnnviz.data.removal import embedded

_HIGHEST = 16  # inked pixels of a 4x4 block of the original 32x32 bitmap
_COUNT = 1797


@dataclass(frozen=True)
class DigitsFile:
    """The one file of the digits: there wherever the app is."""

    download_bytes: int = 0

    def are_present(self, root: Path) -> bool:
        """Whether scikit-learn has it."""
        file = path()
        return file is not None and file.is_file()

    def load(self, split: str, root: Path, image_size: tuple[int, int, int], classes: int) -> Split:
        """One half: see `load`. Raises MissingDataError or CorruptDataError."""
        return load(split)

    def fetch(self, root: Path, progress: Progress | None = None) -> None:
        """Nothing to fetch."""

    def remove(self, root: Path) -> None:
        """Never. Raises DataError."""
        raise embedded("digits")

    def check(self, root: Path) -> list[tuple[str, str]]:
        """The file and "ok", or what is wrong with it."""
        return [("digits.csv.gz", problem() or "ok")]


def path() -> Path | None:
    """scikit-learn's own copy of the digits, or None when scikit-learn is not installed."""
    package = importlib.util.find_spec("sklearn")
    if package is None or not package.submodule_search_locations:
        return None
    return Path(package.submodule_search_locations[0]) / "datasets" / "data" / "digits.csv.gz"


def load(split: str) -> Split:
    """Images uint8 (n, 1, 8, 8), 0..16 stretched to 0..255; 1,437 to train and 360 to test.

    Ordered by class (file order within a class), every fifth goes to the test half. Taking every fifth of the file
    itself would not be balanced: the writers wrote 0, 1, 2 ... in turn, so it gives 47 nines and 26 twos.
    """
    images, labels = _read()
    for_test = np.zeros(_COUNT, dtype=bool)
    for_test[np.argsort(labels, kind="stable")[::5]] = True
    chosen = for_test if split == "test" else ~for_test
    return Split(images[chosen], labels[chosen])


def problem() -> str | None:
    """The sentence that says what is wrong with the file, or None."""
    try:
        _read()
    except DataError as error:
        return str(error)
    return None


@cache
def _read() -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """All pictures (1797, 1, 8, 8) and labels, in the file's order."""
    file = path()
    if file is None or not file.is_file():
        raise MissingDataError(
            N_("The digits come with scikit-learn, which is not installed: pip install scikit-learn.")
        )
    try:
        with gzip.open(file, "rt", encoding="ascii") as lines:
            table = np.loadtxt(lines, delimiter=",", dtype=np.float64)  # (1797, 64 pixels + label)
        if table.shape != (_COUNT, 65):
            raise ValueError(table.shape)
    except (OSError, EOFError, ValueError) as error:
        raise CorruptDataError(
            N_("`{file}` was cut or changed. Install scikit-learn again: pip install --force-reinstall scikit-learn."),
            file=file,
        ) from error
    pixels = np.rint(table[:, :64] * (255 / _HIGHEST)).astype(np.uint8)
    return pixels.reshape(_COUNT, 1, 8, 8), table[:, 64].astype(np.int64)

"""Statistics of a data set: pixel histogram, mean and deviation, mean picture of each class, duplicates. NumPy only.

Everything is added up in whole numbers, so that the order of the pictures changes nothing: mean and deviation follow
from the histogram alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnnviz.data.dataset_spec import Split

LEVELS = 256
_PIECE = 4096  # pictures: far from where 32 bits end for a sum of their squares, 2 ** 32 / 255 ** 2
_PIECE_BYTES = 8 << 20  # of one piece of large pictures


@dataclass(frozen=True, eq=False)
class Statistics:
    """What is known of the first `seen` of `count` pictures. Arrays are nobody's to change."""

    count: int
    seen: int
    histogram: NDArray[np.int64]  # (channels, 256): how many pixels have each value
    of_class: NDArray[np.int64]  # (classes,): pictures seen
    sums: NDArray[np.int64]  # (classes, channels, h, w) of pixels from 0 to 255
    squares: NDArray[np.int64]

    @property
    def is_whole(self) -> bool:
        return self.seen == self.count

    @property
    def pixels(self) -> int:
        """How many values each channel has."""
        return int(self.histogram[0].sum())

    @property
    def totals(self) -> tuple[int, ...]:
        """The sum of all values 0 to 255, for each channel."""
        return tuple(int(channel @ np.arange(LEVELS)) for channel in self.histogram)

    @property
    def square_totals(self) -> tuple[int, ...]:
        """The sum of their squares."""
        return tuple(int(channel @ np.arange(LEVELS) ** 2) for channel in self.histogram)

    @property
    def mean(self) -> tuple[float, ...]:
        """Of pixels from 0 to 1, for each channel: what Normalize takes first."""
        return tuple(total / (255 * max(1, self.pixels)) for total in self.totals)

    @property
    def std(self) -> tuple[float, ...]:
        """Their deviation, the mean taken over all pixels (population): what Normalize takes second."""
        squares = (total / (255**2 * max(1, self.pixels)) for total in self.square_totals)
        return tuple(max(0.0, square - mean**2) ** 0.5 for square, mean in zip(squares, self.mean, strict=True))

    def mean_pictures(self) -> NDArray[np.float64]:
        """(classes, channels, h, w), from 0 to 255: pixel by pixel the mean of all pictures of a class."""
        return self.sums / self._each()

    def deviation_pictures(self) -> NDArray[np.float64]:
        """(classes, channels, h, w): pixel by pixel how far the pictures of a class are from their mean."""
        return np.sqrt(np.maximum(self.squares / self._each() - self.mean_pictures() ** 2, 0))

    def _each(self) -> NDArray[np.int64]:
        return np.maximum(self.of_class, 1)[:, None, None, None]


def adding_up(split: Split, classes: int) -> Iterator[Statistics]:
    """The statistics after every tenth of the pictures or so, and at the end those of all.

    No matrix product: on a busy machine the threads of one wait for each other, 40 times as long as this takes.
    """
    count, shape = len(split), split.images.shape[1:]
    histogram = np.zeros((shape[0], LEVELS), np.int64)
    of_class = np.zeros(classes, np.int64)
    sums, squares = np.zeros((2, classes, *shape), np.int64)
    piece = max(1, min(_PIECE, _PIECE_BYTES // int(np.prod(shape))))
    told = 0
    for start in range(0, count, piece):
        images, labels = split.images[start : start + piece], split.labels[start : start + piece]
        of_class += np.bincount(labels, minlength=classes)
        for channel, values in enumerate(images.swapaxes(0, 1)):
            histogram[channel] += np.bincount(values.ravel(), minlength=LEVELS)
        for index in np.unique(labels):
            chosen = images[labels == index].astype(np.uint16)
            sums[index] += chosen.sum(axis=0, dtype=np.uint32)
            squares[index] += (chosen * chosen).sum(axis=0, dtype=np.uint32)
        seen = start + len(images)
        if seen == count or seen - told >= count / 10:
            told = seen
            yield Statistics(count, seen, histogram.copy(), of_class.copy(), sums.copy(), squares.copy())


def statistics(split: Split, classes: int) -> Statistics:
    """Those of all pictures; there must be one at least."""
    for found in adding_up(split, classes):
        last = found
    return last


def twins(train: Split, test: Split) -> list[tuple[int, int]]:
    """(index in the test half, index in the training half) of every test picture that is also trained on, to the last
    pixel; of several equal ones to train on the first."""
    known: dict[bytes, int] = {}
    for index, picture in enumerate(train.images):
        known.setdefault(_digest(picture), index)
    found = ((index, known.get(_digest(picture))) for index, picture in enumerate(test.images))
    return [(index, twin) for index, twin in found if twin is not None]


def _digest(picture: NDArray[np.uint8]) -> bytes:
    return hashlib.blake2b(np.ascontiguousarray(picture).data, digest_size=16).digest()

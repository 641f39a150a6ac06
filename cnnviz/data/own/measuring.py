"""Measuring: what pictures say of themselves: a size to import them in, halves to split into, how they are framed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from hashlib import blake2b
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from cnnviz.data.dataset_spec import Framing
from cnnviz.data.decoding import Size
from cnnviz.data.mnist_style import FAINTEST_INK, stroke_width
from cnnviz.data.own.limits import LARGEST_SIDE, MOST_BYTES, SMALLEST_SIDE

Pictures = NDArray[np.uint8]  # (n, c, h, w)
Rows = NDArray[np.int64]

_USUAL_SIDE = 64  # pixels: photos of it are told apart by small networks, and 1,000 of them are trained on in seconds
_SAMPLE = 300  # pictures by which a framing is recognised
_OF_TEN = 0.9  # of them that must agree
_WRITING = 5  # strokes are narrower than this part of the picture
_DARK = 128


def suggested_size(sizes: Counter[Size], count: int) -> Size:
    """(height, width) to import `count` pictures in, by those of some: the size most of them have if it is small, else
    a square of 64, or of what they have where that is less."""
    if not sizes:
        return _USUAL_SIDE, _USUAL_SIDE  # none tells its size
    size, often = sizes.most_common(1)[0]
    if 2 * often >= sizes.total() and min(size) >= SMALLEST_SIDE and max(size) <= _USUAL_SIDE:
        return size
    middle = int(np.median([min(size) for size in sizes.elements()]))
    side = max(SMALLEST_SIDE, min(_USUAL_SIDE, middle, largest_side(count)))
    return side, side


def largest_side(count: int, channels: int = 3) -> int:
    """Of squares, so that `count` pictures stay within the bound of a set."""
    return min(LARGEST_SIDE, int((MOST_BYTES / (channels * max(count, 1))) ** 0.5))


def put_aside(labels: Rows, share: float, seed: int) -> tuple[Rows, Rows]:
    """Rows to train on and to test: of each class its share, at least one and never all, drawn by the seed."""
    random = np.random.default_rng(seed)
    test = []
    for label in np.unique(labels):
        of_class = random.permutation(np.flatnonzero(labels == label))
        test.append(of_class[: count_aside(len(of_class), share)])
    chosen = np.sort(np.concatenate(test))
    return np.setdiff1d(np.arange(len(labels)), chosen), chosen


def count_aside(count: int, share: float) -> int:
    """How many of a class are put aside for testing.

    >>> count_aside(10, 0.2), count_aside(3, 0.05), count_aside(1, 0.5), count_aside(0, 0.5)
    (2, 1, 0, 0)
    """
    return max(0, min(count - 1, max(1, round(count * share))))


def drawn_rows(labels: Rows, rows: Rows, each: int, seed: int) -> Rows:
    """Of `rows` at most so many of each class, drawn by the seed."""
    random = np.random.default_rng(seed)
    kept = [random.permutation(rows[labels[rows] == label])[:each] for label in np.unique(labels[rows])]
    return np.sort(np.concatenate(kept))


def alike(images: Pictures, labels: Rows) -> tuple[int, int] | None:
    """Two classes, of each of which most pictures are also pictures of the other, or blank; None: there are none."""
    seen: dict[int, Counter[bytes]] = {}
    for image, label in zip(images, labels, strict=True):
        is_blank = (image == image[:, :1, :1]).all()
        what = b"" if is_blank else blake2b(image.tobytes(), digest_size=16).digest()
        seen.setdefault(int(label), Counter())[what] += 1
    # of many classes only those that have a picture in common are compared
    owners: dict[bytes, set[int]] = {}
    for label, pictures in seen.items():
        for what in pictures:
            owners.setdefault(what, set()).add(label)
    pairs = sorted({pair for labels_of in owners.values() for pair in combinations(sorted(labels_of), 2)})
    return next(
        (pair for pair in pairs if all(_is_mostly(seen[one], seen[other]) for one, other in (pair, pair[::-1]))), None
    )


def _is_mostly(one: Counter[bytes], other: Counter[bytes]) -> bool:
    return 2 * sum(count for what, count in one.items() if what in other) > one.total()


def framing_of(images: Pictures) -> Framing | None:
    """How grey pictures, bright on dark, were placed, if nearly all of them were placed alike, as MNIST's are.

    A picture of the same size is never changed by it: `mnist_style` takes one with a dark border as it is.
    """
    if images.shape[1] != 1 or images.shape[2] != images.shape[3] or not are_dark(images):
        return None
    some = images[:: max(1, len(images) // _SAMPLE), 0]
    boxes = [box for picture in some if (box := _box(picture)) is not None]
    if len(boxes) < len(some) * _OF_TEN:
        return None
    side, often = Counter(max(bottom - top, right - left) for top, bottom, left, right in boxes).most_common(1)[0]
    if often < len(boxes) * _OF_TEN or side == images.shape[2]:
        return None
    masses = np.array([np.abs(_mass(picture) - images.shape[2] / 2).max() for picture in some if picture.any()])
    pen = float(np.median([stroke_width(picture) for picture in some]))
    is_by_mass = (masses <= 1).mean() >= _OF_TEN
    return Framing(side, "mass" if is_by_mass else "box", round(pen, 1) if pen < images.shape[2] / _WRITING else 0.0)


def are_dark(images: Pictures) -> bool:
    """Whether the border of every picture is."""
    for start in range(0, len(images), 4096):
        part = images[start : start + 4096, 0]
        edges = np.concatenate([part[:, 0], part[:, -1], part[:, :, 0], part[:, :, -1]], axis=1)
        if (np.median(edges, axis=1) >= _DARK).any():
            return False
    return True


def _box(picture: NDArray[np.uint8]) -> Sequence[int] | None:
    """Top, bottom, left, right of the ink."""
    ys, xs = np.nonzero(picture > FAINTEST_INK)
    return (int(ys.min()), int(ys.max()) + 1, int(xs.min()), int(xs.max()) + 1) if len(ys) else None


def _mass(picture: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(y, x) of the centre of mass in pixel indices."""
    levels = picture.astype(np.float64)
    return np.array([levels.sum(1) @ np.arange(len(levels)), levels.sum(0) @ np.arange(levels.shape[1])]) / levels.sum()

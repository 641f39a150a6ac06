"""A user's picture made like the pictures a network was trained on, by what its data set says of them: ink, framed as
its makers did; or the picture as it is, cut and resized as the data set's own files were. Knows nothing of networks.

`centre_like_mnist` follows the recipe MNIST was made by (LeCun, Bottou, Bengio, Haffner 1998, section III.A:
"size normalized to fit in a 20x20 pixel box while preserving their aspect ratio ... centered in a 28x28 image by
computing the center of mass of the pixels"). `digit.js` does the same in the browser, step for step.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from cnnviz.base.errors import PictureError
from cnnviz.base.locale import N_
from cnnviz.data.dataset_spec import DatasetSpec, Framing
from cnnviz.data.decoding import like_those_of
from cnnviz.data.foreground import as_ink, with_pen

_TIE = 1e-6  # halves are rounded up whatever the last bit of a sum says, in Python as in JavaScript
FAINTEST_INK = 12  # of 255: what is not brighter is paper

Picture = NDArray[np.uint8]


def centre_like_mnist(ink: Picture) -> Picture:
    """Ink (h, w), white on black, of any size -> (28, 28) as in MNIST. Blank gives zeros.

    1. The bounding box of ink > 12. No such pixel: zeros.
    2. scale = 20 / max(box height, box width); target sides = max(1, floor(side * scale + 1/2)).
    3. The box resampled to the target by exact area averaging: output pixel i of n covers the input interval
       [i * side / n, (i + 1) * side / n) and is the mean of the input under it, parts of pixels counted as parts;
       rows and columns alike, then floor(value + 1/2 + 10^-6).
    4. The centre of mass (y, x) of those values, in pixel indices from 0; offset = floor(14 - y + 1/2 + 10^-6),
       likewise x, clipped so that the box lies inside 28x28; pasted there. A box that came out all zero gives zeros.

    Measured: index 14, not 13.5, is where the centre of mass of all 60,000 training digits lies (each within half a
    pixel). Applied to the 10,000 test digits this changes 0.02 of 255 grey levels on average; with 13.5 it would be
    14.8 (tests/data/test_mnist_style.py).
    """
    return _frame(ink, Framing(box=20, centre="mass"), 28, 28)


def for_dataset(picture: Picture, spec: DatasetSpec) -> Picture:
    """A picture (h, w) or (h, w, 3) of any size -> uint8 (channels, h, w) as a network trained on `spec` expects it.

    One of the data set's own comes back as it is. Raises PictureError for a blank one.
    """
    if spec.framing is None:
        prepared = like_those_of(spec.image_size, picture)
    else:
        prepared = _inked(picture, spec.framing, *spec.image_size[1:])[None]
    if _is_blank(prepared):
        raise PictureError(
            N_(
                "This picture is blank: nothing in it differs from its background. "
                "Use one that shows something, or draw with more contrast."
            )
        )
    return prepared


def for_drawing(ink: Picture, spec: DatasetSpec) -> Picture:
    """White ink on black (h, w), off a sketch pad or another data set -> (channels, h, w) in the likeness of `spec`."""
    if spec.framing is not None:
        return _frame(ink, spec.framing, *spec.image_size[1:])[None]
    return like_those_of(spec.image_size, 255 - ink if spec.light_paper else ink)


def area_average(picture: Picture, height: int, width: int) -> Picture:
    """(h, w) resampled to (height, width): each output pixel is the exact mean of the input area under it."""
    rows, columns = _overlaps(picture.shape[0], height), _overlaps(picture.shape[1], width)
    mean = rows @ picture.astype(np.float64) @ columns.T  # (height, h) @ (h, w) @ (w, width)
    return np.floor(mean + 0.5 + _TIE).astype(np.uint8)


def _inked(picture: Picture, framing: Framing, height: int, width: int) -> Picture:
    """(height, width): the ink, framed by the data set's own recipe."""
    if picture.shape == (height, width) and np.median(_edge(picture)) < _DARK:
        return picture  # of the data set's own: what it shows may well reach its edge
    ink = as_ink(picture)
    return _frame(with_pen(ink, framing.box, framing.pen) if framing.pen else ink, framing, height, width)


def _edge(picture: Picture) -> Picture:
    """The outermost pixels of (h, w), in a row."""
    return np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])


_DARK = 128  # grey level of paper: below it ink is bright
_PLAIN = 5.0  # standard deviation in grey levels; that of CIFAR-10's 10,000 test photos is 7.6 and more
_COLOURED = 24.0  # grey levels between two channels: a sheet of one colour shows that colour


def _is_blank(prepared: Picture) -> bool:
    """Whether (channels, h, w) shows neither a form nor a colour."""
    levels = prepared.astype(np.float64)
    return levels.mean(axis=0).std() < _PLAIN and np.ptp(levels.mean(axis=(1, 2))) < _COLOURED


def _frame(ink: Picture, framing: Framing, height: int, width: int) -> Picture:
    """The ink's bounding box scaled into a square box and placed in (height, width)."""
    framed = np.zeros((height, width), dtype=np.uint8)
    ys, xs = np.nonzero(ink > FAINTEST_INK)
    if not len(ys):
        return framed
    cut = ink[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1]
    scale = framing.box / max(cut.shape)
    box = area_average(cut, *(max(1, math.floor(side * scale + 0.5)) for side in cut.shape))
    if not box.any():
        return framed
    y, x = _mass(box) if framing.centre == "mass" else (box.shape[0] / 2, box.shape[1] / 2)
    top, left = _offset(y, box.shape[0], height), _offset(x, box.shape[1], width)
    framed[top : top + box.shape[0], left : left + box.shape[1]] = box
    return framed


def _mass(box: Picture) -> tuple[float, float]:
    """The centre of mass in pixel indices."""
    total = box.sum(dtype=np.float64)
    rows, columns = box.sum(axis=1, dtype=np.float64), box.sum(axis=0, dtype=np.float64)
    return float(rows @ np.arange(len(rows)) / total), float(columns @ np.arange(len(columns)) / total)


def _offset(centre: float, side: int, frame: int) -> int:
    """Where the box begins, so that index `centre` of it comes to index `frame / 2`, as near as fits."""
    return min(max(math.floor(frame / 2 - centre + 0.5 + _TIE), 0), frame - side)


def _overlaps(old: int, new: int) -> NDArray[np.float64]:
    """(new, old): the share of each output pixel that each input pixel makes up. Rows sum to 1."""
    edges = np.arange(new + 1) * (old / new)
    begin, end = edges[:-1, None], edges[1:, None]
    pixels = np.arange(old)[None, :]
    shared = np.minimum(end, pixels + 1) - np.maximum(begin, pixels)
    return np.clip(shared, 0, None) * (new / old)

"""Pen: strokes too thin for a data set of writing, drawn over with a pen as wide as its own. NumPy only.

A line of 1/140 of a digit's height covers a seventh of a pixel once the digit is 20 pixels high: grey that no network
was shown, and every such digit is read as a 1.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]

_INK = 100  # of 255: what is brighter belongs to a stroke
_THIN = 0.5  # of the usual width: 0.2% of MNIST's own test digits are written more thinly
_FINEST = 8  # pixels for one of the data set's: finer drawings are made coarser first, as on the sketch pad


def with_pen(ink: Picture, box: int, pen: float) -> Picture:
    """Ink (h, w), white on black. What will be thinner than half of `pen` pixels, once its longer side is scaled to
    `box` pixels, comes back with strokes of `pen`; anything else as it is."""
    ys, xs = np.nonzero(ink > _INK)
    if not len(ys):
        return ink
    cut = ink[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1]
    scale = box / max(cut.shape)
    if stroke_width(cut) * scale >= _THIN * pen:
        return ink
    coarse = _coarser(cut, 1 / (scale * _FINEST))
    wanted = pen * max(coarse.shape) / box  # pixels
    return _thickened(coarse, max(1, math.floor((wanted - stroke_width(coarse)) / 2 + 0.5)))


def stroke_width(ink: Picture) -> float:
    """The mean width of strokes in pixels: twice their area by their outline's length (Cauchy and Crofton's estimate
    from the edges between pixels). 0 if there are none."""
    inside = np.pad(ink > _INK, 1)
    edges = np.count_nonzero(inside[1:] != inside[:-1]) + np.count_nonzero(inside[:, 1:] != inside[:, :-1])
    return 2 * np.count_nonzero(inside) / (math.pi / 4 * edges) if edges else 0.0


def _coarser(ink: Picture, factor: float) -> Picture:
    """Each `factor` pixels in both directions made one, the brightest, so that a hair stays; below 2 as it is."""
    step = math.floor(factor)
    if step < 2:
        return ink
    height, width = (-(-side // step) for side in ink.shape)
    padded = np.zeros((height * step, width * step), dtype=np.uint8)
    padded[: ink.shape[0], : ink.shape[1]] = ink
    return padded.reshape(height, step, width, step).max(axis=(1, 3))


def _thickened(ink: Picture, reach: int) -> Picture:
    """Every pixel the brightest within `reach` pixels of it, nearly in a disc: squares and crosses by turns."""
    ink = np.pad(ink, reach)
    for step in range(reach):
        grown = ink.copy()
        for axis in (0, 1):
            source = grown.copy() if step % 2 else ink  # one axis after the other makes a square, both at once a cross
            ahead, behind = [slice(None)] * 2, [slice(None)] * 2
            ahead[axis], behind[axis] = slice(1, None), slice(None, -1)
            np.maximum(grown[tuple(ahead)], source[tuple(behind)], out=grown[tuple(ahead)])
            np.maximum(grown[tuple(behind)], source[tuple(ahead)], out=grown[tuple(behind)])
        ink = grown
    return ink

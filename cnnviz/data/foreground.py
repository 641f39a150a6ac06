"""Foreground: the ink in a picture, whatever its paper and its light, with a pen as wide as a data set's own. NumPy
only; knows nothing of files and data sets.

A line of 1/140 of a digit's height covers a seventh of a pixel once the digit is 20 pixels high: grey that no network
was shown, and every such digit is read as a 1. So strokes that are too thin are drawn over with a wider pen.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]


def as_ink(picture: Picture) -> Picture:
    """Grey or colour (h, w[, 3]) -> uint8 (h, w): how much ink there is, bright on a background of 0.

    The border tells the paper: a plane is laid through its levels, channel by channel, so that light falling from one
    side does no harm. Ink is what differs from the paper in lightness or in colour, on the side where more differs
    strongly, by more than the border's own noise; the strongest becomes 255. MNIST's own pictures stay as they are.
    """
    levels = picture.astype(np.float64).reshape(*picture.shape[:2], -1)[..., :3]  # (h, w, 1 or 3)
    paper, noise = _paper(levels)
    away = levels - paper
    if noise > 1 and min(picture.shape[:2]) >= _LARGE:
        away = _smoothed(away)
    ink = _length(away) * (away @ _ink_colour(away) > 0)
    strongest = float(ink.max())
    if strongest <= max(_FAINTEST_CONTRAST, noise):
        return np.zeros(ink.shape, dtype=np.uint8)
    if noise > 1:
        ink[ink <= max(noise, strongest * _SHADOW)] = 0
    return np.floor(np.clip(ink * (255 / strongest), 0, 255) + 0.5).astype(np.uint8)


_LARGE = 112  # pixels: a photo, where strokes are wider than the 3 x 3 pixels that are averaged
_SHADOW = 0.2  # of the strongest ink: on noisy paper, what is fainter is shadow or texture
_FAINTEST_CONTRAST = 24.0  # grey levels: less than this is an empty sheet
_NOISES = 4.0  # standard deviations of the border that still count as paper ...
_NOISES_ALONE = 5.5  # ... where pixels are not averaged: of 10,000 a few are beyond 4
_PURE = 2  # grey levels: so near to 0 or 255 comes no photo's paper all over
_SHARE = 0.25  # of the picture that is pure paper, where the border is none
_OTHER = 64.0  # grey levels between the border and the pure paper within


def _length(away: NDArray[np.float64]) -> NDArray[np.float64]:
    """(..., channels) -> (...): how far from the paper; of grey its grey levels."""
    return np.sqrt((away**2).mean(axis=-1))


def _ink_colour(away: NDArray[np.float64]) -> NDArray[np.float64]:
    """(channels,): the way from the paper to the ink, to which what differs strongly counts most."""
    return (away * (away**2).mean(axis=-1, keepdims=True)).mean(axis=(0, 1))


def _paper(levels: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """The levels of bare paper at every pixel (h, w, channels), and how far its noise reaches.

    A plane a + b*y + c*x by least squares through the border, fitted again to the half that fits best: up to half
    of the border may be ink that runs over the edge. Where it is more, paper that is purely black or white gives
    itself away.
    """
    ring = _border(levels.shape[:2])
    ys, xs = np.nonzero(ring)
    edge = levels[ring]  # (border pixels, channels)
    terms = np.column_stack([np.ones(len(ys)), ys, xs])  # (border pixels, 3)
    away = _length(edge - np.median(edge, axis=0))
    for _round in range(4):
        kept = away <= max(float(np.median(away)), 1.0)
        plane = np.linalg.lstsq(terms[kept], edge[kept], rcond=None)[0]  # (3, channels)
        away = _length(edge - terms @ plane)
    rows, columns = np.indices(levels.shape[:2])[..., None]
    paper = plane[0] + plane[1] * rows + plane[2] * columns
    pure = _pure_paper(levels)
    if pure is not None and abs(paper.mean() - pure) > _OTHER:
        return np.full_like(levels, pure), 0.0
    noises = _NOISES if min(levels.shape[:2]) >= _LARGE else _NOISES_ALONE
    return paper, noises * 1.4826 * float(np.median(away))  # 1.4826 medians are a standard deviation of normal noise


def _pure_paper(levels: NDArray[np.float64]) -> float | None:
    """0 or 255, whichever more of the picture is, if it is enough."""
    black, white = ((np.abs(levels - level) <= _PURE).all(axis=-1).mean() for level in (0, 255))
    return None if max(black, white) < _SHARE else 0.0 if black > white else 255.0


def _border(shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Where the border is: a frame one twentieth of the shorter side wide, at least a pixel."""
    width = max(1, min(shape) // 20)
    ring = np.ones(shape, dtype=bool)
    ring[width:-width, width:-width] = False
    return ring


def _smoothed(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """(h, w, channels), each value the mean of the 3 x 3 around it: single specks sink below the noise."""
    padded = np.pad(values, ((1, 1), (1, 1), (0, 0)), mode="edge")
    across = padded[:, :-2] + padded[:, 1:-1] + padded[:, 2:]
    return (across[:-2] + across[1:-1] + across[2:]) / 9


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

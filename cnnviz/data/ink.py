"""The ink in a picture, whatever its paper and its light. NumPy only; knows nothing of files and data sets."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]


def as_ink(picture: Picture) -> Picture:
    """Grey or colour (h, w[, 3]) -> uint8 (h, w): how much ink there is, bright on a background of 0.

    The border tells the paper: a plane is laid through its grey levels, so that light falling from one side does no
    harm. Ink is what differs from the paper, on the side where more differs strongly (the sign of the mean cube), by
    more than the border's own noise; the strongest becomes 255. MNIST's own pictures stay as they are.
    """
    grey = _grey(picture)  # (h, w)
    paper, noise = _paper(grey)
    ink = grey - paper
    if (ink**3).mean() < 0:
        ink = -ink
    if noise > 1 and min(ink.shape) >= _LARGE:
        ink = _smoothed(ink)
    strongest = float(ink.max())
    if strongest <= max(_FAINTEST_CONTRAST, noise):
        return np.zeros(grey.shape, dtype=np.uint8)
    if noise > 1:
        ink[ink <= max(noise, strongest * _SHADOW)] = 0
    return np.floor(np.clip(ink * (255 / strongest), 0, 255) + 0.5).astype(np.uint8)


_LARGE = 112  # pixels: a photo, where strokes are wider than the 3 x 3 pixels that are averaged
_SHADOW = 0.2  # of the strongest ink: on noisy paper, what is fainter is shadow or texture
_FAINTEST_CONTRAST = 24.0  # grey levels: less than this is an empty sheet
_NOISES = 4.0  # standard deviations of the border that still count as paper
_LUMA = np.array([0.299, 0.587, 0.114])  # ITU-R BT.601, as in JPEG


def _grey(picture: Picture) -> NDArray[np.float64]:
    return picture.astype(np.float64) if picture.ndim == 2 else picture[:, :, :3] @ _LUMA


def _paper(grey: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """The grey level of bare paper at every pixel (h, w), and how far its noise reaches.

    A plane a + b*y + c*x by least squares through the border, fitted again to the half that fits best: up to half
    of the border may be ink that runs over the edge.
    """
    ring = _border(grey.shape)
    ys, xs = np.nonzero(ring)
    levels = grey[ring]
    terms = np.column_stack([np.ones(len(ys)), ys, xs])  # (border pixels, 3)
    away = np.abs(levels - np.median(levels))
    for _round in range(4):
        kept = away <= max(float(np.median(away)), 1.0)
        plane = np.linalg.lstsq(terms[kept], levels[kept], rcond=None)[0]
        away = np.abs(levels - terms @ plane)
    noise = _NOISES * 1.4826 * float(np.median(away))  # 1.4826 medians are one standard deviation of normal noise
    rows, columns = np.arange(grey.shape[0])[:, None], np.arange(grey.shape[1])[None, :]
    return plane[0] + plane[1] * rows + plane[2] * columns, noise


def _border(shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Where the border is: a frame one twentieth of the shorter side wide, at least a pixel."""
    width = max(1, min(shape) // 20)
    ring = np.ones(shape, dtype=bool)
    ring[width:-width, width:-width] = False
    return ring


def _smoothed(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """(h, w), each value the mean of the 3 x 3 around it: single specks sink below the noise."""
    padded = np.pad(values, 1, mode="edge")
    across = padded[:, :-2] + padded[:, 1:-1] + padded[:, 2:]
    return (across[:-2] + across[1:-1] + across[2:]) / 9

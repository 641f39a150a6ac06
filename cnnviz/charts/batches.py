"""Pictures of a batch: in the order they are taken, each in a frame of its class's colour. NumPy in, NumPy out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnnviz.charts.gallery import Pixels, grid, tiles
from cnnviz.charts.theme import classes, palette

_FRAME = 2  # pixels of a class's colour around a picture
_FEWEST = 10  # pictures in a line
_SMALLEST = 24  # pixels of a picture at least, or its frame would be half of it
_SIDE = 32  # pixels of a picture at most: it is shown no larger


def class_colors(count: int, theme: str) -> list[str]:
    """A colour for each class; they come again where there are more than ten."""
    known = classes(theme)
    return [known[index % len(known)] for index in range(count)]


def columns_of(batch_size: int) -> int:
    """How many pictures stand in a line: a batch has few lines, as far as pictures can still be told apart."""
    if batch_size <= 16:
        return max(_FEWEST, batch_size)
    return 16 if batch_size <= 32 else 32 if batch_size <= 128 else 64


def batch_picture(pictures: Pixels, labels: NDArray[np.int64], colors: list[str], columns: int, theme: str) -> Pixels:
    """`pictures` (n, channels, h, w) with their frames, `columns` in a line, what is left over in the background."""
    factor = max(1, _SMALLEST // max(pictures.shape[2:]))
    seen = tiles(pictures, _SIDE).repeat(factor, axis=1).repeat(factor, axis=2)
    framed = np.stack([_framed(one, colors[label]) for one, label in zip(seen, labels, strict=True)])
    background = palette(theme)["background"]
    whole = grid(framed, columns, gap=2, background=background)
    width = columns * (framed.shape[2] + 2) - 2
    filled = np.broadcast_to(_rgb(background), (whole.shape[0], width, 3)).copy()
    filled[:, : whole.shape[1]] = whole
    return filled


def _framed(picture: Pixels, color: str) -> Pixels:
    """(h, w, 3) with a frame around it."""
    height, width = picture.shape[:2]
    framed = np.broadcast_to(_rgb(color), (height + 2 * _FRAME, width + 2 * _FRAME, 3)).copy()
    framed[_FRAME:-_FRAME, _FRAME:-_FRAME] = picture
    return framed


def _rgb(color: str) -> Pixels:
    return np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)], np.uint8)

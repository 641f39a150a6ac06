"""Small pictures for a page: enlarged without smoothing, side by side with gaps. NumPy in, NumPy or PNG out."""

from __future__ import annotations

import base64
import io
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]

_ROW_HEIGHT = 28  # of a row of pictures; where they are smaller, a gap of one pixel would be wide


def enlarge(picture: Pixels, factor: int) -> Pixels:
    """(h, w[, 3]) -> (h * factor, w * factor[, 3]): every pixel becomes a square, so that pixels stay visible."""
    return picture.repeat(factor, axis=0).repeat(factor, axis=1)


def enlargement(side: int, at_least: int = 96) -> int:
    """The whole factor that makes `side` pixels at least `at_least` long.

    >>> enlargement(28), enlargement(8), enlargement(224)
    (4, 12, 1)
    """
    return max(1, -(-at_least // side))


def zoom_for(height: int, width: int, target: int) -> int:
    """The whole factor that brings the longer side nearest to `target` pixels without passing it; at least 1."""
    return max(1, target // max(height, width))


def grid(pictures: Pixels, columns: int, factor: int = 1, gap: int = 4, background: str = "#000000") -> Pixels:
    """Pictures (n, h, w) or (n, h, w, 3), row by row in a grid -> one picture (H, W, 3).

    `gap` pixels of `background` ("#RRGGBB") lie between neighbours and none around; places left over are background.
    """
    count, height, width = pictures.shape[:3]
    columns = max(1, min(columns, count))
    rows = -(-count // columns)
    step_y, step_x = height * factor + gap, width * factor + gap
    paper = np.array([int(background[i : i + 2], 16) for i in (1, 3, 5)], dtype=np.uint8)
    whole = np.empty((max(0, rows * step_y - gap), max(0, columns * step_x - gap), 3), np.uint8)
    whole[:] = paper
    for index, picture in enumerate(pictures):
        y, x = index // columns * step_y, index % columns * step_x
        tile = enlarge(picture, factor)
        whole[y : y + tile.shape[0], x : x + tile.shape[1]] = tile if tile.ndim == 3 else tile[:, :, None]
    return whole


def channels_last(pictures: Pixels) -> Pixels:
    """(n, channels, h, w) as data sets keep them -> (n, h, w) for one channel, (n, h, w, 3) for three."""
    return pictures[:, 0] if pictures.shape[1] == 1 else pictures.transpose(0, 2, 3, 1)


def rgb(picture: Pixels) -> Pixels:
    """(channels, h, w) as (h, w, 3): one channel is repeated."""
    return np.ascontiguousarray(np.broadcast_to(picture, (3, *picture.shape[1:])).transpose(1, 2, 0))


def tiles(pictures: Pixels, longest: int = 64) -> Pixels:
    """(n, channels, h, w) -> (n, h, w, 3), shrunk by a whole factor where a side is longer than `longest`: what a page
    shows small need not be sent large."""
    factor = -(-max(pictures.shape[2:]) // longest)
    if factor == 1:
        return np.stack([rgb(picture) for picture in pictures])
    return np.stack([np.asarray(Image.fromarray(rgb(picture)).reduce(factor)) for picture in pictures])


def sheet_uri(pictures: Pixels, columns: int) -> tuple[str, tuple[int, int]]:
    """Pictures (n, channels, h, w) as `tiles` row by row without gaps, as one PNG; and a tile's height and width.

    Packing a hundred takes 8 ms, and all who look at a data set see the same."""
    return _sheet_uri(pictures.tobytes(), pictures.shape, columns)


@lru_cache(maxsize=64)  # 60 kB each for MNIST's
def _sheet_uri(raw: bytes, shape: tuple[int, ...], columns: int) -> tuple[str, tuple[int, int]]:
    shown = tiles(np.frombuffer(raw, np.uint8).reshape(shape))
    return data_uri(grid(shown, columns, gap=0)), (shown.shape[1], shown.shape[2])


def data_uri(picture: Pixels) -> str:
    """A picture as a PNG inside an address, for the `src` of an `<img>`. Lossless, so the pixels stay true.

    Packed lightly: a quarter of the time (0.4 ms for 112 x 112) for two fifths more bytes.
    """
    packed = io.BytesIO()
    Image.fromarray(picture).save(packed, "PNG", compress_level=1)
    return "data:image/png;base64," + base64.b64encode(packed.getvalue()).decode()


def crisp_uri(picture: Pixels, side: int) -> str:
    """A small picture (channels, h, w) enlarged by a whole factor, as near to `side` pixels as that comes.

    Packing one takes 0.2 ms and a gallery has dozens, the same ones for all who look.
    """
    return _crisp_uri(picture.tobytes(), picture.shape, side)


@lru_cache(maxsize=4096)  # 3 kB each for MNIST's
def _crisp_uri(raw: bytes, shape: tuple[int, ...], side: int) -> str:
    shown = rgb(np.frombuffer(raw, np.uint8).reshape(shape))
    return data_uri(enlarge(shown, zoom_for(shape[1], shape[2], side)))


def row_uri(pictures: Pixels, background: str) -> str:
    """Pictures (n, h, w[, 3]) side by side, near their own size: the browser enlarges them (`pixelated`).

    Enlarged here, 20 rows of MNIST's take 40 ms to pack; as they are, 4.
    """
    return _row_uri(pictures.tobytes(), pictures.shape, background)


@lru_cache(maxsize=512)  # 3 kB each for MNIST's
def _row_uri(raw: bytes, shape: tuple[int, ...], background: str) -> str:
    pictures = np.frombuffer(raw, np.uint8).reshape(shape)
    return data_uri(grid(pictures, len(pictures), enlargement(shape[1], _ROW_HEIGHT), gap=1, background=background))

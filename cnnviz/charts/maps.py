"""Maps in colour: feature maps, filters, weights, and what pixels count for a value: NumPy in, RGB out.

Knows nothing of torch, Streamlit or disk.

One colour scale for all tiles of a sheet, so that tiles can be compared: signed values on the diverging scale,
symmetric around zero; values that are never negative on the sequential one, from zero up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.charts.theme import Scale, diverging, palette, sequential

Values = NDArray[Any]
Picture = NDArray[np.uint8]  # (height, width, 3)
_STRONGEST = 235  # of 255: how opaque the veil is where influence is largest


@dataclass(frozen=True)
class Limits:
    """What the ends of a colour scale stand for."""

    low: float
    high: float
    signed: bool  # low == -high, zero in the middle

    def scale(self, theme: str) -> Scale:
        return diverging(theme) if self.signed else sequential(theme)


def limits(values: Values) -> Limits:
    """The scale that shows all of `values`; what is not a number is left out."""
    finite = values[np.isfinite(values)]
    bound = float(np.abs(finite).max()) if finite.size else 0.0
    signed = bool((finite < 0).any())
    return Limits(-bound if signed else 0.0, bound, signed)


def each_by_itself(maps: Values) -> Values:
    """Maps (n, ..., h, w), each divided by its largest magnitude: -1..1, for what is compared by form alone."""
    clean = np.nan_to_num(maps)
    bounds = np.abs(clean).max(axis=tuple(range(1, clean.ndim)), keepdims=True, initial=0.0)
    shares: Values = np.divide(clean, bounds, out=np.zeros(clean.shape, np.float32), where=bounds > 0)
    return shares


def shrunk(maps: Values, side: int) -> Values:
    """Maps (..., h, w) by a whole factor, so that neither side passes `side` by half: means of squares of pixels.

    What is left over at the end is cut off.
    """
    height, width = maps.shape[-2:]
    factor = max(1, round(max(height, width) / side))
    if factor == 1 or min(height, width) < factor:
        return maps
    rows, columns = height // factor, width // factor
    cut = maps[..., : rows * factor, : columns * factor]
    mean: Values = cut.reshape(*maps.shape[:-2], rows, factor, columns, factor).mean(axis=(-3, -1))
    return mean


def paint(values: Values, limits: Limits, theme: str) -> Picture:
    """`values` (..., h, w) as colours (..., h, w, 3); what is not a number is painted as zero."""
    span = limits.high - limits.low
    clean = np.where(np.isfinite(values), values, 0.0)
    position = (clean - limits.low) / span if span > 0 else np.full(values.shape, 0.5 if limits.signed else 0.0)
    index = np.clip(np.rint(position * 255), 0, 255).astype(np.uint8)
    colors: Picture = colour_table(limits.scale(theme))[index]
    return colors


def veil(strength: NDArray[np.floating], theme: str) -> NDArray[np.uint8]:
    """Influence (h, w), 0..1 -> RGBA (h, w, 4): the kernel's colour, the denser the more a pixel counts.

    The square root is shown, so that what counts little is seen at all.
    """
    color = palette(theme)["kernel"]
    picture = np.empty((*strength.shape, 4), dtype=np.uint8)
    picture[..., :3] = _rgb(color)
    picture[..., 3] = np.rint(np.sqrt(np.clip(strength, 0, 1)) * _STRONGEST).astype(np.uint8)
    return picture


def seen_share(strength: NDArray[np.floating]) -> float:
    """Of the pixels in the box around all influence, the share that has half of it: 0.5 if all count the same.

    >>> seen_share(np.ones((4, 4)))
    0.5
    """
    ordered = np.sort(strength, axis=None)[::-1].astype(np.float64)
    rows, columns = strength.any(axis=1), strength.any(axis=0)
    if not rows.any():
        return 0.0
    box = _span(rows) * _span(columns)
    half = int(np.searchsorted(np.cumsum(ordered), ordered.sum() / 2)) + 1
    return half / box


def colour_table(scale: Scale, count: int = 256) -> Picture:
    """`count` colours along `scale`, (count, 3)."""
    stops = np.array([_rgb(color) for color in scale], float)
    at = np.linspace(0, len(scale) - 1, count)
    channels = [np.interp(at, np.arange(len(scale)), stops[:, c]) for c in range(3)]
    return np.rint(np.stack(channels, axis=1)).astype(np.uint8)


def _rgb(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _span(present: Any) -> int:
    where = np.flatnonzero(present)
    return int(where[-1] - where[0] + 1)

"""What pixels of a picture count for a value, as a veil over that picture. NumPy in, NumPy out."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.charts.theme import palette

_STRONGEST = 235  # of 255: how opaque the veil is where influence is largest


def veil(strength: NDArray[np.floating], theme: str) -> NDArray[np.uint8]:
    """Influence (h, w), 0..1 -> RGBA (h, w, 4): the kernel's colour, the denser the more a pixel counts.

    The square root is shown, so that what counts little is seen at all.
    """
    color = palette(theme)["kernel"]
    picture = np.empty((*strength.shape, 4), dtype=np.uint8)
    picture[..., :3] = [int(color[i : i + 2], 16) for i in (1, 3, 5)]
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


def _span(present: Any) -> int:
    where = np.flatnonzero(present)
    return int(where[-1] - where[0] + 1)

"""Bend: what is done to a picture, by which fields and ranges, and which of them a curve runs along. Knows no torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_

# Field of `Bend` -> its range. Shifts and sizes are pixels of a picture 28 wide, whatever the picture's own width.
RANGES: dict[str, tuple[float, float]] = {
    "shift_x": (-10, 10),
    "shift_y": (-10, 10),
    "rotation": (-90, 90),
    "scale": (0.4, 2),
    "blur": (0, 3),
    "noise": (0, 100),
    "hole": (0, 20),
    "hole_x": (0, 1),
    "hole_y": (0, 1),
}
SWEPT = ("shift_x", "shift_y", "rotation", "scale")
UNIT_SIDE = 28  # pixels across of the picture that shifts and sizes are told for


@dataclass(frozen=True)
class Bend:
    """What is done to a picture, in this order: moved, blurred, made noisy, covered.

    Raises ConfigurationError for what is out of range (RANGES).
    """

    shift_x: float = 0.0  # right
    shift_y: float = 0.0  # down
    rotation: float = 0.0  # degrees, clockwise as seen
    scale: float = 1.0
    blur: float = 0.0  # standard deviation, pixels
    noise: float = 0.0  # standard deviation, grey levels
    hole: float = 0.0  # side of the square that covers, pixels; in the colour of the background
    hole_x: float = 0.5  # its middle, as a share of the picture's width
    hole_y: float = 0.5
    seed: int = 0  # of the noise

    def __post_init__(self) -> None:
        for name, (low, high) in RANGES.items():
            if not low <= getattr(self, name) <= high:
                raise ConfigurationError(
                    N_("{name} must be a number from {low} to {high}. Got {value} instead."),
                    name=name,
                    low=f"{low:g}",
                    high=f"{high:g}",
                    value=f"{getattr(self, name):g}",
                )

    def at(self, name: str, value: float) -> Bend:
        """The same with one field of SWEPT at `value`."""
        changes: dict[str, Any] = {name: value}
        return replace(self, **changes)

    @property
    def moves(self) -> bool:
        return (self.shift_x, self.shift_y, self.rotation, self.scale) != (0, 0, 0, 1)


def sweep(name: str, points: int = 41) -> list[float]:
    """Values of a field of SWEPT over its range, evenly; for shifts all whole pixels. The neutral one is among them."""
    low, high = RANGES[name]
    if name.startswith("shift"):
        return [float(each) for each in range(int(low), int(high) + 1)]
    neutral = getattr(Bend(), name)
    values = np.linspace(low, high, points)
    values[np.abs(values - neutral).argmin()] = neutral
    return [float(each) for each in values]


def reach(values: Sequence[float], answers: NDArray[np.integer], neutral: float, wanted: int) -> tuple[float, float]:
    """The values around `neutral` up to which the answer stays `wanted`; both `neutral` if it is another already.

    >>> reach([-2, -1, 0, 1, 2], np.array([3, 7, 7, 7, 7]), 0, 7)
    (-1.0, 2.0)
    """
    at = int(np.argmin(np.abs(np.asarray(values) - neutral)))
    low = high = at
    if answers[at] != wanted:
        return float(values[at]), float(values[at])
    while low > 0 and answers[low - 1] == wanted:
        low -= 1
    while high < len(values) - 1 and answers[high + 1] == wanted:
        high += 1
    return float(values[low]), float(values[high])

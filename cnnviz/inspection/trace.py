"""Trace of a map: what one map of a layer reads, weighs and gives, value by value. Knows nothing of networks.

The same arithmetic is in the browser, where the finger is: `ui/layers/component/trace/sums.js`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Kind = Literal[
    "convolution",
    "sum",
    "largest",
    "mean",
    "relu",
    "sigmoid",
    "tanh",
    "leaky",
    "norm",
    "added",
    "joined",
    "dropped",
    "same",
]
Maps = NDArray[np.float32]
Pair = tuple[int, int]
Spans = tuple[tuple[Pair, ...], tuple[Pair, ...]]  # along height and width: (first, end) of what each output reads


@dataclass(frozen=True)
class Norm:
    """What batch norm does to one map: (value - mean) / sqrt(variance + epsilon) * weight + bias."""

    mean: float
    variance: float
    epsilon: float
    weight: float = 1.0
    bias: float = 0.0


@dataclass(frozen=True, eq=False)
class ValueTrace:
    """What map `index` of a layer reads, what it weighs that with, and what comes out.

    "convolution": every output value is the sum of window x weights, plus the bias; "sum": of the whole input at once.
    "largest", "mean": of a window of the same map, as far as it lies inside the map and the padding that counts.
    "added": the sum of the same place of all `inputs`. "norm": as `Norm` says of the same place.
    "relu", "sigmoid", "tanh", "leaky", "same", and "joined", which is one of several maps as it was: of the same place
    of the same map. "dropped": in training that, made larger, or 0.
    """

    kind: Kind
    inputs: Maps  # (c, h, w): for "convolution" maps of the filter's group, for "sum" all, else the one map
    output: Maps  # (h, w)
    weights: Maps | None = None  # (c, kh, kw); for "sum" shaped as `inputs`
    bias: float = 0.0
    kernel_size: Pair = (1, 1)
    stride: Pair = (1, 1)
    padding: Pair = (0, 0)
    dilation: Pair = (1, 1)
    counts_padding: bool = True  # whether the zeros of the padding are among what a window reads
    spans: Spans | None = None  # of adaptive pooling, whose windows are not all alike
    flattened_from: tuple[int, int, int] | None = None  # (c, h, w) of the maps whose row of numbers a "sum" reads
    channels: tuple[int, ...] = ()  # which of the maps that are read `inputs` are, where they are not all of `of`
    of: int = 0  # how many maps the filter reads
    rest: Maps | None = None  # (h, w): what the maps that are left out add to each value
    norm: Norm | None = None
    slope: float = 0.0  # of "leaky" below zero; of "dropped" by what a value that stays is made larger
    source: tuple[str, int] | None = None  # of "joined": the layer the map comes from ("" the picture), its index there
    place: tuple[int, int, int] | None = None  # of a number of a flattened row: map, row and column it stood at

    @property
    def input_shape(self) -> tuple[int, ...]:
        """(c, h, w) of what is read; (n,) where that is n numbers, which `inputs` has in rows only to be drawn."""
        if self.kind == "sum" or self.inputs.size == 1:
            return (self.inputs.size,)
        return (self.of or self.inputs.shape[0], *self.inputs.shape[1:])

    def window(self, row: int, column: int) -> Maps:
        """What the output value at (row, column) reads, (c, kh, kw), or less of it at the edge of a pooling's map."""
        if self.spans is not None:
            (top, bottom), (left, right) = self.spans[0][row], self.spans[1][column]
            return self.inputs[:, top:bottom, left:right]
        (ph, pw) = self.padding
        padded = np.pad(self.inputs, ((0, 0), (ph, ph), (pw, pw)))
        return padded[:, self._taps(0, row)][:, :, self._taps(1, column)]

    def _taps(self, axis: int, index: int) -> list[int]:
        """The padded rows (axis 0) or columns (axis 1) that output row or column `index` reads."""
        side, padding, dilation = self.inputs.shape[1 + axis], self.padding[axis], self.dilation[axis]
        first, end = (0, side + 2 * padding) if self.counts_padding else (padding, side + padding)
        start = index * self.stride[axis]
        taps = range(start, start + dilation * self.kernel_size[axis], dilation)
        return [tap for tap in taps if first <= tap < end]

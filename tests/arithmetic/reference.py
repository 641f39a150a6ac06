"""A convolution as slow loops that keep every product: a check on everything fast.

It is the cross-correlation that every framework calls convolution: the kernel is not flipped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnnviz.arithmetic.axis import Axis
from cnnviz.arithmetic.conv import ConvSpec
from cnnviz.base.errors import ConfigurationError

_TRANSPOSED = "spec must not be transposed here. Got {value!r} instead."
_SHAPES = (
    "image and kernel must both be (height, width) or (channels, height, width) with as many channels, the kernel as "
    "large as spec's. Got {image!r} and {kernel!r} instead."
)


@dataclass(frozen=True)
class Product:
    """One multiplication: a pixel of the padded input times a weight."""

    channel: int
    row: int  # of the padded input
    column: int
    pixel: float
    weight: float

    @property
    def value(self) -> float:
        """pixel times weight."""
        return self.pixel * self.weight


@dataclass(frozen=True)
class Step:
    """One output value with every product it sums."""

    row: int  # of the output
    column: int
    products: tuple[Product, ...]
    bias: float

    @property
    def sum(self) -> float:
        """The output value."""
        return sum((product.value for product in self.products), start=self.bias)


def convolve(image: ArrayLike, kernel: ArrayLike, spec: ConvSpec, bias: float = 0) -> list[Step]:
    """Every output value, row by row. `image` and `kernel`: (h, w) or (c, h, w); all channels make one map.

    Raises ConfigurationError where shapes do not agree or the kernel does not fit.
    """
    if spec.transposed:
        raise ConfigurationError(_TRANSPOSED, value=spec)
    pixels, weights = _with_channels(image), _with_channels(kernel)
    height, width = (spec.axis(0), spec.axis(1))
    assert isinstance(height, Axis)
    assert isinstance(width, Axis)
    if len(pixels) != len(weights) or weights.shape[1:] != (height.kernel_size, width.kernel_size):
        raise ConfigurationError(_SHAPES, image=np.shape(image), kernel=np.shape(kernel))
    spec.output_size(pixels.shape[1:])
    margins = ((0, 0), (height.before, height.after), (width.before, width.after))
    padded = np.pad(pixels, margins)  # (c, h + padding, w + padding)
    return [
        Step(row, column, _products(padded, weights, height.taps(row), width.taps(column)), bias)
        for row in range(height.output_size(pixels.shape[1]))
        for column in range(width.output_size(pixels.shape[2]))
    ]


def output(steps: list[Step]) -> NDArray[Any]:
    """The output map (h_out, w_out) that `steps` fill."""
    last = steps[-1]
    return np.array([step.sum for step in steps]).reshape(last.row + 1, last.column + 1)


def _products(
    padded: NDArray[Any], weights: NDArray[Any], rows: tuple[int, ...], columns: tuple[int, ...]
) -> tuple[Product, ...]:
    return tuple(
        Product(channel, row, column, padded[channel, row, column].item(), weights[channel, i, j].item())
        for channel in range(len(padded))
        for i, row in enumerate(rows)
        for j, column in enumerate(columns)
    )


def _with_channels(array: ArrayLike) -> NDArray[Any]:
    """(c, h, w) of (h, w) or (c, h, w)."""
    found = np.asarray(array)
    if found.ndim not in (2, 3):
        raise ConfigurationError(_SHAPES, image=found.shape, kernel=found.shape)
    return found if found.ndim == 3 else found[None]

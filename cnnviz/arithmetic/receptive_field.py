"""Receptive field of a plain stack of layers, and the one kernel that stacked convolutions are. Never imports torch.

The recurrences are those of Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural Networks",
Distill (2019), equations 1 to 3. What is called convolution here is cross-correlation, as in every framework.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnnviz.arithmetic.axis import TransposedAxis
from cnnviz.arithmetic.conv import ConvSpec
from cnnviz.arithmetic.cost import conv_cost
from cnnviz.arithmetic.pooling import PoolSpec
from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.base.params import IntOrPair

_TRANSPOSED = N_(
    "specs must be convolutions and pooling that are not transposed. Got {value!r} as layer {layer} instead."
)
_MATRICES = N_("kernels must be matrices of numbers. Got the shapes {shapes} instead.")


@dataclass(frozen=True)
class ReceptiveField:
    """What one value sees, in input pixels; each an int, or a pair (height, width)."""

    size: IntOrPair  # how many pixels it spans
    jump: IntOrPair  # how many pixels it moves from one output to the next
    start: IntOrPair  # the first input index that output 0 sees; negative: padding


def receptive_field(specs: Iterable[ConvSpec | PoolSpec]) -> list[ReceptiveField]:
    """The receptive field after each of `specs`, in order. Raises ConfigurationError for a transposed convolution.

    >>> [field.size for field in receptive_field([ConvSpec(3), ConvSpec(3)])]
    [3, 5]
    """
    layers = list(specs)
    if not any(spec.is_pair for spec in layers):
        return [ReceptiveField(*field) for field in _along(layers, 0)]
    both = zip(_along(layers, 0), _along(layers, 1), strict=True)
    return [ReceptiveField(*zip(height, width, strict=True)) for height, width in both]


def _along(specs: list[ConvSpec | PoolSpec], which: int) -> list[tuple[int, int, int]]:
    size, jump, start = 1, 1, 0
    fields = []
    for number, spec in enumerate(specs, start=1):
        axis = spec.axis(which)
        if isinstance(axis, TransposedAxis):
            raise ConfigurationError(_TRANSPOSED, value=spec, layer=number)
        size += (axis.extent - 1) * jump
        start -= axis.before * jump
        jump *= axis.stride
        fields.append((size, jump, start))
    return fields


def stacked_size(kernel_sizes: Iterable[int]) -> int:
    """The one kernel that sees what a stack sees (stride 1, no dilation): k1 + k2 - 1, and so on.

    >>> stacked_size([3, 3]), stacked_size([3, 3, 3]), stacked_size([1, 5])
    (5, 7, 5)
    """
    fields = receptive_field([ConvSpec(kernel_size) for kernel_size in kernel_sizes])
    size = fields[-1].size if fields else 1
    assert isinstance(size, int)
    return size


def stack_weights(kernel_sizes: Sequence[IntOrPair], channels: int = 1) -> int:
    """The weights of a stack of layers that keep `channels`, a bias for each filter of each counted.

    >>> stack_weights([5]), stack_weights([3, 3]), stack_weights([(1, 5), (5, 1)])
    (26, 20, 12)
    """
    return sum(conv_cost(channels, channels, kernel_size, 1).weights for kernel_size in kernel_sizes)


def threes(kernel_size: int) -> list[int] | None:
    """The stack of 3 x 3 that sees what one odd kernel sees; None if there is none.

    >>> threes(5), threes(7), threes(4)
    ([3, 3], [3, 3, 3], None)
    """
    return [3] * ((kernel_size - 1) // 2) if kernel_size >= 3 and kernel_size % 2 else None


def compose(first: ArrayLike, second: ArrayLike) -> NDArray[Any]:
    """The one kernel (k1 + k2 - 1) that does what `first` and then `second` do, stride 1, no padding between.

    Two cross-correlations in a row shift by the sum of their taps: z[i] = sum b[j] a[l] x[i + j + l], so the kernel's
    weight at m is the sum of all a[l] b[j] with l + j = m. That is the full convolution of the kernels: nothing flips.
    With biases: one bias, bias_1 * sum(second) + bias_2.
    """
    a, b = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    if a.ndim != 2 or b.ndim != 2:
        raise ConfigurationError(_MATRICES, shapes=f"{a.shape}, {b.shape}")
    composed = np.zeros((a.shape[0] + b.shape[0] - 1, a.shape[1] + b.shape[1] - 1))
    for row, column in np.ndindex(*b.shape):
        composed[row : row + a.shape[0], column : column + a.shape[1]] += b[row, column] * a
    return composed


def factors(kernel: ArrayLike) -> tuple[NDArray[Any], NDArray[Any]] | None:
    """A column (k, 1) and a row (1, k) whose product is `kernel`; None if there are none (rank above 1).

    >>> column, row = factors([[1, 0, -1], [2, 0, -2], [1, 0, -1]])
    >>> column.ravel().tolist(), row.ravel().tolist()
    ([0.5, 1.0, 0.5], [2.0, 0.0, -2.0])
    """
    weights = np.asarray(kernel, dtype=float)
    if weights.ndim != 2:
        raise ConfigurationError(_MATRICES, shapes=weights.shape)
    top, left = np.unravel_index(np.abs(weights).argmax(), weights.shape)
    pivot = weights[top, left]
    if pivot == 0:
        return np.zeros((len(weights), 1)), weights[:1].copy()
    column, row = weights[:, left : left + 1] / pivot, weights[top : top + 1]
    return (column, row.copy()) if np.allclose(column @ row, weights) else None

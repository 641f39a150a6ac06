"""Solver: the layers that turn one size into another, asked backwards, along one axis. Never imports torch."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

from cnnviz.arithmetic.axis import Axis, readers
from cnnviz.arithmetic.conv import ConvSpec
from cnnviz.base.params import at_least


class Solution(NamedTuple):
    """One convolution that does it, along one axis; read as pooling, one window."""

    kernel_size: int
    stride: int
    padding: int
    dilation: int

    @property
    def spec(self) -> ConvSpec:
        """The same as a ConvSpec."""
        return ConvSpec(self.kernel_size, self.stride, self.padding, self.dilation)


class TransposedSolution(NamedTuple):
    """One transposed convolution that does it, along one axis."""

    kernel_size: int
    stride: int
    padding: int
    dilation: int
    output_padding: int

    @property
    def spec(self) -> ConvSpec:
        """The same as a ConvSpec."""
        return ConvSpec(self.kernel_size, self.stride, self.padding, self.dilation, True, self.output_padding)


def solve(
    n_in: int,
    n_out: int,
    *,
    max_kernel_size: int = 11,
    max_stride: int = 8,
    max_padding: int = 10,
    max_dilation: int = 4,
    pooling: bool = False,
) -> list[Solution]:
    """Every (kernel_size, stride, padding, dilation) within the limits that makes `n_out` of `n_in`, cheapest first.

    Cheapest is the fewest multiplications, so the smallest kernel; among equals the least dilation, padding and stride.
    With `pooling` the padding is at most half of the kernel, as torch wants it; the division is rounded down.
    Empty if there is none. Raises ConfigurationError for sizes and limits that are not whole numbers in range.
    """
    n_in, n_out = at_least("n_in", n_in, 1), at_least("n_out", n_out, 1)
    found = _candidates(max_kernel_size, max_stride, max_padding, max_dilation, pooling)
    return [Solution(*candidate) for candidate in found if _size(n_in, *candidate) == n_out]


def solve_transposed(
    n_in: int,
    n_out: int,
    *,
    max_kernel_size: int = 11,
    max_stride: int = 8,
    max_padding: int = 10,
    max_dilation: int = 4,
) -> list[TransposedSolution]:
    """Every transposed convolution within the limits that makes `n_out` of `n_in`, cheapest first.

    The output padding is what is missing, where that is smaller than stride or dilation. Among equal kernels the least
    output padding comes first, then dilation, padding and stride. Raises ConfigurationError as `solve` does.
    """
    n_in, n_out = at_least("n_in", n_in, 1), at_least("n_out", n_out, 1)
    found = (
        TransposedSolution(*candidate, n_out - _transposed_size(n_in, *candidate))
        for candidate in _candidates(max_kernel_size, max_stride, max_padding, max_dilation, False)
    )
    kept = [one for one in found if 0 <= one.output_padding < max(one.stride, one.dilation)]
    return sorted(kept, key=lambda one: (one.kernel_size, one.output_padding, one.dilation, one.padding, one.stride))


def reachable(n_in: int, *, max_dilation: int = 4, pooling: bool = False) -> list[int]:
    """Every size that `solve` can make of `n_in`, smallest first.

    >>> reachable(3)[-1]
    23
    """
    n_in = at_least("n_in", n_in, 1)
    found = _candidates(11, 8, 10, max_dilation, pooling)
    return sorted({size for candidate in found if (size := _size(n_in, *candidate)) >= 1})


def reachable_transposed(n_in: int) -> list[int]:
    """Every size that `solve_transposed` can make of `n_in`, smallest first."""
    n_in = at_least("n_in", n_in, 1)
    found = _candidates(11, 8, 10, 4, False)
    sizes = {(_transposed_size(n_in, k, s, p, d), max(s, d)) for k, s, p, d in found}  # each with its output paddings
    return sorted({size + o for size, count in sizes for o in range(count) if size + o >= 1})


def unread(n_in: int, solution: Solution) -> int:
    """How many of `n_in` pixels no window of `solution` reads.

    >>> unread(28, Solution(1, 2, 0, 1)), unread(28, Solution(2, 2, 0, 1))
    (14, 0)
    """
    axis = Axis(solution.kernel_size, solution.stride, solution.padding, solution.padding, solution.dilation)
    return sum(not outputs for outputs in readers(axis.windows(n_in), n_in, axis.before))


def _candidates(
    max_kernel_size: int, max_stride: int, max_padding: int, max_dilation: int, pooling: bool
) -> Iterator[tuple[int, int, int, int]]:
    """Every (kernel_size, stride, padding, dilation) in reach: kernels grow slowest, then dilation, padding, stride."""
    kernels = range(1, at_least("max_kernel_size", max_kernel_size, 1) + 1)
    strides = range(1, at_least("max_stride", max_stride, 1) + 1)
    paddings = range(at_least("max_padding", max_padding, 0) + 1)
    dilations = range(1, at_least("max_dilation", max_dilation, 1) + 1)
    for kernel_size, dilation, padding, stride in product(kernels, dilations, paddings, strides):
        if not pooling or 2 * padding <= kernel_size:
            yield kernel_size, stride, padding, dilation


def _size(n_in: int, kernel_size: int, stride: int, padding: int, dilation: int) -> int:
    """What a convolution makes of `n_in`; 0 where it does not fit."""
    room = n_in + 2 * padding - dilation * (kernel_size - 1) - 1
    return room // stride + 1 if room >= 0 else 0


def _transposed_size(n_in: int, kernel_size: int, stride: int, padding: int, dilation: int) -> int:
    """What a transposed convolution without output padding makes of `n_in`; may be below 1."""
    return (n_in - 1) * stride - 2 * padding + dilation * (kernel_size - 1) + 1

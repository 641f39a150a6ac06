"""Which convolutions turn one size into another? Asked backwards. Never imports torch."""

from __future__ import annotations

from typing import NamedTuple

from cnnviz.arithmetic.conv import ConvSpec
from cnnviz.arithmetic.validation import single


class Solution(NamedTuple):
    """One convolution that does it, along one axis."""

    kernel_size: int
    stride: int
    padding: int
    dilation: int

    @property
    def spec(self) -> ConvSpec:
        """The same as a ConvSpec."""
        return ConvSpec(self.kernel_size, self.stride, self.padding, self.dilation)


def solve(
    n_in: int,
    n_out: int,
    *,
    max_kernel_size: int = 11,
    max_stride: int = 8,
    max_padding: int = 10,
    max_dilation: int = 4,
) -> list[Solution]:
    """Every (kernel_size, stride, padding, dilation) within the limits that makes `n_out` of `n_in`, cheapest first.

    Cheapest is the fewest multiplications, so the smallest kernel; among equals the least dilation, padding and stride.
    Empty if there is none. Raises ConfigurationError for sizes and limits that are not whole numbers in range.
    """
    n_in, n_out = single("n_in", n_in, 1), single("n_out", n_out, 1)
    strides = range(1, single("max_stride", max_stride, 1) + 1)
    paddings = range(single("max_padding", max_padding, 0) + 1)
    dilations = range(1, single("max_dilation", max_dilation, 1) + 1)
    return [
        Solution(kernel_size, stride, padding, dilation)
        for kernel_size in range(1, single("max_kernel_size", max_kernel_size, 1) + 1)
        for dilation in dilations
        for padding in paddings
        for stride in strides
        if _makes(n_in, n_out, kernel_size, stride, padding, dilation)
    ]


def _makes(n_in: int, n_out: int, kernel_size: int, stride: int, padding: int, dilation: int) -> bool:
    room = n_in + 2 * padding - dilation * (kernel_size - 1) - 1
    return room >= 0 and room // stride + 1 == n_out

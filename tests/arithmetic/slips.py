"""The wrong output sizes that students give, and the slip behind each. Knows nothing of words or pages.

A slip is a calculation that differs from the right one in one place. A size below 1 is nobody's answer and is left
out; so is whatever happens to give the right size. The convolution page's `arithmetic/slips.js` is the same table.
"""

from __future__ import annotations

import math

from cnnviz.arithmetic.axis import Axis, TransposedAxis
from cnnviz.arithmetic.pooling import PoolAxis

Slip = tuple[str, int]  # its name, the size it gives


def slips(axis: Axis | TransposedAxis, n: int) -> list[Slip]:
    """The wrong sizes of an input of `n` on `axis`, the likeliest slip first; several slips may give one size."""
    found = _transposed(axis, n) if isinstance(axis, TransposedAxis) else _sliding(axis, n)
    right = axis.output_size(n)
    return [(name, size) for name, size in found if size >= 1 and size != right]


def diagnose(axis: Axis | TransposedAxis, n: int, answer: int) -> list[str]:
    """The names of the slips that give `answer`; none for the right answer and for one nobody can explain."""
    return [name for name, size in slips(axis, n) if size == answer]


def _sliding(axis: Axis, n: int) -> list[Slip]:
    """Of a convolution and of pooling: what is done to ⌊(n + padding − extent) / stride⌋ + 1."""
    k, s, d, extent = axis.kernel_size, axis.stride, axis.dilation, axis.extent
    before, room = axis.before, axis.padded_size(n) - extent
    rounds_up = isinstance(axis, PoolAxis) and axis.ceil_mode

    def divided(room: int, stride: int = s, up: bool = rounds_up, one: int = 1) -> int:
        return (-(-room // stride) if up else room // stride) + one

    every = [
        ("total_padding", before > 0, divided(room - before)),  # p for both ends together
        ("no_padding", before > 0, divided(n - extent)),
        ("floor" if rounds_up else "ceil", True, divided(room, up=not rounds_up)),
        ("overhang", rounds_up, divided(room)),  # keeps the window that starts in the padding at the end
        ("no_plus_one", True, divided(room, one=0)),
        ("no_stride", s > 1, divided(room, stride=1)),
        ("stride_is_kernel", isinstance(axis, PoolAxis) and s != k, divided(room, stride=k)),
        ("no_dilation", d > 1, divided(room + extent - k)),
        ("dilated_kernel", d > 1, divided(room + extent - d * k)),  # d k for d (k − 1) + 1
        ("one_inside", True, divided(room + 1, one=0)),  # the + 1 inside the fraction
        ("kernel_added", True, divided(room + 2 * extent)),
        ("toward_zero", room < 0, math.trunc(room / s) + 1),  # as integer division does in C and JavaScript
        ("input_divided", s > 1, n // s),
        ("unchanged", True, n),
    ]
    return [(name, size) for name, applies, size in every if applies]


def _transposed(axis: TransposedAxis, n: int) -> list[Slip]:
    """Of a transposed convolution: what is done to (n − 1) s − 2p + d (k − 1) + o + 1."""
    k, s, p, d, o = axis.kernel_size, axis.stride, axis.padding, axis.dilation, axis.output_padding
    right, extent = axis.output_size(n), d * (k - 1) + 1
    every = [
        ("as_convolution", True, (n + 2 * p - extent) // s + 1),
        ("total_padding", p > 0, right + p),
        ("no_padding", p > 0, right + 2 * p),
        ("padding_added", p > 0, right + 4 * p),
        ("no_output_padding", o > 0, right - o),
        ("no_plus_one", True, right - 1),
        ("no_minus_one", True, right + s),  # n strides for n − 1
        ("no_stride", s > 1, right - (n - 1) * (s - 1)),
        ("no_dilation", d > 1, right - (d - 1) * (k - 1)),
        ("dilated_kernel", d > 1, right + d),
        ("input_multiplied", s > 1, n * s),
        ("unchanged", True, n),
    ]
    return [(name, size) for name, applies, size in every if applies]

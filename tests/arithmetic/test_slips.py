"""A wrong answer names its slip, and no slip is the right answer."""

import itertools

import pytest

from cnnviz.arithmetic.axis import Axis, TransposedAxis
from cnnviz.arithmetic.pooling import PoolAxis
from tests.arithmetic.slips import diagnose, slips


def conv(k, s=1, p=0, d=1):
    """The axis of a convolution."""
    return Axis(k, s, p, p, d)


def pool(k, s, p=0, d=1, ceil_mode=False):
    """The axis of pooling."""
    return PoolAxis(k, s, p, p, d, ceil_mode)


@pytest.mark.parametrize(
    ("axis", "n", "answer", "slip"),
    [
        (conv(5, 2, 2), 28, 13, "total_padding"),  # right: 14
        (conv(5, 2, 2), 28, 12, "no_padding"),
        (conv(5, 2, 2), 28, 15, "ceil"),
        (conv(5, 2, 2), 28, 28, "no_stride"),
        (conv(3), 6, 3, "no_plus_one"),  # right: 4
        (conv(3), 6, 10, "kernel_added"),
        (conv(3), 6, 6, "unchanged"),
        (conv(3, 2), 8, 2, "no_plus_one"),  # right: 3
        (conv(3, 2), 8, 4, "ceil"),
        (conv(3, 2), 7, 2, "one_inside"),  # right: 3
        (conv(3, 1, 0, 2), 9, 7, "no_dilation"),  # right: 5
        (conv(3, 1, 0, 2), 9, 4, "dilated_kernel"),
        (conv(5, 3), 3, 1, "toward_zero"),  # right: none fits, ⌊−2 / 3⌋ + 1 = 0
        (pool(3, 2, ceil_mode=True), 6, 2, "floor"),  # right: 3
        (pool(1, 3, ceil_mode=True), 5, 3, "overhang"),  # right: 2
        (pool(3, 2), 9, 7, "no_stride"),  # right: 4
        (pool(3, 2), 9, 3, "stride_is_kernel"),
        (TransposedAxis(3, 2, 1, 1, 1), 4, 2, "as_convolution"),  # right: 8
        (TransposedAxis(3, 2, 1, 1, 1), 4, 7, "no_output_padding"),
        (TransposedAxis(3, 2, 1, 1, 1), 4, 9, "total_padding"),
        (TransposedAxis(3, 2, 1, 1, 1), 4, 12, "padding_added"),
        (TransposedAxis(3, 2, 1, 1, 1), 4, 10, "no_minus_one"),
        (TransposedAxis(3, 1, 0, 2), 4, 6, "no_dilation"),  # right: 8
        (TransposedAxis(3, 3), 4, 6, "no_stride"),  # right: 12
    ],
)
def test_a_wrong_answer_names_its_slip(axis, n, answer, slip):
    """Cases worked by hand."""
    assert slip in diagnose(axis, n, answer)


def grid():
    """Axes and input sizes of every kind, refused ones among them."""
    for k, s, p, d in itertools.product((1, 2, 3, 5), (1, 2, 3), (0, 1, 2), (1, 2)):
        axes = [conv(k, s, p, d), pool(k, s, p, d), pool(k, s, p, d, True), TransposedAxis(k, s, p, d, s - 1)]
        yield from itertools.product(axes, (1, 2, 5, 8, 28))


def test_no_slip_is_right():
    """The right size is never called a slip, and nobody is told of a size below 1."""
    for axis, n in grid():
        sizes = [size for _, size in slips(axis, n)]
        assert axis.output_size(n) not in sizes
        assert all(size >= 1 for size in sizes)
        assert diagnose(axis, n, axis.output_size(n)) == []


def test_names_are_unique():
    """A slip is listed once."""
    for axis, n in grid():
        names = [name for name, _ in slips(axis, n)]
        assert len(names) == len(set(names))


def test_a_number_out_of_the_air_has_no_slip():
    """What no single slip explains stays unexplained."""
    assert diagnose(conv(3), 6, 57) == []

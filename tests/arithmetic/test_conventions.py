"""Three conventions of padding are told apart exactly where their values differ."""

from itertools import product

import pytest
import torch
import torch.nn.functional as F

from cnnviz.arithmetic.axis import Axis
from cnnviz.arithmetic.conv import ConvSpec
from cnnviz.arithmetic.conventions import (
    PYTORCH,
    SAME,
    TEXTBOOK,
    VALID,
    Reading,
    readings,
    same_as_torch,
    same_output_size,
    same_padding,
    total_output_size,
    transposed_sizes,
    valid_output_size,
)
from cnnviz.arithmetic.pooling import PoolAxis

GRID = [
    (n, Axis(k, s, p, p, d))
    for n, k, s, p, d in product((1, 2, 5, 6, 7, 8, 13), (1, 2, 3, 4, 5), (1, 2, 3), (0, 1, 2), (1, 2))
]


def computed(axis: Axis, n: int, reading: Reading) -> torch.Tensor | None:
    """The layer's values on 1, 2, 3 ... with weights 1, 2, 3 ..., padded as `reading` says; None if torch refuses."""
    signal = F.pad(torch.arange(1.0, n + 1).reshape(1, 1, n), (reading.before, reading.after))
    weights = torch.arange(1.0, axis.kernel_size + 1).reshape(1, 1, -1) ** 2
    if signal.shape[-1] < axis.extent:
        return None
    return F.conv1d(signal, weights, stride=axis.stride, dilation=axis.dilation)[0, 0]


def test_sizes_are_what_torch_makes_of_each_padding() -> None:
    """Every convention's formula gives the length of torch's answer on its own padding, or less than 1."""
    for n, axis in GRID:
        for reading in readings(axis, n):
            values = computed(axis, n, reading)
            assert max(reading.output_size, 0) == (0 if values is None else len(values)), (n, axis, reading)


def test_conventions_agree_exactly_where_the_values_are_equal() -> None:
    """`agrees` is nothing but: torch computes the same numbers."""
    for n, axis in GRID:
        own, *others = readings(axis, n)
        expected = computed(axis, n, own)
        for reading in others if expected is not None else ():
            values = computed(axis, n, reading)
            equal = values is not None and values.shape == expected.shape and bool((values == expected).all())
            assert reading.agrees == equal, (n, axis, reading)


def test_the_total_of_the_textbook_is_twice_pytorchs_padding() -> None:
    """floor((n - k + p + s) / s) with p = 2 per-side paddings is always PyTorch's own size."""
    for n, axis in GRID:
        own, textbook, *_keras = readings(axis, n)
        assert (own.convention, textbook.convention) == (PYTORCH, TEXTBOOK)
        assert textbook.output_size == own.output_size
        assert textbook.total == 2 * axis.before
        assert textbook.agrees


def test_one_padding_pixel_read_as_two() -> None:
    """PyTorch's p = 1 put into the textbook's formula without doubling gives 5, not 6."""
    assert total_output_size(6, 3, 1, total=1) == 5
    assert ConvSpec(3, 1, 1).output_size(6) == total_output_size(6, 3, 1, total=2) == 6


def test_tensorflows_own_example() -> None:
    """Width 13, filter 6, stride 5: "valid" drops two pixels, "same" pads one in front and two behind."""
    assert valid_output_size(13, 6, 5) == 2
    assert same_output_size(13, 5) == 3
    assert same_padding(13, 6, 5) == (1, 2)


def test_the_lessons_keras_layer() -> None:
    """Conv2D(2, 3) on 28 x 28, "valid": 26."""
    assert valid_output_size(28, 3, 1) == 26


def test_stride_2_same_pads_one_side_only() -> None:
    """28 with k 3, s 2: both make 14, but "same" starts a pixel later, so PyTorch has no p for it."""
    own, _textbook, valid, same = readings(Axis(3, 2, 1, 1), 28)
    assert own.output_size == same.output_size == 14
    assert (same.before, same.after) == (0, 1)
    assert same.differs == ("start",)
    assert not same.agrees
    assert (valid.convention, valid.output_size) == (VALID, 13)
    assert same_as_torch(28, 3, 2) is None


def test_padding_at_the_end_that_nobody_reads_makes_no_difference() -> None:
    """6 with k 1, s 2, p 0 keeps 3 either way; 5 with k 2, s 2, rounded up, reads what "same" reads."""
    assert readings(Axis(1, 2), 6)[3] == Reading(SAME, 0, 0, 3)
    hanging = readings(PoolAxis(2, 2, 0, 0, 1, True), 5)[3]
    assert hanging == Reading(SAME, 0, 1, 3, ("end",))
    assert hanging.agrees


@pytest.mark.parametrize(("n", "k", "d"), list(product((5, 6), (1, 2, 3, 4, 5), (1, 2))))
def test_same_at_stride_1_is_torchs_own_same(n: int, k: int, d: int) -> None:
    """torch pads the odd pixel at the end too."""
    axis = ConvSpec(k, padding="same", dilation=d).axis(0)
    assert isinstance(axis, Axis)
    assert same_padding(n, axis.extent, 1) == (axis.before, axis.after)


def test_a_padding_per_side_that_stands_in_for_same_gives_its_values() -> None:
    """Where `same_as_torch` names a p, torch with that p computes what "same" computes; else no p does."""
    for n, axis in GRID:
        named = same_as_torch(n, axis.extent, axis.stride)
        does = [p for p in range(12) if readings(Axis(axis.kernel_size, axis.stride, p, p, axis.dilation), n)[3].agrees]
        assert does == ([] if named is None else [named]), (n, axis)


@pytest.mark.parametrize(("n", "k", "s"), list(product((1, 4, 7), (1, 2, 3, 5), (1, 2, 3))))
def test_transposed_valid_is_torch_with_the_missing_output_padding(n: int, k: int, s: int) -> None:
    """Without padding torch makes (n - 1) s + k; Keras fills up to n s where the kernel is smaller than the stride."""
    layer = torch.nn.ConvTranspose1d(1, 1, k, stride=s, output_padding=max(s - k, 0))
    assert transposed_sizes(n, k, s) == (layer(torch.ones(1, 1, n)).shape[-1], n * s)

"""Pooling is torch's, `ceil_mode` included."""

import itertools
import random

import pytest
import torch
import torch.nn.functional as F

from cnnviz.arithmetic.pooling import PoolSpec
from cnnviz.errors import ConfigurationError

GRID = list(
    itertools.product(range(1, 11), (1, 2, 3, 4, 5), (1, 2, 3, 4, 5), (0, 1, 2, 3), (1, 2, 3), (False, True))
)  # n, k, s, p, d, ceil: 6,000


def our_size(n, *arguments):
    try:
        return PoolSpec(*arguments).output_size(n)
    except ConfigurationError:
        return None


def torch_max(x, k, s, p, d, ceil):
    """Two-dimensional, as networks use it, with one row."""
    return F.max_pool2d(x[:, :, None], (1, k), (1, s), (0, p), (1, d), ceil)[:, :, 0]


def test_max_pooling_is_torchs():
    """Sizes and refusals on 6,000 configurations."""
    wrong = []
    for n, k, s, p, d, ceil in GRID:
        try:
            expected = torch_max(torch.ones(1, 1, n), k, s, p, d, ceil).shape[-1]
        except RuntimeError:
            expected = None
        got = our_size(n, k, s, p, d, ceil)
        if got != expected:
            wrong.append((n, k, s, p, d, ceil, expected, got))
    assert wrong == []


def test_average_pooling_is_torchs():
    """So for average pooling, which has no dilation."""
    for n, k, s, p, d, ceil in GRID:
        if d > 1:
            continue
        try:
            expected = F.avg_pool1d(torch.ones(1, 1, n), k, s, p, ceil).shape[-1]
        except RuntimeError:
            expected = None
        assert our_size(n, k, s, p, d, ceil, "average") == expected, (n, k, s, p, ceil)


def test_readers_are_what_torch_reads():
    """A single one in the input is the maximum of just the windows we name."""
    valid = [row for row in GRID if our_size(row[0], *row[1:])]
    for n, k, s, p, d, ceil in random.Random(0).sample(valid, 500):
        answers = torch_max(torch.eye(n).view(n, 1, n), k, s, p, d, ceil)[:, 0]
        expected = [tuple((row == 1).nonzero().flatten().tolist()) for row in answers]
        assert PoolSpec(k, s, p, d, ceil).readers(n) == expected, (n, k, s, p, d, ceil)


def test_the_lessons_pooling():
    """MaxPool2d((2, 3), stride=(2, 3), padding=(0, 1)); windows usually do not overlap."""
    assert PoolSpec((2, 3), stride=(2, 3), padding=(0, 1)).output_size((8, 8)) == (4, 3)
    assert PoolSpec(2).windows(5) == [(0, 1), (2, 3)]
    assert PoolSpec(2).unused(5) == (4,)


def test_ceil_mode_lets_the_last_window_hang_over():
    """5 pixels in twos: 3 windows, the last with one pixel."""
    spec = PoolSpec(2, ceil_mode=True)
    assert spec.windows(5) == [(0, 1), (2, 3), (4,)]
    assert spec.unused(5) == ()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"kernel_size": 3, "padding": 2}, "padding of pooling must be at most half.*Got padding=2.*works is 1"),
        ({"kernel_size": 2, "kind": "median"}, "kind must be 'max' or 'average'. Got 'median'"),
        ({"kernel_size": 2, "kind": "average", "dilation": 2}, "dilation must be 1 for average pooling"),
        ({"kernel_size": 2, "stride": 0}, "stride must be a whole number"),
    ],
)
def test_wrong_parameters_are_named(arguments, sentence):
    """Each refusal names the parameter, its rule and the value."""
    with pytest.raises(ConfigurationError, match=sentence):
        PoolSpec(**arguments)


def test_too_large_windows_name_the_smallest_input():
    """A window of 5 needs 5 pixels."""
    with pytest.raises(ConfigurationError, match=r"kernel_size=5.*at least 5 mends it"):
        PoolSpec(5).output_size(3)

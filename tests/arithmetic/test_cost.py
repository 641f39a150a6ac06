"""Weights and multiply-accumulates are torch's own counts."""

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from cnnviz.arithmetic.cost import Cost, conv_cost, linear_cost
from cnnviz.errors import ConfigurationError


@pytest.mark.parametrize(
    ("c_in", "c_out", "kernel", "groups", "bias"),
    [(1, 6, 5, 1, True), (6, 16, 5, 2, False), (4, 8, (1, 3), 4, True), (3, 3, 1, 1, True)],
)
def test_convolution(c_in, c_out, kernel, groups, bias):
    """torch counts two flops a multiply-accumulate."""
    layer = nn.Conv2d(c_in, c_out, kernel, groups=groups, bias=bias)
    with FlopCounterMode(display=False) as counter:
        size = tuple(layer(torch.ones(1, c_in, 12, 9)).shape[2:])
    cost = conv_cost(c_in, c_out, kernel, size, groups=groups, bias=bias)
    assert cost.weights == sum(weight.numel() for weight in layer.parameters())
    assert cost.macs == counter.get_total_flops() // 2


def test_linear():
    """LeNet-5's first fully connected layer."""
    assert linear_cost(400, 120) == Cost(weights=48_120, macs=48_000)


def test_the_lessons_figures():
    """One 5x5 filter has 26 weights, two 3x3 20; a megapixel to 1,000 units 10^9; doubled channels cost 4 times."""
    assert conv_cost(1, 1, 5, 1).weights == 26
    assert 2 * conv_cost(1, 1, 3, 1).weights == 20
    assert linear_cost(10**6, 1000, bias=False).weights == 10**9
    assert conv_cost(32, 64, 3, 10).macs == 4 * conv_cost(16, 32, 3, 10).macs


def test_groups_must_divide():
    """3 groups cannot share 4 channels."""
    with pytest.raises(ConfigurationError, match=r"groups must divide in_channels=4.*Got 3"):
        conv_cost(4, 6, 3, 5, groups=3)

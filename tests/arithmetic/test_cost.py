"""Weights and multiply-accumulates are torch's own counts."""

from dataclasses import replace

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from cnnviz.arithmetic.conv import ConvSpec
from cnnviz.arithmetic.cost import Cost, LayerCost, conv_cost, fully_connected_cost, layer_cost, linear_cost, pool_cost
from cnnviz.arithmetic.pooling import PoolSpec
from cnnviz.base.errors import ConfigurationError


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


def layer_of(spec, c_in, c_out):
    """torch's layer for `spec`."""
    arguments = {"stride": spec.stride, "padding": spec.padding, "dilation": spec.dilation}
    if spec.transposed:
        return nn.ConvTranspose2d(c_in, c_out, spec.kernel_size, output_padding=spec.output_padding, **arguments)
    return nn.Conv2d(c_in, c_out, spec.kernel_size, **arguments)


@pytest.mark.parametrize(
    "spec",
    [
        ConvSpec(3),
        ConvSpec(5, 2, 2),
        ConvSpec((1, 3), (1, 2), (0, 1), (1, 2)),
        ConvSpec(3, 2, 1, 1, True, 1),
        ConvSpec((2, 3), 3, 0, 1, True),
    ],
)
def test_forward_and_backward_are_torchs_counts(spec):
    """Weights, values and multiply-accumulates; the backward pass is twice the forward pass."""
    layer, image = layer_of(spec, 3, 4), torch.ones(1, 3, 9, 11, requires_grad=True)
    cost = layer_cost(spec, (9, 11), 3, 4)
    with FlopCounterMode(display=False) as counter:
        result = layer(image)
        forward = counter.get_total_flops()
        result.sum().backward()
    assert cost.weights == sum(weight.numel() for weight in layer.parameters())
    assert (cost.inputs, cost.outputs) == (image.numel(), result.numel())
    assert cost.macs == forward // 2
    assert cost.backward_macs == (counter.get_total_flops() - forward) // 2


def test_memory_is_torchs():
    """float32: four bytes a weight and a value."""
    layer, image = nn.Conv2d(1, 6, 5), torch.ones(1, 1, 32, 32)
    cost = layer_cost(ConvSpec(5), 32, 1, 6)
    assert cost.weight_bytes == sum(weight.nbytes for weight in layer.parameters())
    assert cost.activation_bytes == image.nbytes + layer(image).nbytes


def test_doubled_channels_and_padding():
    """Both channel counts doubled: 4 times the work, twice the values. 28 with p 2 -> 4 (k 5): 28 becomes 32 wide."""
    now, wide = (layer_cost(ConvSpec(5, 1, 2), 28, c, 2 * c) for c in (3, 6))
    assert wide.macs == 4 * now.macs
    assert wide.activation_bytes == 2 * now.activation_bytes
    padded = layer_cost(ConvSpec(5, 1, 4), 28, 3, 6)
    assert padded.weights == now.weights
    assert padded.macs * 28**2 == now.macs * 32**2


def test_fully_connected_instead():
    """LeNet-5's first layer, 28 x 28 to 6 x 28 x 28: 3.7 million weights instead of 156."""
    conv = layer_cost(ConvSpec(5, 1, 2), 28, 1, 6)
    full = fully_connected_cost(conv.inputs, conv.outputs)
    assert (conv.weights, full.weights) == (156, 3_692_640)
    assert full.macs == 784 * 4704


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("max", {"comparisons": 3}),
        ("min", {"comparisons": 3}),
        ("average", {"additions": 3, "divisions": 1}),
        ("softmax", {"exponentials": 4, "macs": 4, "additions": 3, "divisions": 1}),
    ],
)
def test_pooling_has_no_weights(kind, expected):
    """2 x 2 windows over 28 x 28, 6 channels: 1176 of them."""
    cost = pool_cost(PoolSpec(2, kind=kind), 28, 6)
    assert cost == LayerCost(0, 6 * 784, 1176, **{name: 1176 * count for name, count in expected.items()})
    assert cost.weight_bytes == 0


def test_pooling_over_a_pair():
    """The lesson's MaxPool2d((2, 3), stride=(2, 3), padding=(0, 1)): 5 comparisons a window."""
    cost = pool_cost(PoolSpec((2, 3), (2, 3), (0, 1)), (8, 10), 1)
    assert (cost.outputs, cost.comparisons) == (16, 80)
    assert replace(cost, comparisons=0) == LayerCost(0, 80, 16)

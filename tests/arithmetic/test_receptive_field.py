"""Receptive fields, by hand and by which input pixels torch's gradient reaches."""

import random

import pytest
import torch
from torch import nn

from cnnviz.arithmetic.conv import ConvSpec
from cnnviz.arithmetic.pooling import PoolSpec
from cnnviz.arithmetic.receptive_field import ReceptiveField, receptive_field
from cnnviz.base.errors import ConfigurationError


def test_two_threes_see_what_one_five_sees():
    """The lesson's composition of kernels."""
    assert [field.size for field in receptive_field([ConvSpec(3), ConvSpec(3)])] == [3, 5]
    assert receptive_field([ConvSpec(5)])[0].size == 5


def test_lenet():
    """LeNet-5 with padding 2: 5, 6, 14, 16 pixels; the jump doubles at each pooling."""
    fields = receptive_field([ConvSpec(5, padding=2), PoolSpec(2), ConvSpec(5), PoolSpec(2)])
    assert fields == [
        ReceptiveField(5, 1, -2),
        ReceptiveField(6, 2, -2),
        ReceptiveField(14, 2, -2),
        ReceptiveField(16, 4, -2),
    ]


def test_published_networks():
    """AlexNet's last pooling sees 195 pixels, VGG-16's 212 (Araujo et al. 2019)."""
    alexnet = [ConvSpec(11, 4, 2), PoolSpec(3, 2), ConvSpec(5, 1, 2), PoolSpec(3, 2), *[ConvSpec(3, 1, 1)] * 3]
    assert receptive_field([*alexnet, PoolSpec(3, 2)])[-1].size == 195
    blocks = [[*[ConvSpec(3, 1, 1)] * count, PoolSpec(2)] for count in (2, 2, 3, 3, 3)]
    assert receptive_field([layer for block in blocks for layer in block])[-1].size == 212


def test_gradient_reaches_just_the_field():
    """In random stacks the pixels that move a middle output are those from start + index * jump, size of them."""
    generator = random.Random(0)
    for _ in range(60):
        specs = [
            ConvSpec(generator.randint(2, 4), generator.randint(1, 2), generator.randint(0, 2)) for _ in range(3)
        ]  # kernels at least as large as strides: no pixel inside is skipped
        layers = [nn.Conv1d(1, 1, s.kernel_size, s.stride, s.padding, bias=False) for s in specs]
        for layer in layers:
            nn.init.ones_(layer.weight)
        x = torch.ones(1, 1, 80, requires_grad=True)
        y = nn.Sequential(*layers)(x)[0, 0]
        index = len(y) // 2
        y[index].backward()
        reached = x.grad[0, 0].nonzero().flatten().tolist()
        field = receptive_field(specs)[-1]
        start = field.start + index * field.jump
        assert reached == list(range(start, start + field.size))


def test_pairs():
    """Height and width apart; a single number holds for both."""
    assert receptive_field([ConvSpec((3, 5)), ConvSpec(3, stride=2)])[-1] == ReceptiveField((5, 7), (2, 2), (0, 0))


def test_nothing_sees_nothing():
    """No layers, no fields."""
    assert receptive_field([]) == []


def test_transposed_is_refused():
    """Its field depends on the output's place."""
    with pytest.raises(ConfigurationError, match="not transposed"):
        receptive_field([ConvSpec(3), ConvSpec(3, transposed=True)])

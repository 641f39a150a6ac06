"""Blocks: the modules of the blocks a row can be, in plain PyTorch: exports copy them, so they import none of ours.

The names of their parts are torchvision's, so that weights fit both. Nothing works in place: what a layer gave stays.
K. He and others, "Deep Residual Learning for Image Recognition", 2015; C. Szegedy and others, "Going Deeper with
Convolutions", 2014, and "Rethinking the Inception Architecture for Computer Vision", 2015.
"""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor, nn


def activation_layer(name: str) -> nn.Module:
    """A fresh activation, not in place."""
    return {"relu": nn.ReLU, "sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "leaky_relu": nn.LeakyReLU}[name]()


class BasicBlock(nn.Module):
    """f(x) + x, f two 3 x 3 convolutions; where the shape changes x goes through a 1 x 1 convolution."""

    def __init__(self, in_channels: int, out_channels: int, stride: int = 1, activation: str = "relu") -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(out_channels)
        self.relu1 = activation_layer(activation)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(out_channels)
        self.downsample: nn.Module | None = None
        if stride != 1 or in_channels != out_channels:
            self.downsample = nn.Sequential(
                nn.Conv2d(in_channels, out_channels, 1, stride=stride, bias=False), nn.BatchNorm2d(out_channels)
            )
        self.relu2 = activation_layer(activation)

    def forward(self, x: Tensor) -> Tensor:
        y = self.relu1(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        shortcut = x if self.downsample is None else self.downsample(x)
        return self.relu2(y + shortcut)


class Bottleneck(nn.Module):
    """f(x) + x, f a 1 x 1, a 3 x 3 and a 1 x 1 convolution that widens four times."""

    def __init__(self, in_channels: int, width: int, stride: int = 1, activation: str = "relu") -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu1 = activation_layer(activation)
        self.conv2 = nn.Conv2d(width, width, 3, stride=stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.relu2 = activation_layer(activation)
        self.conv3 = nn.Conv2d(width, 4 * width, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(4 * width)
        self.downsample: nn.Module | None = None
        if stride != 1 or in_channels != 4 * width:
            self.downsample = nn.Sequential(
                nn.Conv2d(in_channels, 4 * width, 1, stride=stride, bias=False), nn.BatchNorm2d(4 * width)
            )
        self.relu3 = activation_layer(activation)

    def forward(self, x: Tensor) -> Tensor:
        y = self.relu1(self.bn1(self.conv1(x)))
        y = self.relu2(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        shortcut = x if self.downsample is None else self.downsample(x)
        return self.relu3(y + shortcut)


class BasicConv2d(nn.Module):
    """Convolution, batch norm, ReLU: what Inception blocks are made of."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, int],
        stride: int = 1,
        padding: int | tuple[int, int] = 0,
        activation: str = "relu",
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, kernel_size, stride, padding, bias=False)
        self.bn = nn.BatchNorm2d(out_channels, eps=0.001)
        self.relu = activation_layer(activation)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.relu(self.bn(self.conv(x)))
        return y


class Inception(nn.Module):
    """GoogLeNet's block. As in torchvision the "5 x 5" branch has 3 x 3 kernels, which its weights need."""

    def __init__(
        self,
        in_channels: int,
        ch1x1: int,
        ch3x3red: int,
        ch3x3: int,
        ch5x5red: int,
        ch5x5: int,
        pool_proj: int,
        pooling: str = "max",
        activation: str = "relu",
    ) -> None:
        super().__init__()
        pool = {"max": nn.MaxPool2d, "average": nn.AvgPool2d}[pooling]
        unit = partial(BasicConv2d, activation=activation)
        self.branch1 = unit(in_channels, ch1x1, 1)
        self.branch2 = nn.Sequential(unit(in_channels, ch3x3red, 1), unit(ch3x3red, ch3x3, 3, padding=1))
        self.branch3 = nn.Sequential(unit(in_channels, ch5x5red, 1), unit(ch5x5red, ch5x5, 3, padding=1))
        self.branch4 = nn.Sequential(pool(3, stride=1, padding=1), unit(in_channels, pool_proj, 1))

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([self.branch1(x), self.branch2(x), self.branch3(x), self.branch4(x)], 1)


class InceptionA(nn.Module):
    """1 x 1; 5 x 5; two 3 x 3; and pooling, side by side."""

    def __init__(self, in_channels: int, pool_features: int, activation: str = "relu") -> None:
        super().__init__()
        unit = partial(BasicConv2d, activation=activation)
        self.branch1x1 = unit(in_channels, 64, 1)
        self.branch5x5_1 = unit(in_channels, 48, 1)
        self.branch5x5_2 = unit(48, 64, 5, padding=2)
        self.branch3x3dbl_1 = unit(in_channels, 64, 1)
        self.branch3x3dbl_2 = unit(64, 96, 3, padding=1)
        self.branch3x3dbl_3 = unit(96, 96, 3, padding=1)
        self.pool = nn.AvgPool2d(3, stride=1, padding=1)
        self.branch_pool = unit(in_channels, pool_features, 1)

    def forward(self, x: Tensor) -> Tensor:
        branch5x5 = self.branch5x5_2(self.branch5x5_1(x))
        branch3x3 = self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x)))
        return torch.cat([self.branch1x1(x), branch5x5, branch3x3, self.branch_pool(self.pool(x))], 1)


class InceptionB(nn.Module):
    """Halves the maps: 3 x 3 with stride 2; two 3 x 3; and pooling."""

    def __init__(self, in_channels: int, activation: str = "relu") -> None:
        super().__init__()
        unit = partial(BasicConv2d, activation=activation)
        self.branch3x3 = unit(in_channels, 384, 3, stride=2)
        self.branch3x3dbl_1 = unit(in_channels, 64, 1)
        self.branch3x3dbl_2 = unit(64, 96, 3, padding=1)
        self.branch3x3dbl_3 = unit(96, 96, 3, stride=2)
        self.pool = nn.MaxPool2d(3, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        double = self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x)))
        return torch.cat([self.branch3x3(x), double, self.pool(x)], 1)


class InceptionC(nn.Module):
    """7 x 7 taken apart into 1 x 7 and 7 x 1, once and twice."""

    def __init__(self, in_channels: int, channels_7x7: int, activation: str = "relu") -> None:
        super().__init__()
        unit = partial(BasicConv2d, activation=activation)
        c7 = channels_7x7
        self.branch1x1 = unit(in_channels, 192, 1)
        self.branch7x7_1 = unit(in_channels, c7, 1)
        self.branch7x7_2 = unit(c7, c7, (1, 7), padding=(0, 3))
        self.branch7x7_3 = unit(c7, 192, (7, 1), padding=(3, 0))
        self.branch7x7dbl_1 = unit(in_channels, c7, 1)
        self.branch7x7dbl_2 = unit(c7, c7, (7, 1), padding=(3, 0))
        self.branch7x7dbl_3 = unit(c7, c7, (1, 7), padding=(0, 3))
        self.branch7x7dbl_4 = unit(c7, c7, (7, 1), padding=(3, 0))
        self.branch7x7dbl_5 = unit(c7, 192, (1, 7), padding=(0, 3))
        self.pool = nn.AvgPool2d(3, stride=1, padding=1)
        self.branch_pool = unit(in_channels, 192, 1)

    def forward(self, x: Tensor) -> Tensor:
        once = self.branch7x7_3(self.branch7x7_2(self.branch7x7_1(x)))
        twice = self.branch7x7dbl_3(self.branch7x7dbl_2(self.branch7x7dbl_1(x)))
        twice = self.branch7x7dbl_5(self.branch7x7dbl_4(twice))
        return torch.cat([self.branch1x1(x), once, twice, self.branch_pool(self.pool(x))], 1)


class InceptionD(nn.Module):
    """Halves the maps: 3 x 3 with stride 2; 1 x 7, 7 x 1 and 3 x 3 with stride 2; and pooling."""

    def __init__(self, in_channels: int, activation: str = "relu") -> None:
        super().__init__()
        unit = partial(BasicConv2d, activation=activation)
        self.branch3x3_1 = unit(in_channels, 192, 1)
        self.branch3x3_2 = unit(192, 320, 3, stride=2)
        self.branch7x7x3_1 = unit(in_channels, 192, 1)
        self.branch7x7x3_2 = unit(192, 192, (1, 7), padding=(0, 3))
        self.branch7x7x3_3 = unit(192, 192, (7, 1), padding=(3, 0))
        self.branch7x7x3_4 = unit(192, 192, 3, stride=2)
        self.pool = nn.MaxPool2d(3, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        seven = self.branch7x7x3_3(self.branch7x7x3_2(self.branch7x7x3_1(x)))
        return torch.cat([self.branch3x3_2(self.branch3x3_1(x)), self.branch7x7x3_4(seven), self.pool(x)], 1)


class InceptionE(nn.Module):
    """3 x 3 taken apart into 1 x 3 beside 3 x 1: the widest block."""

    def __init__(self, in_channels: int, activation: str = "relu") -> None:
        super().__init__()
        unit = partial(BasicConv2d, activation=activation)
        self.branch1x1 = unit(in_channels, 320, 1)
        self.branch3x3_1 = unit(in_channels, 384, 1)
        self.branch3x3_2a = unit(384, 384, (1, 3), padding=(0, 1))
        self.branch3x3_2b = unit(384, 384, (3, 1), padding=(1, 0))
        self.branch3x3dbl_1 = unit(in_channels, 448, 1)
        self.branch3x3dbl_2 = unit(448, 384, 3, padding=1)
        self.branch3x3dbl_3a = unit(384, 384, (1, 3), padding=(0, 1))
        self.branch3x3dbl_3b = unit(384, 384, (3, 1), padding=(1, 0))
        self.pool = nn.AvgPool2d(3, stride=1, padding=1)
        self.branch_pool = unit(in_channels, 192, 1)

    def forward(self, x: Tensor) -> Tensor:
        one = self.branch3x3_1(x)
        one = torch.cat([self.branch3x3_2a(one), self.branch3x3_2b(one)], 1)
        two = self.branch3x3dbl_2(self.branch3x3dbl_1(x))
        two = torch.cat([self.branch3x3dbl_3a(two), self.branch3x3dbl_3b(two)], 1)
        return torch.cat([self.branch1x1(x), one, two, self.branch_pool(self.pool(x))], 1)


# A block that is made of others comes after them: this is the order in which source code lists them.
PARTS: dict[type[nn.Module], tuple[type[nn.Module], ...]] = {
    BasicBlock: (),
    Bottleneck: (),
    **dict.fromkeys((Inception, InceptionA, InceptionB, InceptionC, InceptionD, InceptionE), (BasicConv2d,)),
}
BLOCKS = tuple(PARTS)

"""ResNets, torchvision's, from 18 to 152 layers; a small one for 32 x 32 pictures; and the BasicBlock alone.

K. He, X. Zhang, S. Ren, J. Sun, "Deep Residual Learning for Image Recognition", 2015: f(x) + x, with a 1 x 1
convolution and batch norm on the shortcut where the shape changes. `resnet-small` follows its section 4.2, with twice
the maps and one block of each size, or up to three: with one, 49 million multiply-accumulates, 4 to 5 minutes an epoch
of CIFAR-10 on one core.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from torch import Tensor, nn
from torchvision.models import resnet

from cnnviz.models.families.builder import adapt, headed

SMALL = (32, 64, 128)  # maps of the blocks; the first of the second and of the third size halves the sides
BLOCK_CHANNELS = 128  # of the block alone, which is the first of ResNet-18's second stage


class BasicBlock(resnet.BasicBlock):
    """torchvision's, with an activation for each place and an addition that leaves its inputs as they were."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.relu
        self.relu1, self.relu2 = nn.ReLU(), nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        out = self.relu1(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        return self.relu2(out + (x if self.downsample is None else self.downsample(x)))


class Bottleneck(resnet.Bottleneck):
    """The same for 1 x 1, 3 x 3, 1 x 1."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.relu
        self.relu1, self.relu2, self.relu3 = nn.ReLU(), nn.ReLU(), nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        out = self.relu1(self.bn1(self.conv1(x)))
        out = self.relu2(self.bn2(self.conv2(out)))
        out = self.bn3(self.conv3(out))
        return self.relu3(out + (x if self.downsample is None else self.downsample(x)))


BLOCKS: dict[str, tuple[type[nn.Module], list[int]]] = {
    "resnet18": (BasicBlock, [2, 2, 2, 2]),
    "resnet34": (BasicBlock, [3, 4, 6, 3]),
    "resnet50": (Bottleneck, [3, 4, 6, 3]),
    "resnet152": (Bottleneck, [3, 8, 36, 3]),
}


def build(
    name: str,
    in_channels: int,
    num_classes: int | None,
    *,
    activation: str,
    pooling: str = "max",
    blocks: str = "1",
) -> nn.Module:
    """The network for 224 x 224 pictures, `resnet-small` for 32 x 32; or the block for maps of any size."""
    if name == "basic-block":
        block = adapt(basic_block(in_channels, BLOCK_CHANNELS, 2), in_channels, activation)
        return headed(block, BLOCK_CHANNELS, num_classes)
    if name == "resnet-small":
        return adapt(small(in_channels, num_classes or 0, int(blocks)), in_channels, activation)
    block_class, counts = BLOCKS[name]
    return adapt(resnet.ResNet(block_class, counts, num_classes), in_channels, activation, pooling)


def basic_block(in_channels: int, channels: int, stride: int = 1) -> BasicBlock:
    """A block, with a convolution on the shortcut where the shape changes."""
    shortcut = None
    if stride != 1 or in_channels != channels:
        shortcut = nn.Sequential(resnet.conv1x1(in_channels, channels, stride), nn.BatchNorm2d(channels))
    return BasicBlock(in_channels, channels, stride, shortcut)


def small(in_channels: int, num_classes: int, blocks: int = 1) -> nn.Sequential:
    """conv1, then `blocks` of 32, of 64 and of 128 maps, global average pooling, one fully connected layer."""
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    layers["conv1"] = resnet.conv3x3(in_channels, SMALL[0])
    layers["norm1"] = nn.BatchNorm2d(SMALL[0])
    layers["relu1"] = nn.ReLU()
    maps = [channels for channels in SMALL for _ in range(blocks)]
    for number, (before, channels) in enumerate(zip((SMALL[0], *maps), maps, strict=False), start=1):
        layers[f"block{number}"] = basic_block(before, channels, 1 if before == channels else 2)
    layers["pool"] = nn.AdaptiveAvgPool2d(1)
    layers["flatten"] = nn.Flatten()
    layers["fc"] = nn.Linear(SMALL[-1], num_classes)
    return nn.Sequential(layers)

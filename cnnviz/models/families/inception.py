"""Inception v3, torchvision's, and its first block alone: 5 x 5 as two 3 x 3, n x n as 1 x n and n x 1.

C. Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", 2015. The auxiliary classifier is left
out: 23,834,568 weights; with it the published 27,161,264.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from torch import Tensor, nn
from torchvision.models import inception
from torchvision.models.inception import BasicConv2d

from cnnviz.models.families.builder import adapt, headed

POOL_FEATURES = 32  # of the block alone, which is Mixed_5b: 64 + 64 + 96 + 32 maps


class ConvBlock(BasicConv2d):
    """Convolution, batch norm, ReLU as a layer of its own; torchvision's ReLU is a function that works in place."""

    def __init__(self, in_channels: int, out_channels: int, **kwargs: Any) -> None:
        super().__init__(in_channels, out_channels, **kwargs)
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        return self.relu(self.bn(self.conv(x)))


_BLOCKS = [
    ConvBlock,
    *(
        partial(block, conv_block=ConvBlock)
        for block in (
            inception.InceptionA,
            inception.InceptionB,
            inception.InceptionC,
            inception.InceptionD,
            inception.InceptionE,
        )
    ),
    inception.InceptionAux,
]


def build(name: str, in_channels: int, num_classes: int | None, *, activation: str, dropout: float = 0.0) -> nn.Module:
    """The network for 299 x 299 pictures; or the block for maps of any size."""
    if name == "inception-a":
        block = inception.InceptionA(in_channels, POOL_FEATURES, conv_block=ConvBlock)
        return headed(adapt(block, in_channels, activation), 64 + 64 + 96 + POOL_FEATURES, num_classes)
    model = inception.Inception3(
        num_classes, aux_logits=False, inception_blocks=_BLOCKS, init_weights=True, dropout=dropout
    )
    return adapt(model, in_channels, activation)

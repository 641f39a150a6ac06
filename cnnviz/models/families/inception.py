"""Inception: GoogLeNet, Inception v3 and its first block alone, torchvision's: kernels of several sizes side by side.

C. Szegedy et al., "Going Deeper with Convolutions", 2014. The two auxiliary classifiers, which only helped training,
are left out; torchvision's batch norm, and 3 x 3 where the paper has 5 x 5, are kept, as its weights need them.
C. Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", 2015: 5 x 5 as two 3 x 3, n x n as 1 x n
and n x 1. The auxiliary classifier is left out: 23,834,568 weights; with it the published 27,161,264.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from torch import Tensor, nn
from torchvision.models import inception
from torchvision.models.googlenet import BasicConv2d, GoogLeNet, Inception, InceptionAux

from cnnviz.models.families.builder import adapt, headed

POOL_FEATURES = 32  # of the block alone, which is Mixed_5b: 64 + 64 + 96 + 32 maps


class GoogLeNetConv(BasicConv2d):
    """Convolution, batch norm, ReLU as a layer of its own; torchvision's ReLU is a function that works in place."""

    def __init__(self, in_channels: int, out_channels: int, **kwargs: Any) -> None:
        super().__init__(in_channels, out_channels, **kwargs)
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        return self.relu(self.bn(self.conv(x)))


class InceptionConv(inception.BasicConv2d):
    """The same for Inception v3."""

    def __init__(self, in_channels: int, out_channels: int, **kwargs: Any) -> None:
        super().__init__(in_channels, out_channels, **kwargs)
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        return self.relu(self.bn(self.conv(x)))


_GOOGLENET = [GoogLeNetConv, partial(Inception, conv_block=GoogLeNetConv), InceptionAux]
_V3 = [
    InceptionConv,
    *(
        partial(block, conv_block=InceptionConv)
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


def build(
    name: str,
    in_channels: int,
    num_classes: int | None,
    *,
    activation: str,
    pooling: str | None = None,
    dropout: float = 0.0,
) -> nn.Module:
    """GoogLeNet for 224 x 224 pictures, Inception v3 for 299 x 299; or the block for maps of any size."""
    if name == "inception-a":
        block = inception.InceptionA(in_channels, POOL_FEATURES, conv_block=InceptionConv)
        return headed(adapt(block, in_channels, activation), 64 + 64 + 96 + POOL_FEATURES, num_classes)
    model: nn.Module
    if name == "googlenet":
        model = GoogLeNet(num_classes, aux_logits=False, init_weights=True, blocks=_GOOGLENET, dropout=dropout)
    else:
        model = inception.Inception3(
            num_classes, aux_logits=False, inception_blocks=_V3, init_weights=True, dropout=dropout
        )
    return adapt(model, in_channels, activation, pooling)

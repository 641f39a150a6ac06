"""GoogLeNet, torchvision's: kernels of several sizes side by side, and no large fully connected layer.

C. Szegedy et al., "Going Deeper with Convolutions", 2014. The two auxiliary classifiers, which only helped training,
are left out; torchvision's batch norm, and 3 x 3 where the paper has 5 x 5, are kept, as its weights need them.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from torch import Tensor, nn
from torchvision.models.googlenet import BasicConv2d, GoogLeNet, Inception, InceptionAux

from cnnviz.models.families.builder import adapt


class ConvBlock(BasicConv2d):
    """Convolution, batch norm, ReLU as a layer of its own; torchvision's ReLU is a function that works in place."""

    def __init__(self, in_channels: int, out_channels: int, **kwargs: Any) -> None:
        super().__init__(in_channels, out_channels, **kwargs)
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        return self.relu(self.bn(self.conv(x)))


def build(name: str, in_channels: int, num_classes: int, *, activation: str, pooling: str, dropout: float) -> nn.Module:
    """The network for 224 x 224 pictures; its output is (n, num_classes) logits."""
    blocks = [ConvBlock, partial(Inception, conv_block=ConvBlock), InceptionAux]
    model = GoogLeNet(num_classes, aux_logits=False, init_weights=True, blocks=blocks, dropout=dropout)
    return adapt(model, in_channels, activation, pooling)

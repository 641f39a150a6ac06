"""VGG: 3 x 3 convolutions only, ever deeper. Widths as data, one loop. Knows nothing of training.

K. Simonyan, A. Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition", 2014, table 1
(columns A, D, E). Those are torchvision's own; `vgg-small` is the lessons' VGG for 32 x 32 pictures.
"""

from __future__ import annotations

from torch import nn
from torchvision.models.vgg import VGG, cfgs, make_layers

from cnnviz.models.families.builder import Stack, adapt

SMALL_SIDE = 32
SMALL = (32, 32, "M", 64, 64, "M", 128, 128, "M")  # widths, and M for pooling: 39 million multiply-accumulates
COLUMNS = {"vgg11": "A", "vgg16": "D", "vgg19": "E"}


def build(
    name: str,
    in_channels: int,
    num_classes: int,
    *,
    activation: str,
    pooling: str,
    dropout: float,
    batch_norm: bool,
) -> nn.Module:
    """The network; `vgg-small` takes (n, in_channels, 32, 32), the others 224 x 224 pictures."""
    if name == "vgg-small":
        stack = Stack(in_channels, SMALL_SIDE, activation, pooling, dropout, batch_norm)
        for width in SMALL:
            if isinstance(width, int):
                stack.conv(width, 3, padding=1)
            else:
                stack.pool(2)
        return stack.flatten().drop().ending_in(num_classes)
    features = make_layers(cfgs[COLUMNS[name]], batch_norm=batch_norm)
    return adapt(VGG(features, num_classes, dropout=dropout), in_channels, activation, pooling)

"""AlexNet, torchvision's: ReLU, dropout, five convolutions; and ZFNet, which looked inside and made it better.

A. Krizhevsky, I. Sutskever, G. Hinton, "ImageNet Classification with Deep Convolutional Neural Networks", 2012, in
the one-column shape of A. Krizhevsky, "One weird trick for parallelizing convolutional neural networks", 2014.
M. Zeiler, R. Fergus, "Visualizing and Understanding Convolutional Networks", 2013: conv1 7 x 7 stride 2 for 11 x 11
stride 4, conv3 to conv5 wider; figure 3, with the widths 512, 1024, 512 of its table 2 (last row). Its contrast
normalisation is left out, as torchvision leaves out AlexNet's.
"""

from __future__ import annotations

from collections import OrderedDict

from torch import nn
from torchvision.models.alexnet import AlexNet

from cnnviz.models.families import builder
from cnnviz.models.families.builder import adapt

# channels, kernel size, stride, padding, whether pooling follows: 224 -> 110 -> 55 -> 26 -> 13 -> 13 -> 13 -> 13 -> 6
CONVOLUTIONS = (
    (96, 7, 2, 1, True),
    (256, 5, 2, 0, True),
    (512, 3, 1, 1, False),
    (1024, 3, 1, 1, False),
    (512, 3, 1, 1, True),
)
LAST_SIDE = 6
HIDDEN = 4096


def build(name: str, in_channels: int, num_classes: int, *, activation: str, pooling: str, dropout: float) -> nn.Module:
    """The network for 224 x 224 pictures; its output is (n, num_classes) logits."""
    if name == "zfnet":
        return zfnet(in_channels, num_classes, activation, pooling, dropout)
    return adapt(AlexNet(num_classes, dropout), in_channels, activation, pooling)


def zfnet(in_channels: int, num_classes: int, activation: str, pooling: str, dropout: float) -> nn.Sequential:
    """Five convolutions, three of them followed by pooling, and three fully connected layers."""
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    channels = in_channels
    for number, (width, kernel_size, stride, padding, pooled) in enumerate(CONVOLUTIONS, start=1):
        layers[f"conv{number}"] = nn.Conv2d(channels, width, kernel_size, stride, padding)
        layers[f"{activation}{number}"] = builder.activation(activation)
        if pooled:
            layers[f"pool{number}"] = builder.pool(pooling, 3, 2, ceil_mode=True)
        channels = width
    layers["flatten"] = nn.Flatten()
    features = channels * LAST_SIDE**2  # 18,432
    for number in (1, 2):
        layers[f"dropout{number}"] = nn.Dropout(dropout)
        layers[f"fc{number}"] = nn.Linear(features, HIDDEN)
        layers[f"{activation}{len(CONVOLUTIONS) + number}"] = builder.activation(activation)
        features = HIDDEN
    layers["fc3"] = nn.Linear(features, num_classes)
    return nn.Sequential(layers)

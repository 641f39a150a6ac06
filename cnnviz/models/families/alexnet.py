"""AlexNet, torchvision's: ReLU, dropout, five convolutions. Knows nothing of training.

A. Krizhevsky, I. Sutskever, G. Hinton, "ImageNet Classification with Deep Convolutional Neural Networks", 2012, in
the one-column shape of A. Krizhevsky, "One weird trick for parallelizing convolutional neural networks", 2014.
"""

from __future__ import annotations

from torch import nn
from torchvision.models.alexnet import AlexNet

from cnnviz.models.families.builder import adapt


def build(name: str, in_channels: int, num_classes: int, *, activation: str, pooling: str, dropout: float) -> nn.Module:
    """The network for 224 x 224 pictures; its output is (n, num_classes) logits."""
    return adapt(AlexNet(num_classes, dropout), in_channels, activation, pooling)

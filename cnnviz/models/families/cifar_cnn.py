"""The CNN of the CIFAR-10 lesson: the MNIST net, LeNet-5 without padding, with 3 input channels: 62,006 weights.

pytorch.org, tutorials, "Training a Classifier", 2017.
"""

from __future__ import annotations

from torch import nn

from cnnviz.models.families.lenet import lenet

INPUT_SIDE = 32


def build(name: str, in_channels: int, num_classes: int, **options: object) -> nn.Sequential:
    """The network for (n, in_channels, 32, 32) pictures; its output is (n, num_classes) logits."""
    return lenet(INPUT_SIDE, 0, in_channels, num_classes, **options)

"""LeNets: LeNet-5 in the three shapes it is taught in, its CIFAR-10 sister, and the small CNN of the Keras lessons.

Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-Based Learning Applied to Document Recognition",
Proc. IEEE 86(11), 1998, section II.B. Lessons leave out its partial connections between the two convolutions, its
trained pooling coefficients and its radial basis outputs; so do we.
pytorch.org, tutorials, "Training a Classifier", 2017: the MNIST net without padding, with 3 input channels.
keras.io, "Simple MNIST convnet" (F. Chollet, 2015): Conv2D(32, 3), MaxPooling2D(2), Conv2D(64, 3), MaxPooling2D(2),
Flatten, Dropout(0.5), Dense(10). Its softmax is part of our loss, as everywhere in PyTorch.
"""

from __future__ import annotations

from typing import Any

from torch import nn

from cnnviz.models.families.builder import Stack

# name -> side of its pictures, padding of conv1: 2 keeps 28 x 28, as the paper's 32 x 32 input does
LENETS = {"lenet5": (28, 2), "lenet5-valid": (28, 0), "lenet5-classic": (28, 2), "cifar-cnn": (32, 0)}
CHANNELS = (6, 16)  # feature maps after each convolution
HIDDEN = (120, 84)  # units of the fully connected layers before the last
KERNEL_SIZE = 5
POOL_SIZE = 2
KERAS_SIDE, KERAS_CHANNELS, KERAS_KERNEL_SIZE = 28, (32, 64), 3


def build(name: str, in_channels: int, num_classes: int, **options: Any) -> nn.Sequential:
    """The network for (n, in_channels, 28, 28) pictures, or 32 x 32; its output is (n, num_classes) logits."""
    if name == "keras-cnn":
        return keras_cnn(in_channels, num_classes, **options)
    side, padding = LENETS[name]
    return lenet(side, padding, in_channels, num_classes, **options)


def lenet(side: int, padding: int, in_channels: int, num_classes: int, **options: Any) -> nn.Sequential:
    """conv, pool, conv, pool, three fully connected layers, for pictures of `side` pixels."""
    stack = Stack(in_channels, side, **options)
    stack.conv(CHANNELS[0], KERNEL_SIZE, padding).pool(POOL_SIZE)
    stack.conv(CHANNELS[1], KERNEL_SIZE).pool(POOL_SIZE)
    stack.flatten()  # 16 x 5 x 5 = 400; 256 for 28 x 28 pictures without padding
    for units in HIDDEN:
        stack.linear(units)
    return stack.ending_in(num_classes)


def keras_cnn(in_channels: int, num_classes: int, **options: Any) -> nn.Sequential:
    """conv, pool, conv, pool, one fully connected layer: 26, 13, 11, 5 pixels a side, then 1,600 values."""
    stack = Stack(in_channels, KERAS_SIDE, **options)
    for channels in KERAS_CHANNELS:
        stack.conv(channels, KERAS_KERNEL_SIZE).pool(POOL_SIZE)
    return stack.flatten().drop().ending_in(num_classes)

"""The small CNN of the Keras lessons: 34,826 weights, 99% on MNIST. Knows nothing of training.

keras.io, "Simple MNIST convnet" (F. Chollet, 2015): Conv2D(32, 3), MaxPooling2D(2), Conv2D(64, 3), MaxPooling2D(2),
Flatten, Dropout(0.5), Dense(10). Its softmax is part of our loss, as everywhere in PyTorch.
"""

from __future__ import annotations

from torch import nn

from cnnviz.models.families.builder import Stack

INPUT_SIDE = 28
CHANNELS = (32, 64)
KERNEL_SIZE = 3
POOL_SIZE = 2


def build(name: str, in_channels: int, num_classes: int, **options: object) -> nn.Sequential:
    """The network for (n, in_channels, 28, 28) pictures: 26, 13, 11, 5 pixels a side, then 1,600 values."""
    stack = Stack(in_channels, INPUT_SIDE, **options)  # type: ignore[arg-type]
    for channels in CHANNELS:
        stack.conv(channels, KERNEL_SIZE).pool(POOL_SIZE)
    return stack.flatten().drop().ending_in(num_classes)

"""LeNet-5 in the three shapes it is taught in, and the body it shares with the CIFAR-10 CNN. Knows no training.

Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-Based Learning Applied to Document Recognition",
Proc. IEEE 86(11), 1998, section II.B. Lessons leave out its partial connections between the two convolutions, its
trained pooling coefficients and its radial basis outputs; so do we.
"""

from __future__ import annotations

from torch import nn

from cnnviz.models.families.builder import Stack

INPUT_SIDE = 28
PADDING = {"lenet5": 2, "lenet5-valid": 0, "lenet5-classic": 2}  # of conv1: 2 keeps 28 x 28, the paper's 32 x 32 input
CHANNELS = (6, 16)  # feature maps after each convolution
HIDDEN = (120, 84)  # units of the fully connected layers before the last
KERNEL_SIZE = 5
POOL_SIZE = 2


def build(name: str, in_channels: int, num_classes: int, **options: object) -> nn.Sequential:
    """The network for (n, in_channels, 28, 28) pictures; its output is (n, num_classes) logits."""
    return lenet(INPUT_SIDE, PADDING[name], in_channels, num_classes, **options)


def lenet(side: int, padding: int, in_channels: int, num_classes: int, **options: object) -> nn.Sequential:
    """conv, pool, conv, pool, three fully connected layers, for pictures of `side` pixels."""
    stack = Stack(in_channels, side, **options)  # type: ignore[arg-type]
    stack.conv(CHANNELS[0], KERNEL_SIZE, padding).pool(POOL_SIZE)
    stack.conv(CHANNELS[1], KERNEL_SIZE).pool(POOL_SIZE)
    stack.flatten()  # 16 x 5 x 5 = 400; 256 for 28 x 28 pictures without padding
    for units in HIDDEN:
        stack.linear(units)
    return stack.ending_in(num_classes)

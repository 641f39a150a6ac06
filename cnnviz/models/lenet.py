"""LeNet-5 in the three shapes it is taught in. Architecture as data, one builder. Knows nothing of training.

Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-Based Learning Applied to Document Recognition",
Proc. IEEE 86(11), 1998, section II.B. Lessons leave out its partial connections between the two convolutions, its
trained pooling coefficients and its radial basis outputs; so do we.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from torch import nn

INPUT_SIDE = 28
CHANNELS = (6, 16)  # feature maps after each convolution
HIDDEN = (120, 84)  # units of the fully connected layers before the last
KERNEL_SIZE = 5
POOL_SIZE = 2


@dataclass(frozen=True)
class LeNet:
    """What the shapes differ in."""

    padding: int  # of the first convolution: 2 keeps 28 x 28, which is what the paper's 32 x 32 input amounts to
    activation: str = "relu"  # or "sigmoid"
    pooling: str = "max"  # or "average"

    def build(self, in_channels: int, num_classes: int) -> nn.Sequential:
        """The network for (n, in_channels, 28, 28) pictures; its output is (n, num_classes) logits."""
        side = (INPUT_SIDE + 2 * self.padding - KERNEL_SIZE + 1) // POOL_SIZE
        side = (side - KERNEL_SIZE + 1) // POOL_SIZE  # 5, or 4 without padding
        features = CHANNELS[1] * side * side
        return nn.Sequential(
            OrderedDict(
                [
                    ("conv1", nn.Conv2d(in_channels, CHANNELS[0], KERNEL_SIZE, padding=self.padding)),
                    (f"{self.activation}1", self._activation()),
                    ("pool1", self._pool()),
                    ("conv2", nn.Conv2d(CHANNELS[0], CHANNELS[1], KERNEL_SIZE)),
                    (f"{self.activation}2", self._activation()),
                    ("pool2", self._pool()),
                    ("flatten", nn.Flatten()),
                    ("fc1", nn.Linear(features, HIDDEN[0])),
                    (f"{self.activation}3", self._activation()),
                    ("fc2", nn.Linear(HIDDEN[0], HIDDEN[1])),
                    (f"{self.activation}4", self._activation()),
                    ("fc3", nn.Linear(HIDDEN[1], num_classes)),
                ]
            )
        )

    def _activation(self) -> nn.Module:
        return nn.ReLU() if self.activation == "relu" else nn.Sigmoid()

    def _pool(self) -> nn.Module:
        return nn.MaxPool2d(POOL_SIZE) if self.pooling == "max" else nn.AvgPool2d(POOL_SIZE)

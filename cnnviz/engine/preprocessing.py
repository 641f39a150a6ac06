"""From a picture's bytes to a network's input: the one way, for training, testing and a visitor's drawing alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor

from cnnviz.data.dataset_spec import DatasetSpec


class _Network(Protocol):
    """A zoo network's spec or a blueprint."""

    @property
    def input_size(self) -> tuple[int, ...]: ...


class _Described(Protocol):
    """A card, or anything else that says what a network takes."""

    @property
    def input_size(self) -> tuple[int, ...]: ...
    @property
    def mean(self) -> tuple[float, ...]: ...
    @property
    def std(self) -> tuple[float, ...]: ...
    @property
    def margin(self) -> float: ...


@dataclass(frozen=True)
class Preprocessing:
    """Resize to the network's size, then normalise. Calling it does both."""

    input_size: tuple[int, ...]  # (channels, height, width) of the network
    mean: tuple[float, ...]  # of pictures / 255, for each channel
    std: tuple[float, ...]
    margin: float = 0.0  # share of the input left empty on each side of a picture that has to be enlarged

    @classmethod
    def of(cls, card: _Described) -> Preprocessing:
        return cls(card.input_size, card.mean, card.std, card.margin)

    @classmethod
    def between(cls, data: DatasetSpec, network: _Network, normalize: bool = True) -> Preprocessing:
        """How the pictures of `data` become the input of `network`; without `normalize` they stay within [0, 1]."""
        channels = data.image_size[0]
        mean, std = (data.mean, data.std) if normalize else ((0.0,) * channels, (1.0,) * channels)
        return cls((channels, *network.input_size[1:]), mean, std, data.margin)

    def __call__(self, images: Tensor) -> Tensor:
        """uint8 (n, c, h, w) -> float32 (n, c, H, W), channels last."""
        return self.normalize(self.fit(images))

    def fit(self, images: Tensor) -> Tensor:
        """uint8 (n, c, h, w) -> float32 in [0, 1] of the network's size.

        8 x 8 digits are cut tightly; with a margin of 4/28 they fill the middle 20 x 20 of 28 x 28, as MNIST's do.
        """
        x = images.float().div_(255)
        height, width = self.input_size[1:]
        if x.shape[2:] == (height, width):
            return x
        top, left = round(height * self.margin), round(width * self.margin)
        inner = (height - 2 * top, width - 2 * left)
        x = F.interpolate(x, inner, mode="bilinear", align_corners=False, antialias=True)
        return F.pad(x, (left, left, top, top))

    def normalize(self, x: Tensor) -> Tensor:
        """(x - mean) / std for each channel."""
        shape = (1, -1, 1, 1)
        mean, std = (torch.tensor(values, device=x.device).view(shape) for values in (self.mean, self.std))
        return ((x - mean) / std).contiguous(memory_format=torch.channels_last)

"""Loader: a whole data set on the device as bytes, cut into batches, augmented and normalised there.

`Preprocessing` is the one way from a picture's bytes to a network's input: for training, testing and a visitor's
drawing alike. MNIST is 47 MB: it fits anywhere. How much time that saves beside DataLoader + ToTensor:
benchmarks/epoch.py. Augmentation draws a different change for every picture of a batch, on the device; torchvision's
transforms applied to a batch draw one random value for all of it.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from cnnviz.data.dataset_spec import DatasetSpec, Split
from cnnviz.engine.config import TrainConfig

Batch = tuple[Tensor, Tensor]  # pictures float32 (n, c, h, w), labels int64 (n,)
_HELD_OUT = 2**31  # stands where an epoch does, so that the held-out pictures are drawn by numbers of their own
NUMBERS = 6  # random numbers in [-1, 1) a picture needs at most
SHIFT = 2  # pixels
ROTATION = math.radians(12)
SCALE = 0.12
SHEAR = 0.15
TRANSLATION = 0.1  # of the picture's side: 2.8 of 28 pixels
CROP = 8  # crop-flip moves by up to 1 / CROP of the side: 4 of 32 pixels, the lesson's RandomCrop(32, padding=4)
HOLE = 4  # cutout blots out a square of 1 / HOLE of the side: 8 of 32 pixels (DeVries, Taylor 2017 take 16)


class _Network(Protocol):
    """A zoo network's spec or a blueprint."""

    @property
    def input_size(self) -> tuple[int, ...]: ...


class Described(Protocol):
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
    def of(cls, card: Described) -> Preprocessing:
        return cls(card.input_size, card.mean, card.std, card.margin)

    @classmethod
    def between(cls, data: DatasetSpec, network: _Network, normalize: bool = True) -> Preprocessing:
        """How the pictures of `data` become the input of `network`; without `normalize` they stay within [0, 1]."""
        channels = data.image_size[0]
        mean, std = (data.mean, data.std) if normalize else ((0.0,) * channels, (1.0,) * channels)
        return cls((channels, *network.input_size[1:]), mean, std, data.margin)

    def batch_size(self, most: int, pixels: int) -> int:
        """How many pictures pass at once: at most `most`, and no more than have so many `pixels` together."""
        _channels, height, width = self.input_size
        return max(1, min(most, pixels // (height * width)))

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


@dataclass(frozen=True)
class LoaderConfig:
    """How pictures become batches: the data loader's hyperparameters, and the seed of order and augmentation."""

    batch_size: int
    augmentation: str = "none"
    seed: int = 0
    shuffle: bool = True
    drop_last: bool = False

    @classmethod
    def of(cls, config: TrainConfig) -> LoaderConfig:
        return cls(config.batch_size, config.augmentation, config.seed, config.shuffle, config.drop_last)


@dataclass(frozen=True, eq=False)
class DeviceDataset:
    """One half of a data set on the device, and how it becomes a network's input."""

    images: Tensor  # uint8 (n, c, h, w)
    labels: Tensor  # int64 (n,)
    prepare: Preprocessing
    num_classes: int

    def __len__(self) -> int:
        return len(self.labels)

    @classmethod
    def load(cls, spec: DatasetSpec, split: str, prepare: Preprocessing, device: torch.device) -> DeviceDataset:
        """Raises MissingDataError or CorruptDataError."""
        return cls.of(spec.load(split), prepare, len(spec.classes), device)

    @classmethod
    def of(cls, split: Split, prepare: Preprocessing, num_classes: int, device: torch.device) -> DeviceDataset:
        images = torch.from_numpy(np.ascontiguousarray(split.images)).to(device)
        labels = torch.from_numpy(np.ascontiguousarray(split.labels)).to(device)
        return cls(images, labels, prepare, num_classes)

    def checksum(self) -> int:
        """CRC-32 of all pictures and their classes. CIFAR-10's 154 MB take 0.1 s of one core."""
        return zlib.crc32(self.labels.cpu().numpy().tobytes(), zlib.crc32(self.images.cpu().numpy().data))

    def in_order(self, batch_size: int) -> Iterator[Batch]:
        """For testing: every picture once, as it is."""
        for start in range(0, len(self), batch_size):
            chosen = slice(start, start + batch_size)
            yield self.prepare(self.images[chosen]), self.labels[chosen]

    def batches(self, loader: LoaderConfig, epoch: int) -> Iterator[Batch]:
        """For training: every picture once, in an order and with changes that depend on seed and epoch alone.

        All random numbers of the epoch are drawn at once, on the CPU: the same on every device, one transfer.
        """
        generator = torch.Generator().manual_seed(epoch_seed(loader.seed, epoch))
        order = torch.randperm(len(self), generator=generator)
        noise = torch.rand((len(self), NUMBERS), generator=generator).mul_(2).sub_(1).to(self.images.device)
        order = (order if loader.shuffle else torch.arange(len(self))).to(self.images.device)
        for step in range(self.steps(loader)):
            part = slice(step * loader.batch_size, (step + 1) * loader.batch_size)
            chosen = order[part]
            whole = self.images.index_select(0, chosen)  # 4 us for 100 pictures, indexing takes 49
            fitted = self.prepare.fit(whole)
            changed = augment(fitted, loader.augmentation, noise[part])
            yield self.prepare.normalize(changed), self.labels.index_select(0, chosen)

    def steps(self, loader: LoaderConfig) -> int:
        """Batches in an epoch; the last may be smaller, or is dropped."""
        return len(self) // loader.batch_size if loader.drop_last else -(-len(self) // loader.batch_size)

    def split_off(self, share: float, seed: int) -> tuple[DeviceDataset, DeviceDataset]:
        """(to train on, held out): a `share` of the pictures is drawn by `seed`; both keep the files' order."""
        generator = torch.Generator().manual_seed(epoch_seed(seed, _HELD_OUT))
        held = torch.zeros(len(self), dtype=torch.bool)
        held[torch.randperm(len(self), generator=generator)[: max(1, round(len(self) * share))]] = True
        held = held.to(self.images.device)
        return self._only(~held), self._only(held)

    def _only(self, which: Tensor) -> DeviceDataset:
        return replace(self, images=self.images[which], labels=self.labels[which])


def epoch_seed(seed: int, epoch: int) -> int:
    """Independent of neighbouring seeds and epochs; 63 bits."""
    return int(np.random.SeedSequence([seed, epoch]).generate_state(1, np.uint64)[0] >> np.uint64(1))


def augment(images: Tensor, kind: str, noise: Tensor) -> Tensor:
    """`images` (n, c, h, w), zero where there is no ink, changed as `kind` says, a choice of `augmentation`.

    `noise` (n, NUMBERS) is uniform in [-1, 1).
    """
    if kind == "shift":
        return shift(images, (noise[:, :2] * (SHIFT + 0.5)).round().long())
    if kind == "affine":
        return affine(images, _matrices(noise))
    if kind.startswith("crop-flip"):
        images = mirror(crop(images, noise[:, :2]), noise[:, 2] < 0)
        return cut_out(images, noise[:, 3:5]) if kind.endswith("cutout") else images
    return images


def crop(images: Tensor, noise: Tensor) -> Tensor:
    """Each picture moved by up to 1 / CROP of its height and width, by its own row of `noise` (n, 2) in [-1, 1)."""
    most = max(images.shape[2:]) // CROP
    return shift(images, (noise * (most + 0.5)).round().clamp(-most, most).long(), most)


def mirror(images: Tensor, which: Tensor) -> Tensor:
    """Those pictures mirrored left to right where `which` (n,) is true."""
    return torch.where(which[:, None, None, None], images.flip(3), images)


def cut_out(images: Tensor, noise: Tensor) -> Tensor:
    """Each picture with a square of its own mean colour, its middle anywhere, by its row of `noise` (n, 2)."""
    inside = None
    for axis, size in enumerate(images.shape[2:]):
        middle = (noise[:, axis, None] + 1) * size / 2  # (n, 1)
        near = (torch.arange(size, device=images.device) + 0.5 - middle).abs() <= size / (2 * HOLE)  # (n, size)
        near = near[:, None, :, None] if axis == 0 else near[:, None, None, :]
        inside = near if inside is None else inside & near
    assert inside is not None
    return torch.where(inside, images.mean(dim=(2, 3), keepdim=True), images)


def shift(images: Tensor, by: Tensor, most: int = SHIFT) -> Tensor:
    """Each picture moved by its own row of `by` (n, 2): pixels down and right, at most `most`. What enters is 0."""
    n, c, h, w = images.shape
    padded = F.pad(images, [most] * 4)
    start = most - by.to(images.device)  # (n, 2)
    rows = start[:, 0, None] + torch.arange(h, device=images.device)  # (n, h)
    columns = start[:, 1, None] + torch.arange(w, device=images.device)  # (n, w)
    picture = torch.arange(n, device=images.device)[:, None, None, None]
    channel = torch.arange(c, device=images.device)[None, :, None, None]
    return padded[picture, channel, rows[:, None, :, None], columns[:, None, None, :]]


def affine(images: Tensor, matrices: Tensor) -> Tensor:
    """Each picture sampled through its own (2, 3) matrix, output to input coordinates in [-1, 1]; outside is zero."""
    grid = F.affine_grid(matrices, list(images.shape), align_corners=False)
    return F.grid_sample(images, grid, mode="bilinear", padding_mode="zeros", align_corners=False)


def _matrices(noise: Tensor) -> Tensor:
    """(n, 2, 3): rotation, shear and scale of each axis, then translation."""
    angle, shear = noise[:, 0] * ROTATION, noise[:, 1] * SHEAR
    scale_x, scale_y = 1 + noise[:, 2] * SCALE, 1 + noise[:, 3] * SCALE
    cos, sin = angle.cos(), angle.sin()
    # rotation x shear: [[cos, -sin], [sin, cos]] x [[1, shear], [0, 1]]
    first = torch.stack([cos * scale_x, (cos * shear - sin) * scale_y, noise[:, 4] * TRANSLATION * 2], dim=1)
    second = torch.stack([sin * scale_x, (sin * shear + cos) * scale_y, noise[:, 5] * TRANSLATION * 2], dim=1)
    return torch.stack([first, second], dim=1)

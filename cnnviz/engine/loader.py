"""Loader: a whole data set on the device as bytes, cut into batches, augmented and normalised there.

`Preprocessing` is the one way from a picture's bytes to a network's input: for training, testing and a visitor's
drawing alike. MNIST is 47 MB: it fits anywhere. How much time that saves beside DataLoader + ToTensor:
benchmarks/epoch.py. What augmentation does to a batch: augmentation/tensors.py.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from cnnviz.data.dataset_spec import DatasetSpec, Split
from cnnviz.engine.augmentation.pipeline import NONE, draws
from cnnviz.engine.augmentation.spread import color_axes, sample_step
from cnnviz.engine.augmentation.tensors import augment
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.training_set import BALANCED, balanced_order

Batch = tuple[Tensor, Tensor]  # pictures float32 (n, c, h, w), labels int64 (n,)
_HELD_OUT = 2**31  # stands where an epoch does, so that the held-out pictures are drawn by numbers of their own


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
    @property
    def center_crop(self) -> float: ...


@dataclass(frozen=True)
class Preprocessing:
    """Cut out the middle, resize to the network's size, then normalise. Calling it does all of it."""

    input_size: tuple[int, ...]  # (channels, height, width) of the network
    mean: tuple[float, ...]  # of pictures / 255, for each channel
    std: tuple[float, ...]
    margin: float = 0.0  # share of the input left empty on each side of a picture that has to be enlarged
    center_crop: float = 1.0  # share of each side that is kept, from the middle

    @classmethod
    def of(cls, card: Described) -> Preprocessing:
        return cls(card.input_size, card.mean, card.std, card.margin, card.center_crop)

    @classmethod
    def between(
        cls, data: DatasetSpec, network: _Network, normalize: bool = True, center_crop: float = 1.0
    ) -> Preprocessing:
        """How the pictures of `data` become the input of `network`; without `normalize` they stay within [0, 1]."""
        channels = data.image_size[0]
        mean, std = (data.mean, data.std) if normalize else ((0.0,) * channels, (1.0,) * channels)
        return cls((channels, *network.input_size[1:]), mean, std, data.margin, center_crop)

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
        x = self._middle(images).float().div_(255)
        height, width = self.input_size[1:]
        if x.shape[2:] == (height, width):
            return x
        top, left = round(height * self.margin), round(width * self.margin)
        inner = (height - 2 * top, width - 2 * left)
        x = F.interpolate(x, inner, mode="bilinear", align_corners=False, antialias=True)
        return F.pad(x, (left, left, top, top))

    def _middle(self, images: Tensor) -> Tensor:
        """As torchvision's CenterCrop rounds."""
        if self.center_crop == 1:
            return images
        for axis, size in ((2, images.shape[2]), (3, images.shape[3])):
            kept = max(1, round(size * self.center_crop))
            images = images.narrow(axis, round((size - kept) / 2), kept)
        return images

    def normalize(self, x: Tensor) -> Tensor:
        """(x - mean) / std for each channel."""
        shape = (1, -1, 1, 1)
        mean, std = (torch.tensor(values, device=x.device).view(shape) for values in (self.mean, self.std))
        return ((x - mean) / std).contiguous(memory_format=torch.channels_last)


@dataclass(frozen=True)
class LoaderConfig:
    """How pictures become batches: the data loader's hyperparameters, and the seed of order and augmentation."""

    batch_size: int
    augmentation: str = NONE
    seed: int = 0
    shuffle: bool = True
    drop_last: bool = False
    sampler: str = "each-once"

    @classmethod
    def of(cls, config: TrainConfig) -> LoaderConfig:
        return cls(
            config.batch_size, config.augmentation, config.seed, config.shuffle, config.drop_last, config.sampler
        )


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

        With the sampler "balanced" as many draws, each class equally likely.

        All random numbers of the epoch are drawn at once, on the CPU: the same on every device, one transfer.
        """
        order, noise = (each.to(self.images.device) for each in epoch_draws(len(self), loader, epoch))
        if loader.sampler == BALANCED:
            drawn = balanced_order(self.labels.cpu().numpy(), loader.seed, epoch)
            order = torch.from_numpy(drawn).to(self.images.device)
        axes = self._color_axes() if "rgb-jitter" in loader.augmentation else None
        for step in range(self.steps(loader)):
            part = slice(step * loader.batch_size, (step + 1) * loader.batch_size)
            chosen = order[part]
            whole = self.images.index_select(0, chosen)  # 4 us for 100 pictures, indexing takes 49
            fitted = self.prepare.fit(whole)
            changed = augment(fitted, loader.augmentation, noise[part], axes)
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

    def _color_axes(self) -> Tensor:
        """(c, c), for RGB jitter; computed on the CPU, the same on every device."""
        return torch.from_numpy(color_axes(self.images[:: sample_step(len(self))].cpu().numpy())).to(self.images.device)

    def _only(self, which: Tensor) -> DeviceDataset:
        return replace(self, images=self.images[which], labels=self.labels[which])


def epoch_seed(seed: int, epoch: int) -> int:
    """Independent of neighbouring seeds and epochs; 63 bits."""
    return int(np.random.SeedSequence([seed, epoch]).generate_state(1, np.uint64)[0] >> np.uint64(1))


def epoch_order(labels: NDArray[np.int64], loader: LoaderConfig, epoch: int) -> NDArray[np.int64]:
    """(n,) places among the pictures with these `labels`, in the order in which `DeviceDataset.batches` takes them."""
    if loader.sampler == BALANCED:
        return balanced_order(labels, loader.seed, epoch)
    return epoch_draws(len(labels), loader, epoch)[0].numpy()


def epoch_draws(count: int, loader: LoaderConfig, epoch: int) -> tuple[Tensor, Tensor]:
    """(order (n,), noise (n, draws) in [-1, 1)) of an epoch, on the CPU; a row of noise for each picture in order."""
    generator = torch.Generator().manual_seed(epoch_seed(loader.seed, epoch))
    order = torch.randperm(count, generator=generator)
    noise = torch.rand((count, draws(loader.augmentation)), generator=generator).mul_(2).sub_(1)
    return order if loader.shuffle else torch.arange(count), noise

"""A whole data set on the device as bytes, cut into batches, augmented and normalised there.

MNIST is 47 MB: it fits anywhere. How much time that saves beside DataLoader + ToTensor: benchmarks/epoch.py.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from cnnviz.data.dataset_spec import DatasetSpec
from cnnviz.data.split import Split
from cnnviz.engine.augmentation import NUMBERS, augment
from cnnviz.engine.preprocessing import Preprocessing

Batch = tuple[Tensor, Tensor]  # pictures float32 (n, c, h, w), labels int64 (n,)
_HELD_OUT = 2**31  # stands where an epoch does, so that the held-out pictures are drawn by numbers of their own


@dataclass(frozen=True)
class LoaderConfig:
    """How pictures become batches: the knobs of the data loader, and the seed of order and augmentation."""

    batch_size: int
    augmentation: str = "none"
    seed: int = 0
    shuffle: bool = True
    drop_last: bool = False


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

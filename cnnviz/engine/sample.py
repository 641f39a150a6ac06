"""Sample: some training pictures as an epoch of training shows them, without making all the others. Knows no page."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cnnviz.engine.augmentation.spread import color_axes, sample_step
from cnnviz.engine.augmentation.tensors import augment
from cnnviz.engine.loader import LoaderConfig, Preprocessing, epoch_draws

_PIXELS = 4 * 224 * 224  # at once: 24 pictures of 224 x 224 take 410 ms together, 240 so
_THREADS = 4


@dataclass(frozen=True, eq=False)
class Sample:
    """Some of a data set's training pictures, to be seen as training sees them without all the others at hand."""

    images: Tensor  # uint8 (k, c, h, w)
    indices: Tensor  # (k,): their places in the data set
    count: int  # pictures of the data set
    axes: Tensor  # (c, c), of its colours

    @classmethod
    def of(cls, images: NDArray[np.uint8], indices: Sequence[int]) -> Sample:
        """Pictures `indices` of all training pictures `images` (n, c, h, w)."""
        axes = color_axes(images[:: sample_step(len(images))])
        chosen = torch.from_numpy(np.ascontiguousarray(images[list(indices)]))
        return cls(chosen, torch.tensor(list(indices)), len(images), torch.from_numpy(axes))

    def only(self, place: int) -> Sample:
        """The sample of its picture number `place` alone."""
        return replace(self, images=self.images[place : place + 1], indices=self.indices[place : place + 1])

    def in_epoch(self, prepare: Preprocessing, loader: LoaderConfig, epoch: int) -> Tensor:
        """float32 (k, c, H, W): what `DeviceDataset.batches` of that epoch gives of these pictures, not normalised."""
        order, noise = epoch_draws(self.count, loader, epoch)
        places = torch.empty_like(order)
        places[order] = torch.arange(self.count)
        own = noise[places[self.indices]]
        few = prepare.batch_size(len(self.images), _PIXELS)
        parts = [slice(start, start + few) for start in range(0, len(self.images), few)]

        def changed(part: slice) -> Tensor:
            return augment(prepare.fit(self.images[part]), loader.augmentation, own[part], self.axes)

        with ThreadPoolExecutor(min(_THREADS, len(parts))) as pool:
            return torch.cat(list(pool.map(changed, parts)))

"""Input image: a picture as it is seen, and as a network gets it. Knows nothing of whose weights that network has."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray

from cnnviz.data.mnist_style import area_average
from cnnviz.engine.loader import Preprocessing

Pixels = NDArray[np.uint8]
Normal = tuple[tuple[float, ...], tuple[float, ...]]  # mean and standard deviation of each channel


@dataclass(frozen=True, eq=False)
class InputImage:
    """The picture. Not to be changed: it is kept."""

    seen: Pixels  # (1 or 3, height, width) of the network's input
    x: NDArray[np.float32]  # (channels, height, width), normalised
    credit: str = ""  # whom it is owed to

    @cached_property
    def key(self) -> str:
        """The same for the same numbers."""
        return hashlib.blake2b(self.x.tobytes(), digest_size=12).hexdigest()


def prepared(picture: Pixels, preparation: Preprocessing) -> InputImage:
    """A picture (channels, h, w) of a data set, of any size, as the network gets it."""
    fitted = preparation.fit(torch.from_numpy(np.ascontiguousarray(picture))[None])
    x = preparation.normalize(fitted)[0].contiguous().numpy()
    return InputImage(np.rint(fitted[0].numpy() * 255).astype(np.uint8), x)


def fitted(picture: Pixels, input_size: tuple[int, int, int], normal: Normal) -> InputImage:
    """A picture (h, w[, 3]) of any size: its middle square, as large as the network's input, in as many channels."""
    channels, height, width = input_size
    colored = picture if picture.ndim == 3 else np.repeat(picture[:, :, None], 3, axis=2)
    side = min(colored.shape[:2])
    top, left = (colored.shape[0] - side) // 2, (colored.shape[1] - side) // 2
    square = colored[top : top + side, left : left + side]
    pixels = np.stack([area_average(square[:, :, channel], height, width) for channel in range(3)])
    image = prepared(pixels, Preprocessing((3, height, width), *normal))
    return InputImage(image.seen, image.x if channels == 3 else _as_maps(image.x, channels))


def _as_maps(x: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """For a block alone, which reads maps: `count` mixtures of the colours (3, h, w), drawn by chance, as a ReLU's."""
    mixing = np.random.default_rng(0).normal(size=(count, 3)) / np.sqrt(3)
    return np.maximum(0, np.einsum("mc,chw->mhw", mixing, x)).astype(np.float32)

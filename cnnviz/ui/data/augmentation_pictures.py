"""Bench pictures: real training pictures before and after a pipeline, as training makes them of a seed and an epoch."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnviz.charts.gallery import data_uri, rgb
from cnnviz.data.dataset_spec import DatasetSpec
from cnnviz.data.registry import dataset
from cnnviz.engine.augmentation.source import Preparation, torchvision_source
from cnnviz.models.zoo import ZOO
from cnnviz.ui.data.augmentation_choice import Settings
from cnnviz.ui.data.excerpts import version_of
from cnnviz.ui.shared.link_parameters import AT_OWN_SIZE, AUGMENTED

if TYPE_CHECKING:
    from torch import Tensor

    from cnnviz.engine.loader import Preprocessing
    from cnnviz.engine.sample import Sample

DRAWS = 12  # of one picture
_LARGEST_SHOWN = 84  # pixels of a side, as wide as a tile: what is packed and sent counts as much as what is changed
_LARGEST_BEFORE = 64  # they are shown a quarter as wide, and sent with every answer
_PACKERS = 4  # threads that pack: zlib lets the others run
_SEED = 0  # of which pictures are shown


@dataclass(frozen=True, eq=False)
class Chosen:
    """Pictures of a data set's training half, classes in turn."""

    sample: Sample
    labels: tuple[int, ...]
    before: tuple[str, ...]  # as they are in the data set, as PNG in an address


@dataclass(frozen=True)
class Shown:
    """What the bench shows: PNGs in addresses, and the range of what a network gets."""

    pictures: tuple[str, ...]
    low: float
    high: float


def chosen(spec: DatasetSpec) -> Chosen:
    """The pictures of a data set. Raises MissingDataError or CorruptDataError."""
    return _chosen(spec.name, version_of(spec))


@st.cache_resource(max_entries=8, show_spinner=False)
def _chosen(name: str, version: str) -> Chosen:
    from cnnviz.engine.sample import Sample  # heavy

    split = dataset(name).load("train")
    indices = _in_turn(split.labels)
    sample = Sample.of(split.images, indices)
    before = tuple(data_uri(rgb(_small(picture))) for picture in split.images[indices])
    return Chosen(sample, tuple(int(split.labels[index]) for index in indices), before)


def _in_turn(labels: NDArray[np.int64]) -> list[int]:
    """Places of AUGMENTED pictures, of every class as many; of a small set some more than once."""
    random = np.random.default_rng(_SEED)
    places = [random.permutation(np.flatnonzero(labels == each)) for each in np.unique(labels)]
    return [
        int(of[(turn // len(places)) % len(of)]) for turn, of in zip(range(AUGMENTED), places * AUGMENTED, strict=False)
    ]


def preparation(spec: DatasetSpec, model: str, settings: Settings) -> Preprocessing:
    """How a picture becomes the input of the network, or stays as large as it is."""
    from cnnviz.engine.loader import Preprocessing  # heavy

    network = _OwnSize(spec.image_size) if model == AT_OWN_SIZE else ZOO[model]
    return Preprocessing.between(spec, network, settings.normalize, settings.center_crop)


@dataclass(frozen=True)
class _OwnSize:
    input_size: tuple[int, ...]


def shown(spec: DatasetSpec, model: str, settings: Settings, seed: int, epoch: int) -> Shown:
    """All pictures in this epoch, or the chosen one in as many epochs from this on. Raises a DataError."""
    prepare = preparation(spec, model, settings)
    return _shown(chosen(spec), prepare, settings.text, settings.picture, seed, epoch)


@lru_cache(maxsize=32)  # a class looks at the same presets; 100 kB each
def _shown(of: Chosen, prepare: Preprocessing, text: str, picture: int, seed: int, epoch: int) -> Shown:
    import torch  # heavy

    from cnnviz.engine.loader import LoaderConfig  # heavy

    loader = LoaderConfig(batch_size=AUGMENTED, augmentation=text, seed=seed)
    with torch.inference_mode():
        if picture:
            one = of.sample.only(picture - 1)
            x = torch.cat([one.in_epoch(prepare, loader, epoch + later) for later in range(DRAWS)])
        else:
            x = of.sample.in_epoch(prepare, loader, epoch)
        ends = torch.stack([x.amin(dim=(0, 2, 3)), x.amax(dim=(0, 2, 3))])[:, :, None, None]  # (2, c, 1, 1)
        low, high = prepare.normalize(ends).unbind()
        with ThreadPoolExecutor(_PACKERS) as pool:
            return Shown(tuple(pool.map(data_uri, _pixels(x))), float(low.min()), float(high.max()))


def source(spec: DatasetSpec, model: str, settings: Settings) -> str:
    """The same as torchvision's transforms, for training and for testing."""
    prepare = preparation(spec, model, settings)
    height, width = prepare.input_size[1:]
    preparation_of = Preparation(
        picture=spec.image_size[1:],
        network=(height, width),
        mean=spec.mean if settings.normalize else (),
        std=spec.std if settings.normalize else (),
        margin=prepare.margin,
        center_crop=prepare.center_crop,
    )
    return torchvision_source(settings.text, preparation_of, chosen(spec).sample.axes.tolist())


def _pixels(x: Tensor) -> list[NDArray[np.uint8]]:
    """Pictures (n, c, h, w) from 0 to 1 -> (h, w, 3) each, of a size for the screen."""
    from torch.nn.functional import adaptive_avg_pool2d  # heavy

    height, width = x.shape[2:]
    if (larger := max(height, width)) > _LARGEST_SHOWN:
        share = _LARGEST_SHOWN / larger
        x = adaptive_avg_pool2d(x, (max(1, round(height * share)), max(1, round(width * share))))
    levels = (x.clamp(0, 1) * 255).round().byte().numpy()
    return [rgb(picture) for picture in levels]


def _small(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    step = -(-max(picture.shape[1:]) // _LARGEST_BEFORE)
    return picture[:, ::step, ::step]

"""Embedded test pictures: a sample of them in the plane, at every kept epoch of a network, computed in the background.

What a layer makes of the sample is kept for all visitors, within a bound.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Generator
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from cnnviz.base.errors import AnswerError
from cnnviz.data.dataset_spec import Split
from cnnviz.engine.card import Card, kept_epochs
from cnnviz.engine.checkpoint import load
from cnnviz.engine.loader import Preprocessing
from cnnviz.inspection.embedding import Embedded, Points, drawn, embed, principal_axes, umap
from cnnviz.models.summary import LayerInfo
from cnnviz.ui.shared import pictures

SAMPLE_SIZE = 600
_MOST_EPOCHS = 16  # of a run that are played
_MOST_BYTES = 128 << 20  # of all that is kept: 600 pictures of 4,096 values are 10 MB

_kept: OrderedDict[tuple[Network, Sample, str], Embedded] = OrderedDict()
_lock = Lock()


@dataclass(frozen=True)
class Network:
    """A checkpoint: its epoch, its file, and what changes with the file."""

    epoch: int
    file: Path
    version: int


@dataclass(frozen=True)
class Sample:
    """Which test pictures: of which data set, and the seed they are drawn with."""

    data: str
    seed: int


@dataclass(frozen=True)
class Asked:
    """What is to be drawn: a layer at these epochs, oldest first, and the way into the plane."""

    networks: tuple[Network, ...]
    layer: LayerInfo
    sample: Sample
    method: str  # "pca" or "umap"


@dataclass(frozen=True, eq=False)
class Film:
    """What is known of it. Not to be changed."""

    total: int  # pictures of the test set
    numbers: NDArray[np.int64]  # of the sample, from 1
    labels: NDArray[np.int64]
    points: dict[int, Points]  # epoch -> where they lie; of none while the newest is not finished
    predictions: dict[int, NDArray[np.int64]]
    shares: tuple[float, float] | None  # of the variance along either axis; None: not by PCA
    done: float  # 0 to 1


def networks_of(file: Path) -> tuple[Network, ...]:
    """The kept epochs of the run that `file` is of, `file` among them, oldest first; else `file` alone."""
    epochs = kept_epochs(file.parent) if file.stem.startswith("epoch-") else []
    if file not in [each for _epoch, each in epochs]:
        return (_network(0, file),)
    at = np.unique(np.linspace(0, len(epochs) - 1, min(_MOST_EPOCHS, len(epochs))).round().astype(int)).tolist()
    return tuple(_network(*each) for index, each in enumerate(epochs) if index in at or each[1] == file)


def _network(epoch: int, file: Path) -> Network:
    return Network(epoch, file, file.stat().st_mtime_ns)


def film(asked: Asked, card: Card, split: Split) -> Generator[Film, None, None]:
    """More and more of it: the newest epoch first, by whose axes the others are seen.

    Epochs whose answers are no numbers are left out. Raises AnswerError where those of all are none.
    """
    at = drawn(len(split), SAMPLE_SIZE, asked.sample.seed)
    images = np.stack([pictures.test_picture(card, asked.sample.data, split.images[index]) for index in at])
    order = (asked.networks[-1], *asked.networks[:-1])
    found: dict[int, Embedded] = {}  # by epoch, the newest first
    known = Film(len(split), at + 1, split.labels[at], {}, {}, None, 0.0)
    axes = None
    for number, network in enumerate(order):
        try:
            for embedded in _embedded(asked, network, images):
                yield replace(known, done=(number + len(embedded.features) / len(images)) / len(order))
            found[network.epoch] = embedded
        except AnswerError:
            if number == len(order) - 1 and not found:
                raise
        if not found:
            continue
        if asked.method == "pca":
            axes = axes or principal_axes(next(iter(found.values())).features)
            points = [axes.project(each.features) for each in found.values()]
        elif number == len(order) - 1:
            newest, *others = (each.features for each in found.values())
            points = umap(newest, others, asked.sample.seed)
        else:
            continue
        known = replace(
            known,
            points=dict(zip(found, points, strict=True)),
            predictions={epoch: each.predictions for epoch, each in found.items()},
            shares=None if axes is None else axes.shares,
            done=(number + 1) / len(order),
        )
    yield known


def _embedded(asked: Asked, network: Network, images: NDArray[np.uint8]) -> Generator[Embedded, None, None]:
    key = (network, asked.sample, asked.layer.name)
    with _lock:
        known = _kept.get(key)
    if known is not None:
        yield known
        return
    model, card = load(network.file)
    for embedded in embed(model, asked.layer, Preprocessing.of(card), images):
        yield embedded
    with _lock:
        _kept[key] = embedded
        while len(_kept) > 1 and sum(each.nbytes for each in _kept.values()) > _MOST_BYTES:
            _kept.popitem(last=False)

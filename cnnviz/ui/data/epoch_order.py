"""Order of an epoch: which training picture is taken when, exactly as the engine takes them; kept for all visitors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnviz.data.dataset_spec import DatasetSpec
from cnnviz.data.registry import dataset
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.training_set import training_set
from cnnviz.ui.data.excerpts import version_of
from cnnviz.ui.shared import warmup


@dataclass(frozen=True, eq=False)
class EpochOrder:
    """The pictures of an epoch by their places in the training half, and their classes."""

    places: NDArray[np.int64]  # (n,)
    labels: NDArray[np.int64]  # (n,) of these pictures
    count: int  # training pictures

    def never(self) -> int:
        """How many pictures do not come."""
        return self.count - len(np.unique(self.places))

    def most(self) -> int:
        """How often the picture comes that comes most often."""
        return int(np.bincount(self.places).max())


def order_of(spec: DatasetSpec, config: TrainConfig, epoch: int) -> EpochOrder:
    """Of a training by `config`, which is asked for its order alone. Waits for PyTorch, which draws the order.

    Raises MissingDataError or CorruptDataError.
    """
    asked = TrainConfig(
        data=spec.name,
        seed=config.seed,
        shuffle=config.shuffle,
        sampler=config.sampler,
        sort_by_class=config.sort_by_class,
    )
    return _order(asked, epoch, version_of(spec))


@st.cache_resource(max_entries=24, show_spinner=False)
def _order(config: TrainConfig, epoch: int, version: str) -> EpochOrder:
    warmup.wait(warmup.Stage.ALL)
    from cnnviz.engine.loader import LoaderConfig, epoch_order  # heavy

    found = training_set(config, dataset(config.data))
    order = epoch_order(found.split.labels, LoaderConfig.of(config), epoch)
    return EpochOrder(found.places[order], found.split.labels[order].copy(), len(order))


def pictures_at(spec: DatasetSpec, places: NDArray[np.int64]) -> NDArray[np.uint8]:
    """(n, channels, h, w) of the training half."""
    return spec.load("train").images[places]

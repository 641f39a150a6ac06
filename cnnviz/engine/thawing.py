"""Thawing: a network in training of which a part is frozen, and which thaws in stages.

Before an epoch it says what begins to learn, and what the frozen part makes of the pictures. Where nothing is frozen it
says nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import torch
from torch import nn

from cnnviz.data.dataset_spec import DatasetSpec
from cnnviz.engine.augmentation.pipeline import NONE
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.cpu_layout import Forward, optimize_forward
from cnnviz.engine.events import FeaturesMade, Thawed
from cnnviz.engine.feature_cache import FeatureCache
from cnnviz.engine.freezing import Freezing
from cnnviz.engine.loader import DeviceDataset
from cnnviz.engine.network import check_batches
from cnnviz.engine.optim import add_thawed, make_optimizer

REPORT_SECONDS = 1.0  # between two reports on features


class Thawing:
    """The network, its optimizer, and the halves of its data or their features."""

    def __init__(
        self, model: nn.Module, config: TrainConfig, data: DatasetSpec, halves: Mapping[str, DeviceDataset | None]
    ) -> None:
        """`halves`: "train", "test", "held_out". Raises ConfigurationError if `config` names no layer of `model`, or
        batch norm that learns would meet a single picture."""
        train = halves["train"]
        assert train is not None
        if config.thaw:  # then batch norm that is frozen now will learn one day
            check_batches(model, len(train), config.batch_size, config.drop_last)
        self._model, self._config = model, config
        self._freezing = Freezing.of(model, config, data, train.prepare.input_size)
        check_batches(model, len(train), config.batch_size, config.drop_last)
        model.to(memory_format=torch.channels_last)
        self._cache = FeatureCache(model, halves)
        self._ready_for = 0  # the epoch before which what is frozen changed last, and the features with it
        self.optimizer = make_optimizer(model, config)
        self.forward: Forward = optimize_forward(model)

    def of(self, half: str) -> tuple[nn.Module, DeviceDataset]:
        """(network, what it is asked about): the whole one and pictures, or what learns and features."""
        return self._cache.of(half)

    def trainable_in(self, epoch: int) -> int | None:
        """How many parameters learn in an epoch; None: all."""
        return self._freezing.trainable_in(epoch)

    def train_mode(self) -> None:
        """What learns into training mode, what is frozen into eval mode."""
        self._freezing.train_mode()

    def reach(self, epoch: int) -> tuple[str, ...]:
        """Have all learn that learns in `epoch`; the layers that did not before."""
        stages = self._freezing.reach(epoch)
        for stage in stages:
            add_thawed(self.optimizer, self._freezing.weights(stage))
        return tuple(part.name for stage in reversed(stages) for part in stage)

    def before(self, epoch: int, precision: str, seconds: Callable[[], float]) -> Iterator[Thawed | FeaturesMade]:
        """Thaw what learns from `epoch` on; make the features of what stays frozen, unless they are there.

        `precision` is that of the training's steps; tests are in float32. `seconds` is the training's stopwatch.
        """
        layers = self.reach(epoch)
        if layers:
            yield Thawed(epoch, layers, sum(part.params for part in self._freezing.learning))
        if not self._ready_for or layers:
            self._ready_for = epoch
            yield from self._features(epoch, precision, seconds)

    def _features(self, epoch: int, precision: str, seconds: Callable[[], float]) -> Iterator[FeaturesMade]:
        begun = reported = seconds()
        halves = {"test": "float32", "held_out": "float32"}
        if self._config.augmentation == NONE:
            halves["train"] = precision
        for done, of in self._cache.renew(self._freezing.order, self._freezing.frozen, halves):
            if (now := seconds()) - reported > REPORT_SECONDS or done == of:
                yield FeaturesMade(epoch, done, of, now - begun)
                reported = seconds()
        network = self._cache.of("train")[0]
        self.forward = optimize_forward(self._model) if network is self._model else network

"""Freezing: which weights of a network in training learn now, and which stand still, to the bit.

A frozen layer gets no gradient and no step; its batch norm keeps its running mean and deviation, its dropout is off.
Frozen is all that runs before the first layer that learns.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from torch import nn

from cnnviz.data.dataset_spec import DatasetSpec
from cnnviz.engine.config import ALL, TrainConfig
from cnnviz.engine.transfer import Part, thawing
from cnnviz.models.summary import summarize

Stage = tuple[Part, ...]  # what begins to learn together


class Freezing:
    """The parts of one network in training, and how far they have thawed. Without parts everything learns."""

    def __init__(self, model: nn.Module, found: Sequence[Part], order: Sequence[str]) -> None:
        """`order`: every module of `model` that runs, in order; `found` are those with weights."""
        self._model, self._order, self.parts = model, tuple(order), tuple(found)
        self._epoch = 0
        if self.parts:
            for weight in model.parameters():
                weight.requires_grad_(False)
            self.reach(1)

    @classmethod
    def of(cls, model: nn.Module, config: TrainConfig, data: DatasetSpec, input_size: tuple[int, ...]) -> Freezing:
        """As `config` says. Raises ConfigurationError if it names no layer of `model`."""
        if config.trainable == ALL:
            return cls(model, (), ())
        known = {name for name, _module in model.named_modules()}
        channels, height, width = input_size
        order = [layer.name for layer in summarize(model, (channels, height, width)) if layer.name in known]
        return cls(model, thawing(config, data), order)

    @property
    def order(self) -> tuple[str, ...]:
        """Every module that runs, in order."""
        return self._order

    @property
    def learning(self) -> Stage:
        """The parts that learn now."""
        return tuple(part for part in self.parts if part.first_epoch is not None and part.first_epoch <= self._epoch)

    @property
    def frozen(self) -> tuple[str, ...]:
        """The modules that run before the first layer that learns, in order; with weights or without."""
        return self._order[: self._order.index(self.learning[0].name)] if self.parts else ()

    def trainable_in(self, epoch: int) -> int | None:
        """How many parameters learn in an epoch; None: all."""
        if not self.parts:
            return None
        return sum(part.params for part in self.parts if part.first_epoch is not None and part.first_epoch <= epoch)

    def reach(self, epoch: int) -> list[Stage]:
        """Go on to `epoch`: the stages that begin to learn on the way there, in their order."""
        fresh = [part for part in self.parts if part.first_epoch and self._epoch < part.first_epoch <= epoch]
        self._epoch = max(self._epoch, epoch)
        for weight in self.weights(fresh):
            weight.requires_grad_(True)
        fresh.sort(key=lambda part: part.stage or 0)  # stable: within a stage as they run
        return [tuple(stage) for _number, stage in groupby(fresh, key=lambda part: part.stage)]

    def weights(self, of: Sequence[Part]) -> list[nn.Parameter]:
        """The weights of these parts, in order."""
        return [weight for part in of for weight in self._model.get_submodule(part.name).parameters()]

    def train_mode(self) -> None:
        """What learns into training mode, what is frozen into eval mode."""
        self._model.train()
        for name in self.frozen:
            self._model.get_submodule(name).eval()

"""Effect: how a network does on a test set while a layer is changed; which filter matters most. No UI, no disk.

A change of one layer leaves all layers before it as they were. In a plain stack their output is kept, behind what
treats each map alone (`ablation.FOLLOWING`): there a filter switched off is a map of zeros, and only the rest runs
again. MNIST's 10,000 with a filter off: benchmarks/ablate.py. Every other network runs whole, batch by batch.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from cnnviz.base.errors import DataError
from cnnviz.base.locale import N_
from cnnviz.engine.cpu_layout import Forward, for_cpu
from cnnviz.engine.evaluate import checked, count_confusion
from cnnviz.engine.loader import DeviceDataset
from cnnviz.inspection.ablation import FOLLOWING, Change, edited, own_modules, scaled, scaled_channels
from cnnviz.inspection.capture import capture

_AT_ONCE = 500  # pictures in a batch, at most
_PIXELS = 1 << 20  # in a batch: 20 pictures of 224 x 224, whose largest maps then take some 100 MB
_MOST_KEPT = 128 << 20  # bytes of what the layer reads and gives; 80 MB for LeNet's conv1 and MNIST's 10,000
_NO_PICTURE = N_("There is no picture to try the network on.")


@dataclass(frozen=True, eq=False)
class Score:
    """How right the answers to the test pictures are."""

    confusion: NDArray[np.int64]  # (k, k) true x predicted
    loss: float  # mean cross-entropy

    @property
    def total(self) -> int:
        return int(self.confusion.sum())

    @property
    def correct(self) -> int:
        return int(self.confusion.trace())

    @property
    def accuracy(self) -> float:
        """0..1"""
        return self.correct / self.total


@dataclass(frozen=True, eq=False)
class Trial:
    """How far a change has been tried; `score` when all pictures are through."""

    done: int  # pictures
    total: int
    score: Score | None = None


@dataclass(frozen=True, eq=False)
class Ranking:
    """The network without each channel in turn, as far as that has come."""

    done: int  # channels
    total: int
    untouched: Score
    scores: dict[int, Score]  # channel -> without it

    @property
    def by_need(self) -> list[int]:
        """Channels, the one that costs most accuracy first; of two alike the one that costs more loss."""
        return sorted(self.scores, key=lambda k: (self.scores[k].correct, -self.scores[k].loss, k))


@dataclass(frozen=True, eq=False)
class Compared:
    """The network as it is and changed, as far as that has come."""

    share: float  # 0..1, of all that is to be computed
    before: Score | None = None
    after: Score | None = None


class TestBench:
    """A network, one of its layers, and the test pictures on which changes of that layer are tried.

    May be shared by threads. `model` is run under modules of its own, so nobody need hold a lock.
    Raises DataError if there is no picture.
    """

    __test__ = False  # no test of pytest's

    def __init__(self, model: nn.Module, layer: str, data: DeviceDataset) -> None:
        if not len(data):
            raise DataError(_NO_PICTURE)
        self.layer, self.data = layer, data
        self._model = own_modules(model)
        self._size = data.prepare.batch_size(_AT_ONCE, _PIXELS)
        self._lock = threading.Lock()
        self._read: dict[int, Tensor] = {}  # batch -> what the layer reads
        self._made: dict[int, Tensor] = {}  # batch -> what it and those that follow it make of that
        self._untouched: Score | None = None
        self._index, self._stop = _span(self._model, layer)
        self.is_stack = self._stop > 0 and self._bytes() <= _MOST_KEPT  # only what lies behind the layer runs again

    @cached_property
    def channels(self) -> int:
        """Maps or units of the layer. Raises ConfigurationError if there is no such layer."""
        with torch.inference_mode():
            one = capture(own_modules(self._model), self.data.prepare(self.data.images[:1]), (self.layer,))
        return one[self.layer].output.shape[1]

    def score(self, change: Change) -> Score:
        """All pictures at once."""
        *_, last = self.trials(change)
        assert last.score is not None
        return last.score

    def trials(self, change: Change) -> Generator[Trial, None, None]:
        """One for each batch; the last has the score. Raises ConfigurationError, AnswerError."""
        total = len(self.data)
        if change.is_nothing and self._untouched is not None:
            yield Trial(total, total, self._untouched)
            return
        logits: list[Tensor] = []
        for batch in self._behind(change) if self.is_stack else self._whole(change):
            logits.append(batch)
            yield Trial(sum(map(len, logits)), total)
        score = self._judged(torch.cat(logits))
        if change.is_nothing:
            self._untouched = score
        yield Trial(total, total, score)

    def compared(self, change: Change) -> Generator[Compared, None, None]:
        """The untouched network first, which is known after the first time, then the changed one."""
        before = None
        for trial in self.trials(Change(self.layer)):
            yield Compared(trial.done / trial.total / 2, trial.score)
            before = trial.score
        for trial in self.trials(change):
            yield Compared((1 + trial.done / trial.total) / 2, before, trial.score)

    def rank(self) -> Generator[Ranking, None, None]:
        """The layer's channels, each switched off alone, one after the other."""
        count = self.channels
        scores: dict[int, Score] = {}
        untouched = self.score(Change(self.layer))
        yield Ranking(0, count, untouched, {})
        for channel in range(count):
            scores[channel] = self.score(Change(self.layer, (channel,)))
            yield Ranking(channel + 1, count, untouched, dict(scores))

    def _judged(self, logits: Tensor) -> Score:
        logits = checked(logits.float())
        labels = self.data.labels.cpu()
        predicted = logits.argmax(dim=1)
        confusion = count_confusion(labels.numpy(), predicted.numpy(), self.data.num_classes)
        return Score(confusion, float(F.cross_entropy(logits.double(), labels)))

    def _whole(self, change: Change) -> Iterator[Tensor]:
        """Every layer runs. The hooks come anew in each step: between two, another thread may go on."""
        own = edited(self._model, change.layer, change.weights)
        for x, _labels in self.data.in_order(self._size):
            with torch.inference_mode(), scaled(own, change.layer, change.channels, change.factor):
                logits = own(x)
            yield logits

    def _behind(self, change: Change) -> Iterator[Tensor]:
        """Only what lies behind the layer, and of the layer the filters that have other weights."""
        rest, remade = _sooner(self._children()[self._stop :]), self._remade(change)
        for batch in range(-(-len(self.data) // self._size)):
            with torch.inference_mode():
                changed = self._once(self._made, batch, self._stop)
                changed = changed.clone() if remade else changed
                for channel, make in remade.items():
                    changed[:, channel] = make(self._once(self._read, batch, self._index))[:, 0]
                if change.channels:
                    changed = scaled_channels(changed, change.layer, change.channels, change.factor)
                logits = rest(changed)
            yield logits

    def _once(self, kept: dict[int, Tensor], batch: int, stop: int) -> Tensor:
        """What the first `stop` modules make of a batch of pictures; of two threads, one computes it."""
        with self._lock:
            if batch not in kept:
                images = self.data.images[batch * self._size : (batch + 1) * self._size]
                kept[batch] = _sooner(self._children()[:stop])(self.data.prepare(images))
            return kept[batch]

    def _remade(self, change: Change) -> dict[int, Callable[[Tensor], Tensor]]:
        """Filter with a weight set by hand -> the layer with that filter alone, and what follows it."""
        if not change.weights:
            return {}
        layer: Any = edited(self._model, change.layer, change.weights).get_submodule(change.layer)
        return {index[0]: self._one(layer, index[0]) for index, _value in change.weights}

    def _one(self, layer: Any, channel: int) -> Callable[[Tensor], Tensor]:
        weight = layer.weight[channel : channel + 1]
        bias = None if layer.bias is None else layer.bias[channel : channel + 1]
        after = nn.Sequential(*self._children()[self._index + 1 : self._stop])
        if isinstance(layer, nn.Linear):
            return lambda read: after(F.linear(read, weight, bias))
        return lambda read: after(layer._conv_forward(read, weight, bias))

    def _children(self) -> list[nn.Module]:
        return list(self._model.children())

    def _bytes(self) -> int:
        """Of what is kept at most: what a layer reads only where it has weights that can be set by hand."""
        children, one = self._children(), self.data.prepare(self.data.images[:1])
        with torch.inference_mode():
            read = nn.Sequential(*children[: self._index])(one)
            made = nn.Sequential(*children[self._index : self._stop])(read)
        has_weights = isinstance(children[self._index], (nn.Conv2d, nn.Linear))
        return (made.nbytes + has_weights * read.nbytes) * len(self.data)


def _sooner(layers: list[nn.Module]) -> Forward:
    stack = nn.Sequential(*layers)
    return for_cpu(stack) if any(True for _ in stack.parameters()) else stack


def _span(model: nn.Module, layer: str) -> tuple[int, int]:
    """(index of `layer`, index behind all that treats its maps alone) in a plain stack; (0, 0) in another network."""
    if type(model) is not nn.Sequential or layer not in model._modules:
        return 0, 0
    index = list(model._modules).index(layer)
    children = list(model.children())
    stop = index + 1
    while stop < len(children) and isinstance(children[stop], FOLLOWING):
        stop += 1
    module = children[index]
    is_grouped = isinstance(module, nn.Conv2d) and module.groups > 1  # a filter reads only some of the channels
    return (0, 0) if is_grouped else (index, stop)

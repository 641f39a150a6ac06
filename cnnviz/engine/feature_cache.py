"""Feature cache: what the frozen front of a network makes of every picture, computed once instead of in every epoch.

The network is cut at the input of its first block that learns. Whatever runs before it is skipped when the features
are handed in there: each of its modules hands on what it gets, so the forward pass of any network goes on from the cut,
however it is written. That this answers as the whole network does is tried on two pictures; where it does not (a
shortcut leads around the cut), nothing is kept and each epoch computes everything.

The answers are the whole network's but for rounding: the batches that the front sees are of other sizes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from typing import Any

import torch
from torch import Tensor, nn

from cnnviz.engine.device import device_of
from cnnviz.engine.fastest import autocast
from cnnviz.engine.loader import DeviceDataset, Preprocessing
from cnnviz.models.summary import outermost

MOST_BYTES = 512 << 20  # of all features of a run; VGG-16's last, 16 kB each, of 32,000 pictures
_AT_ONCE, _PIXELS = 256, 16 * 224 * 224  # pictures that pass at once, and pixels they may have
_CLOSE = 1e-3  # relative, of the answers to the pictures it is tried on
_TRIED = 2  # pictures


class Tail(nn.Module):
    """A network from its cut on: takes features, gives logits. Its weights are the network's own."""

    def __init__(self, model: nn.Module, cut: str, skipped: tuple[str, ...]) -> None:
        super().__init__()
        self.model = model
        self._cut = [model.get_submodule(cut)]  # in lists: they are the model's children, not this one's
        self._skipped = [model.get_submodule(name) for name in skipped]

    def forward(self, features: Tensor) -> Tensor:
        (cut,) = self._cut
        forward = type(cut).forward
        nothing = features.new_zeros((len(features), 3, 1, 1))
        skip = dict.fromkeys(self._skipped, _handed_on)
        with _forwards({**skip, cut: lambda *_given: forward(cut, features)}):
            logits: Tensor = self.model(nothing)
        return logits

    def features(self, x: Tensor) -> Tensor:
        """What reaches the cut."""

        def stop(reached: Tensor) -> Tensor:
            raise _ReachedError(reached)

        with _forwards({self._cut[0]: stop}):
            try:
                self.model(x)
            except _ReachedError as reached:
                return reached.features
        raise RuntimeError  # a network that never gets there


class _ReachedError(Exception):
    def __init__(self, features: Tensor) -> None:
        super().__init__()
        self.features = features


def _handed_on(x: Any, *_more: Any) -> Any:
    return x


@contextmanager
def _forwards(of: dict[nn.Module, Callable[..., Any]]) -> Iterator[None]:
    """Within it these modules compute otherwise."""
    for module, forward in of.items():
        module.forward = forward
    try:
        yield
    finally:
        for module in of:
            del module.__dict__["forward"]


@dataclass(frozen=True)
class _AsTheyAre(Preprocessing):
    """Features are ready: nothing is resized or normalised."""

    def __call__(self, images: Tensor) -> Tensor:
        return images

    def fit(self, images: Tensor) -> Tensor:
        return images

    def normalize(self, x: Tensor) -> Tensor:
        return x


def tail_of(model: nn.Module, order: tuple[str, ...], frozen: tuple[str, ...], pictures: DeviceDataset) -> Tail | None:
    """`model` from its first block that learns on; None where it cannot be cut there, nothing is frozen, or there is
    no picture to try it on.

    `order`: its modules as they run; `frozen`: the first so many. The model is left in eval mode.
    """
    if not frozen or not len(pictures):
        return None
    cut = outermost(model, order[len(frozen)])
    before = order[: order.index(first_of(model, order, cut))]
    skipped = tuple(dict.fromkeys(outermost(model, name) for name in before))
    after = {outermost(model, name) for name in order[len(before) :]}
    if not skipped or not after.isdisjoint(skipped):
        return None
    tail = Tail(model, cut, skipped).eval()
    return tail if _answers_alike(tail, pictures) else None


def first_of(model: nn.Module, order: tuple[str, ...], block: str) -> str:
    """The first module of `block` that runs."""
    return next(name for name in order if outermost(model, name) == block)


def _answers_alike(tail: Tail, pictures: DeviceDataset) -> bool:
    x = next(pictures.in_order(_TRIED))[0]
    try:
        with torch.no_grad():
            whole, cut = tail.model(x), tail(tail.features(x))
    except (RuntimeError, TypeError, ValueError, IndexError, AttributeError):
        return False
    return whole.shape == cut.shape and bool(((whole - cut).abs() <= _CLOSE * (1e-3 + whole.abs().max())).all())


def bytes_of(tail: Tail, halves: list[DeviceDataset]) -> int:
    """What the features of all pictures take."""
    with torch.no_grad():
        one = tail.features(next(halves[0].in_order(1))[0])
    return one.numel() * one.element_size() * sum(len(half) for half in halves)


class FeatureCache:
    """The halves of a run's data, and the network that is asked about each: the whole one about pictures, its tail
    about features."""

    def __init__(self, model: nn.Module, halves: Mapping[str, DeviceDataset | None]) -> None:
        self._model = model
        self._pictures = {name: half for name, half in halves.items() if half is not None}
        self._features: dict[str, DeviceDataset] = {}
        self._tail: Tail | None = None

    def of(self, half: str) -> tuple[nn.Module, DeviceDataset]:
        """(network, what it is asked about)."""
        if half in self._features and self._tail is not None:
            return self._tail, self._features[half]
        return self._model, self._pictures[half]

    def renew(
        self, order: tuple[str, ...], frozen: tuple[str, ...], precisions: Mapping[str, str]
    ) -> Iterator[tuple[int, int]]:
        """Make the features that the frozen front gives, of those halves that have one of the `precisions`, or none if
        they would not fit into `MOST_BYTES`. After each batch (pictures done, of all).

        `order`: the network's modules as they run; `frozen`: the first so many.
        """
        self._features = {}
        halves = {name: half for name, half in self._pictures.items() if name in precisions}
        self._tail = tail_of(self._model, order, frozen, self._pictures["test"])
        if self._tail is None or bytes_of(self._tail, list(halves.values())) > MOST_BYTES:
            return
        done, of = 0, sum(len(half) for half in halves.values())
        for name, half in halves.items():
            made: list[Tensor] = []
            for features in _batches(self._tail, half, precisions[name]):
                made.append(features)
                done += len(features)
                yield done, of
            self._features[name] = _in_place_of(half, torch.cat(made))


def _batches(tail: Tail, pictures: DeviceDataset, precision: str) -> Iterator[Tensor]:
    device = device_of(tail.model)
    tail.eval()
    for x, _labels in pictures.in_order(pictures.prepare.batch_size(_AT_ONCE, _PIXELS)):
        with torch.no_grad(), autocast(precision, device):
            features = tail.features(x)
        yield features


def _in_place_of(pictures: DeviceDataset, features: Tensor) -> DeviceDataset:
    """The features, with the pictures' labels and in their order."""
    known = {each.name: getattr(pictures.prepare, each.name) for each in fields(pictures.prepare)}
    return replace(pictures, images=features, prepare=_AsTheyAre(**known))

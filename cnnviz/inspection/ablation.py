"""Ablation: a network with channels of one layer at 0, or scaled, or a weight set by hand. No UI, no disk.

`without` and `scaled` put hooks on the network itself for as long as they last: whoever shares it holds
`engine.evaluate.LOCK` for one pass, or takes a copy (`own_modules`). Weights are never touched.

R. Meyes, M. Lu, C. Waubert de Puiseau, T. Meisen, "Ablation Studies in Artificial Neural Networks", 2019.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.engine import evaluate
from cnnviz.inspection.capture import InspectedModel, filters
from cnnviz.inspection.changed_operation import changed_operation
from cnnviz.models.summary import LayerInfo

MOST_FACTOR = 2.0
_LARGEST_WEIGHT = 1e6

Index = tuple[int, ...]  # of a weight: (filter, channel, row, column) of a convolution, (unit, input) of a Linear

# What treats each map alone, and a larger map as a larger map: max(0, f x) = f max(0, x) for f >= 0.
FOLLOWING = (nn.ReLU, nn.LeakyReLU, nn.MaxPool2d, nn.AvgPool2d, nn.AdaptiveAvgPool2d, nn.Dropout, nn.Identity)
_WEIGHTED = (nn.Conv2d, nn.Linear, nn.BatchNorm2d)


@dataclass(frozen=True)
class Change:
    """What is done to one layer: its `channels` (indices) times `factor`, and single weights set by hand.

    Raises ConfigurationError for a factor or a weight outside its range.
    """

    layer: str
    channels: tuple[int, ...] = ()
    factor: float = 0.0  # 0: off; 1: as it is
    weights: tuple[tuple[Index, float], ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.factor <= MOST_FACTOR:
            raise ConfigurationError(
                N_("The factor must be a number from 0 to {high}. Got {value} instead."),
                high=f"{MOST_FACTOR:g}",
                value=f"{self.factor:g}",
            )
        for _index, value in self.weights:
            if not (math.isfinite(value) and abs(value) <= _LARGEST_WEIGHT):
                raise ConfigurationError(
                    N_("A weight must be a number from {low} to {high}. Got {value} instead."),
                    low=f"{-_LARGEST_WEIGHT:,.0f}".replace("-", "−"),
                    high=f"{_LARGEST_WEIGHT:,.0f}",
                    value=f"{value:g}",
                )

    @property
    def is_nothing(self) -> bool:
        return not self.weights and (not self.channels or self.factor == 1)


@contextmanager
def without(model: nn.Module, layer: str, channels: Collection[int]) -> Iterator[None]:
    """While it lasts, those channels of the output of `layer` are 0; its hooks are gone afterwards, whatever happens.

    `channels` are indices from 0: maps of a convolution, units of a fully connected layer. An addition or another
    function between modules is a layer too, by the names of `summarize`; it must run in the thread that entered.
    Raises ConfigurationError where the layer has no such channel, and at the end where no such layer ran.
    """
    with scaled(model, layer, channels, 0.0):
        yield


@contextmanager
def scaled(model: nn.Module, layer: str, channels: Collection[int], factor: float) -> Iterator[None]:
    """The same with those channels times `factor`."""
    chosen = sorted(set(channels))

    def change(output: Tensor) -> Tensor:
        return scaled_channels(output, layer, chosen, factor)

    if not chosen:
        yield
    elif layer in dict(model.named_modules()):
        with _changed_module(model, layer, change):
            yield
    else:
        with changed_operation(model, layer, change):
            yield


@contextmanager
def _changed_module(model: nn.Module, layer: str, change: Callable[[Tensor], Tensor]) -> Iterator[None]:
    """What it gives when it runs first in a pass: a second time it is a layer of its own, "relu_1"."""
    runs = 0

    def begin(_module: nn.Module, _args: object) -> None:
        nonlocal runs
        runs = 0

    def hook(_module: nn.Module, _args: object, output: Tensor) -> Tensor | None:
        nonlocal runs
        runs += 1
        return change(output) if runs == 1 else None

    handles = [model.register_forward_pre_hook(begin), model.get_submodule(layer).register_forward_hook(hook)]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def scaled_channels(output: Tensor, layer: str, channels: Sequence[int], factor: float) -> Tensor:
    """A copy of what `layer` gave, (n, channels, ...): the output itself may be what another layer reads, too."""
    count = output.shape[1]
    wrong = next((index for index in channels if not 0 <= index < count), None)
    if wrong is not None:
        raise ConfigurationError(
            N_("Layer {layer} has no channel {number}: its channels are 1 to {count}."),
            layer=layer,
            number=wrong + 1,
            count=count,
        )
    changed = output.clone()
    chosen = list(channels)
    changed[:, chosen] = output[:, chosen] * factor if factor else 0.0  # 0 times infinity would be no number
    return changed


def own_modules(model: nn.Module) -> nn.Module:
    """The same weights, in eval mode, under modules of its own: for a network that others run too."""
    with evaluate.LOCK:  # a copy made while somebody looks at a layer would have their hooks
        return InspectedModel.of(model).model


def edited(model: nn.Module, layer: str, weights: Collection[tuple[Index, float]]) -> nn.Module:
    """The same network with single weights of `layer` set; all other tensors are the network's own.

    Raises ConfigurationError if the layer has no weights, or none there.
    """
    own = own_modules(model)
    if weights:
        changed = torch.from_numpy(filters(own, layer))
        for index, value in weights:
            if len(index) != changed.ndim or not all(0 <= i < n for i, n in zip(index, changed.shape, strict=True)):
                raise ConfigurationError(
                    N_("Layer {layer} has no weight {index}: it has {shape}."),
                    layer=layer,
                    index=", ".join(str(i + 1) for i in index),
                    shape=" × ".join(map(str, changed.shape)),
                )
            changed[index] = value
        module: Any = own.get_submodule(layer)
        module.weight = nn.Parameter(changed.to(module.weight), requires_grad=False)
    return own


def probabilities(model: nn.Module, x: Tensor, change: Change) -> Tensor:
    """(n, k): the answers of the changed network to x (n, c, h, w). `model` may be shared: a copy of it runs.

    Raises ConfigurationError, AnswerError.
    """
    own = edited(model, change.layer, change.weights)
    with torch.inference_mode(), scaled(own, change.layer, change.channels, change.factor):
        return evaluate.probabilities(own(x))


def written(model: nn.Module, layers: Collection[LayerInfo], change: Change) -> nn.Module:
    """A network of its own whose weights do what `change` does; `layers` are those of `summarize`.

    Raises ConfigurationError where weights cannot: channels of an addition or a sigmoid, for example.
    """
    own = edited(model, change.layer, change.weights)
    if not change.channels or change.factor == 1:
        return own
    known = {info.name: info for info in layers}
    producer: Any = own.get_submodule(_producer(own, known, change.layer))
    for name in ("weight", "bias"):
        tensor = getattr(producer, name)
        if tensor is not None:
            numbers = tensor.detach().clone()
            numbers[list(change.channels)] *= change.factor
            setattr(producer, name, nn.Parameter(numbers, requires_grad=False))
    return own


def _producer(model: nn.Module, layers: dict[str, LayerInfo], layer: str) -> str:
    """The layer with weights of which each map of `layer` is made, and nothing else is."""
    modules = dict(model.named_modules())
    name = layer
    while isinstance(modules.get(name), FOLLOWING) and len(layers[name].inputs) == 1:
        before = layers[name].inputs[0]
        if sum(before in info.inputs for info in layers.values()) != 1:
            break
        name = before
    if not isinstance(modules.get(name), _WEIGHTED):
        raise ConfigurationError(
            N_("What is done to {layer} cannot be kept as weights. Do it to a convolution or a fully connected layer."),
            layer=layer,
        )
    return name

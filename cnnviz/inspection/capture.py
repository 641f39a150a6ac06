"""Capture: what the layers of a network read and give as a picture passes, their weights, the picture. No UI, no disk.

`capture` is the one way to look at a layer: additions, concatenations and other functions between modules are layers
too, by the names of `summarize`. It runs the network itself, with hooks on it for as long; tracing with torch.fx would
break other threads' forward passes.
"""

from __future__ import annotations

import copy
import hashlib
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.autograd.graph import GradientEdge, get_gradient_edge

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.base.locale.typesetting import Listed
from cnnviz.base.params import not_one_of
from cnnviz.data.mnist_style import area_average
from cnnviz.engine.loader import Preprocessing
from cnnviz.models.empty_weights import is_materialized, materialize, materializing
from cnnviz.models.tracer import Tracer

Maps = NDArray[np.float32]
Weights = NDArray[np.float32]
Pixels = NDArray[np.uint8]
Normal = tuple[tuple[float, ...], tuple[float, ...]]  # mean and standard deviation of each channel


@dataclass(frozen=True, eq=False)
class Captured:
    """What one layer read, and a copy of what it gave: an in-place ReLU behind it would otherwise overwrite it.

    `inputs` is what the layer read also if it worked in place; of several layers, one further on may overwrite it.
    """

    inputs: tuple[Tensor, ...]
    output: Tensor
    edge: GradientEdge | None = None  # the output itself in autograd's graph: behind its copy there is nothing

    @classmethod
    def of(cls, inputs: tuple[Tensor, ...], output: Tensor) -> Captured:
        return cls(inputs, output.clone(), get_gradient_edge(output) if output.requires_grad else None)


class _AllCapturedError(Exception):
    """Nothing that was wanted is still to come: the pass can end."""


def capture(model: nn.Module, x: Tensor, layers: Collection[str] | None = None) -> dict[str, Captured]:
    """Layer -> what it read and gave when x (n, c, h, w) passed, in the order they ran.

    Of all layers, the answer last; of `layers` alone, and then nothing runs behind the last of them. Gradients flow if
    they are on. While it runs there are hooks on `model` itself: the caller lets nobody else run it meanwhile.
    Raises ConfigurationError if there is no such layer.
    """
    found: dict[str, Captured] = {}
    missing = set(layers or ())

    def take(name: str, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        if layers is None or name in missing:
            found[name] = Captured.of(inputs, output)
            missing.discard(name)
            if layers is not None and not missing:
                raise _AllCapturedError

    try:
        watched_pass(model, x, take)
    except _AllCapturedError:
        return found
    if missing:
        raise no_layer(min(missing))
    return found


def capture_with_answer(model: nn.Module, x: Tensor, layer: str) -> tuple[Captured, Tensor]:
    """What `layer` read and gave when x (n, c, h, w) passed, and what the network answered.

    Where gradients are on, `torch.autograd.grad(answer, captured.edge)` is the answer's by the layer's output.
    For the rest as `capture`.
    """
    found: dict[str, Captured] = {}

    def take(name: str, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        if name == layer:
            found[name] = Captured.of(inputs, output)

    answer = watched_pass(model, x, take)
    if not found:
        raise no_layer(layer)
    return found[layer], answer


def watched_pass(model: nn.Module, x: Tensor, take: Callable[[str, tuple[Tensor, ...], Tensor], None]) -> Tensor:
    """The network's answer; `take` is called with every layer's name, what it reads and what it gives."""
    x = x.clone()  # the first layer may work in place
    tracer = Tracer(on_operation=take)
    handles = tracer.watch(model)
    try:
        tracer.know_picture(x)
        with tracer:
            answer: Tensor = model(x)
            return answer
    finally:
        for handle in handles:
            handle.remove()


def no_layer(name: str) -> ConfigurationError:
    """For a name that no layer of the pass has."""
    return ConfigurationError(N_("The network has no layer {layer}."), layer=name)


@dataclass(frozen=True, eq=False)
class LayerIO:
    """What a layer made of one picture: (c, h, w) or (values,) each. Not to be changed: it is kept."""

    before: Maps  # the first of what it reads
    after: Maps


@dataclass(frozen=True, eq=False)
class InspectedModel:
    """A network in eval mode that nobody else runs; weights on the meta device come into being where a picture goes."""

    model: nn.Module
    seed: int = 0
    lock: Any = field(default_factory=threading.RLock)  # hooks are on `model` while it runs
    _tried: set[str] = field(default_factory=set)  # layers that noise has reached

    @classmethod
    def of(cls, model: nn.Module) -> InspectedModel:
        """A network that others run too: the same weights under modules of its own. Nobody may run it meanwhile."""
        same: dict[int, Any] = {id(tensor): tensor for tensor in (*model.parameters(), *model.buffers())}
        return cls(copy.deepcopy(model, same).eval())

    def layer_io(self, layer: str, picture: Maps) -> LayerIO:
        """`picture` (c, h, w), as the network gets it, as far as `layer`. Raises ConfigurationError without such."""
        # no_grad, not inference_mode: weights that come into being here may later take part in a gradient
        with self.running(), torch.no_grad():
            captured = self.capture(layer, torch.from_numpy(picture)[None])
        return LayerIO(_maps(captured.inputs[0][0]), _maps(captured.output[0]))

    def capture(self, layer: str, x: Tensor) -> Captured:
        """The same with tensors, x (1, c, h, w), and with gradients where they are on; inside `running`."""
        if layer not in self._tried and not is_materialized(self.model):
            # What batch norm finds usual must not depend on whose picture was first: noise goes ahead of every picture.
            noise = torch.randn(x.shape, generator=torch.Generator().manual_seed(self.seed))
            with torch.no_grad():
                capture(self.model, noise, (layer,))
            self._tried.add(layer)
        return capture(self.model, x, (layer,))[layer]

    def module(self, layer: str) -> nn.Module | None:
        """The layer with its weights, which a picture must have reached; None for a function between modules."""
        found = dict(self.model.named_modules()).get(layer)
        if found is not None:
            with self.lock:
                materialize(found, layer, self.seed)
        return found

    def forget(self) -> None:
        """Give the memory of all weights back; where a picture goes, the same ones come into being again.

        Only for weights that came into being here.
        """
        with self.lock:
            self.model.to("meta")
            self._tried.clear()

    @contextmanager
    def running(self) -> Iterator[None]:
        """One thread at a time, with weights growing."""
        with self.lock, materializing(self.model, self.seed):
            yield


def has_filters(model: nn.Module, layer: str) -> bool:
    """Whether `layer` learns weights that can be looked at; an operation between layers never does."""
    return isinstance(dict(model.named_modules()).get(layer), (nn.Conv2d, nn.Linear))


def filters(model: nn.Module, layer: str) -> Weights:
    """The layer's weights, the caller's own: (out, in, kh, kw) of a convolution, (out, in) of a fully connected layer.

    Raises ConfigurationError if there is no such layer, or if it has no weights.
    """
    return _copy(_weighted(model, layer).weight)


def biases(model: nn.Module, layer: str) -> Weights:
    """The layer's biases (out,); zeros if it has none. Raises ConfigurationError as `filters` does."""
    module = _weighted(model, layer)
    return np.zeros(len(module.weight), np.float32) if module.bias is None else _copy(module.bias)


def _weighted(model: nn.Module, layer: str) -> nn.Conv2d | nn.Linear:
    layers = {name: module for name, module in model.named_modules() if not any(True for _ in module.children())}
    if layer not in layers:
        raise not_one_of("layer", layer, layers)
    module = layers[layer]
    if not isinstance(module, (nn.Conv2d, nn.Linear)):
        raise ConfigurationError(
            N_("Layer {layer} has no filters: it learns nothing. Choose one of {allowed}."),
            layer=layer,
            allowed=Listed(name for name, each in layers.items() if isinstance(each, (nn.Conv2d, nn.Linear))),
        )
    return module


def _maps(tensor: Tensor) -> Maps:
    return tensor.detach().float().contiguous().numpy()


def _copy(tensor: Tensor) -> Weights:
    return tensor.detach().float().cpu().numpy().copy()


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


def prepared(picture: Pixels, preprocessing: Preprocessing) -> InputImage:
    """A picture (channels, h, w) of a data set, of any size, as the network gets it."""
    fitted = preprocessing.fit(torch.from_numpy(np.ascontiguousarray(picture))[None])
    x = preprocessing.normalize(fitted)[0].contiguous().numpy()
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
    """For a block alone, which reads maps: `count` mixtures of the colours (3, h, w), drawn at random, as a ReLU's."""
    mixing = np.random.default_rng(0).normal(size=(count, 3)) / np.sqrt(3)
    return np.maximum(0, np.einsum("mc,chw->mhw", mixing, x)).astype(np.float32)

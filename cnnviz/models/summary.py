"""Summary of a network: what each layer costs and sees, without computing one number of it.

A copy of the network runs once on torch's meta device, where tensors are shapes; the layers everybody uses are worked
out by `shapes.py` instead of torch, and a `Tracer` notes what runs. Nothing here is shared, so other threads can run
the same network meanwhile; torch.fx would break their forward passes.
"""

from __future__ import annotations

import copy
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import prod
from typing import overload

import torch
from torch import Tensor, nn

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.base.locale.typesetting import Listed
from cnnviz.models.operations import PICTURE, Operation, Trace, is_leaf
from cnnviz.models.positions import is_free
from cnnviz.models.receptive_field import Field, longer
from cnnviz.models.shapes import Shape, Window, rule
from cnnviz.models.tracer import Tracer

BYTES_PER_VALUE = 4  # float32
_NAMED = 4  # of many

_UNCOUNTED = N_("Not counted, as there is no figure for their multiplications: {names}.")
_UNREAD = N_("{count} of the weights are read by no layer when it answers, but count in the total: {names}.")
_UNPLACED = N_("From here on the whole picture is taken for what a value sees, as its place is not known: {names}.")
Fields = tuple[Field, Field]  # along height and width


@dataclass(frozen=True)
class LayerInfo:
    """One layer, or one operation between layers, for one picture."""

    name: str  # torch's dotted name; an operation's is its block's and its own: "layer1.0.add"
    kind: str  # torch's class: "Conv2d"; of operations "Add", "Concat", "Flatten", ...
    input_shape: tuple[int, ...]  # without the batch axis; of several inputs the first one's
    output_shape: tuple[int, ...]
    params: int  # weights and biases
    macs: int  # multiply-accumulates; biases, activations and pooling are not counted, as is usual
    activation_bytes: int  # of the output, float32
    receptive_field: int  # side in input pixels that one output value depends on, as if the picture had no border
    jump: int | None  # input pixels between neighbouring outputs; None once positions are flattened away
    start: int = 0  # first input pixel that output 0 sees; negative: padding
    inputs: tuple[str, ...] = ()  # the layers it reads; () the picture, which beside layers is ""
    module: bool = True  # whether it is a module of the network, not an operation between modules
    axes: Fields = (Field(), Field())  # size, jump and start along height and width, where they differ
    window: Window | None = None  # what it slides over its input, along height and width


@dataclass(frozen=True)
class Summary(Sequence[LayerInfo]):
    """The layers in the order they run, and their totals."""

    layers: tuple[LayerInfo, ...]
    unread: tuple[tuple[str, int], ...] = ()  # weights that no layer read: name, how many numbers
    uncounted: tuple[str, ...] = ()  # operations of which nobody knows what they multiply, by layer
    unplaced: tuple[str, ...] = ()  # operations after which it is not known which pixels a value sees: all are taken

    @overload
    def __getitem__(self, index: int) -> LayerInfo: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[LayerInfo]: ...
    def __getitem__(self, index: int | slice) -> LayerInfo | Sequence[LayerInfo]:
        return self.layers[index]

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[LayerInfo]:
        return iter(self.layers)

    @property
    def params(self) -> int:
        """Weights and biases of the whole network, those that no layer read too: as many as torch counts."""
        return sum(layer.params for layer in self.layers) + sum(count for _, count in self.unread)

    @property
    def macs(self) -> int:
        """Of all layers; those of `uncounted` would come on top."""
        return sum(layer.macs for layer in self.layers)

    @property
    def remarks(self) -> tuple[tuple[str, dict[str, object]], ...]:
        """What these figures do not tell, as messages with their values; () for every network of the zoo."""
        unread = {"count": f"{sum(count for _, count in self.unread):,}", "names": _some(n for n, _ in self.unread)}
        said: list[tuple[bool, str, dict[str, object]]] = [
            (bool(self.uncounted), _UNCOUNTED, {"names": _some(self.uncounted)}),
            (bool(self.unread), _UNREAD, {**unread}),
            (bool(self.unplaced), _UNPLACED, {"names": _some(self.unplaced)}),
        ]
        return tuple((message, values) for is_so, message, values in said if is_so)

    @property
    def activation_bytes(self) -> int:
        return sum(layer.activation_bytes for layer in self.layers)


def summarize(model: nn.Module, input_size: tuple[int, int, int]) -> Summary:
    """Every layer of `model` for one picture of `input_size` (channels, height, width). `model` is left alone.

    Raises ConfigurationError if a layer cannot take what reaches it.
    """
    traced = trace(model, input_size)
    counted: set[int] = set()  # weights that two layers share count once
    layers = tuple(_layer(operation, counted) for operation in traced)
    return Summary(layers, tuple(traced.unread.items()), traced.uncounted, traced.unplaced)


def trace(model: nn.Module, input_size: tuple[int, int, int]) -> Trace:
    """What runs when one picture of `input_size` passes through `model` in eval mode. `model` is left alone.

    Raises ConfigurationError if an operation cannot take what reaches it.
    """
    tracer = Tracer(sides=(input_size[1], input_size[2]))
    meta = on_meta(model)
    for module in meta.modules():
        shape_after = rule(module)
        if shape_after is not None:
            module.forward = _by(shape_after, getattr(module, "inplace", False))
        elif is_leaf(module) and not is_free(module):
            module.forward = tracer.counting(module)
    tracer.watch(meta)
    x = torch.empty((1, *input_size), device="meta")
    tracer.know_picture(x)
    try:
        with torch.inference_mode(), tracer:
            meta(x)
    except NotImplementedError as error:
        raise ConfigurationError(
            N_("Of the layer {layer} PyTorch cannot tell the shapes without computing: {reason}."),
            layer=tracer.now,
            reason=str(error).strip().split("\n")[0].rstrip("."),
        ) from error
    except (RuntimeError, ValueError, IndexError) as error:
        raise ConfigurationError(
            N_("The layer {layer} cannot take what reaches it, {shape}. Try pictures of another size."),
            layer=tracer.now,
            shape="x".join(map(str, tracer.reached[1:])),
        ) from error
    return tracer.traced(meta)


def on_meta(model: nn.Module) -> nn.Module:
    """A copy in eval mode that shares no storage: shapes only, so even a large network costs nothing."""
    shapes: dict[int, object] = {
        id(p): nn.Parameter(p.detach().to("meta"), p.requires_grad) for p in model.parameters()
    }
    shapes.update({id(b): b.to("meta") for b in model.buffers()})
    for module in model.modules():  # hooks stay behind; another thread may be adding one right now
        shapes.update((id(hooks), OrderedDict()) for hooks in (module._forward_hooks, module._forward_pre_hooks))
    return copy.deepcopy(model, shapes).eval()


def outermost(model: nn.Module, name: str) -> str:
    """The block that the layer `name` belongs to: the outermost module around it that is no mere stack, or itself."""
    path = name.split(".")
    for depth in range(1, len(path)):
        outer = ".".join(path[:depth])
        if not isinstance(model.get_submodule(outer), (nn.Sequential, nn.ModuleList)):
            return outer
    return name


def _by(shape_after: Callable[[Shape], Shape], in_place: bool) -> Callable[[Tensor], Tensor]:
    """A layer's forward pass that only works out the shape."""

    def forward(x: Tensor) -> Tensor:
        shape = shape_after(tuple(x.shape))
        return x if in_place else torch.empty(shape, device="meta")

    return forward


def _some(names: Iterable[str]) -> Listed:
    return Listed.first(names, _NAMED)


def _layer(operation: Operation, counted: set[int]) -> LayerInfo:
    height, width = (views.figures for views in operation.views)
    one = longer((height, width))
    return LayerInfo(
        name=operation.name,
        kind=operation.kind,
        input_shape=operation.input_shapes[0][1:] if operation.input_shapes else (),
        output_shape=operation.output_shape[1:],
        params=_params(operation, counted),
        macs=_macs(operation),
        activation_bytes=prod(operation.output_shape) * BYTES_PER_VALUE,
        receptive_field=one.size,
        jump=one.jump,
        start=one.start,
        inputs=() if operation.inputs == (PICTURE,) else operation.inputs,
        module=operation.module is not None,
        axes=(height, width),
        window=operation.window,
    )


def _params(operation: Operation, counted: set[int]) -> int:
    fresh = [weight for weight in operation.weights if id(weight) not in counted]
    counted.update(map(id, fresh))
    return sum(weight.numel() for weight in fresh)


def _macs(operation: Operation) -> int:
    layer = operation.module
    if operation.macs is not None:
        return operation.macs
    if isinstance(layer, nn.Conv2d):  # weight: (out, in / groups, kh, kw)
        return prod(operation.output_shape) * layer.weight[0].numel()
    if isinstance(layer, nn.Linear):
        return prod(operation.output_shape) * layer.in_features
    return 0

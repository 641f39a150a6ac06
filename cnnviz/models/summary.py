"""What a network costs and what each of its layers sees, without computing one number of it.

The picture passes through on torch's meta device (`tracing.py`): shapes only, through branches, sums, concatenations.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod
from typing import overload

from torch import nn

from cnnviz.models.fields import Field, flattened, longer, through_adaptive, through_window, together, whole
from cnnviz.models.shapes import Window
from cnnviz.models.tracing import PICTURE, Operation, trace

BYTES_PER_VALUE = 4  # float32
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
        return sum(layer.params for layer in self.layers)

    @property
    def macs(self) -> int:
        return sum(layer.macs for layer in self.layers)

    @property
    def activation_bytes(self) -> int:
        return sum(layer.activation_bytes for layer in self.layers)


def summarize(model: nn.Module, input_size: tuple[int, int, int]) -> Summary:
    """Every layer of `model` for one picture of `input_size` (channels, height, width). `model` is left alone.

    Raises ConfigurationError if a layer cannot take what reaches it.
    """
    sides = (input_size[1], input_size[2])
    seen: dict[str, Fields] = {PICTURE: (Field(), Field())}
    counted: set[int] = set()  # weights that two layers share count once
    layers = []
    for operation in trace(model, input_size):
        fields = seen[operation.name] = _fields(operation, [seen[name] for name in operation.inputs], sides)
        one = longer(fields)
        layers.append(
            LayerInfo(
                name=operation.name,
                kind=operation.kind,
                input_shape=operation.input_shapes[0][1:] if operation.input_shapes else (),
                output_shape=operation.output_shape[1:],
                params=_params(operation.module, counted),
                macs=_macs(operation),
                activation_bytes=prod(operation.output_shape) * BYTES_PER_VALUE,
                receptive_field=one.size,
                jump=one.jump,
                start=one.start,
                inputs=() if operation.inputs == (PICTURE,) else operation.inputs,
                module=operation.module is not None,
                axes=fields,
                window=operation.window,
            )
        )
    return Summary(tuple(layers))


def _fields(operation: Operation, read: list[Fields], sides: tuple[int, int]) -> Fields:
    """What a value of the operation's output sees, along height and width."""
    if not read:
        return whole(sides[0]), whole(sides[1])
    height, width = (_along(operation, axis, [fields[axis] for fields in read], sides[axis]) for axis in (0, 1))
    return height, width


def _along(operation: Operation, axis: int, read: list[Field], side: int) -> Field:
    field = read[0] if len(read) == 1 else together(read)
    before, after = operation.input_shapes[0], operation.output_shape
    if len(before) != 4:  # (n, values): positions are gone
        return field
    if len(after) != 4:
        return flattened(field, before[2 + axis], side)
    if operation.kind.startswith("Adaptive"):
        return through_adaptive(field, before[2 + axis], after[2 + axis], side)
    if operation.window is not None:
        own = operation.window[axis]
        return through_window(field, own.extent, own.stride, own.before, side)
    return field if before[2 + axis] == after[2 + axis] else whole(side)


def _params(module: nn.Module | None, counted: set[int]) -> int:
    fresh = [weight for weight in module.parameters() if id(weight) not in counted] if module is not None else []
    counted.update(map(id, fresh))
    return sum(weight.numel() for weight in fresh)


def _macs(operation: Operation) -> int:
    layer = operation.module
    if isinstance(layer, nn.ConvTranspose2d):  # every input value meets weight (in, out / groups, kh, kw)
        return prod(operation.input_shapes[0]) * layer.weight[0].numel()
    if isinstance(layer, nn.Conv2d):  # weight: (out, in / groups, kh, kw)
        return prod(operation.output_shape) * layer.weight[0].numel()
    if isinstance(layer, nn.Linear):
        return prod(operation.output_shape) * layer.in_features
    return 0

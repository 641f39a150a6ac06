"""What a network costs and what each of its layers sees, without computing one number of it.

The picture passes through on torch's meta device: shapes only. Sequential networks, which is all we have today.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

import torch
from torch import nn

from cnnviz.errors import ConfigurationError
from cnnviz.locale import N_

BYTES_PER_VALUE = 4  # float32


@dataclass(frozen=True)
class LayerInfo:
    """One layer, for one picture."""

    name: str
    kind: str  # torch's class: "Conv2d"
    input_shape: tuple[int, ...]  # without the batch axis
    output_shape: tuple[int, ...]
    params: int  # weights and biases
    macs: int  # multiply-accumulates; biases, activations and pooling are not counted, as is usual
    activation_bytes: int  # of the output, float32
    receptive_field: int  # side in input pixels that one output value depends on, as if the picture had no border
    jump: int | None  # input pixels between neighbouring outputs; None once positions are flattened away


@dataclass(frozen=True)
class Summary(Sequence[LayerInfo]):
    """The layers in order, and their totals."""

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


def summarize(model: nn.Sequential, input_size: tuple[int, int, int]) -> Summary:
    """Every layer of `model` for one picture of `input_size` (channels, height, width). `model` is left alone.

    Raises ConfigurationError if a layer cannot take what reaches it.
    """
    x = torch.empty((1, *input_size), device="meta")
    field, jump = 1, 1
    layers = []
    for name, layer in _on_meta(model).named_children():
        y = _pass(layer, x, name)
        positions = y.dim() == 4  # (1, c, h, w)
        if positions:
            field, jump = _grow(layer, field, jump)
        else:
            field = max(input_size[1:])
        layers.append(
            LayerInfo(
                name=name,
                kind=type(layer).__name__,
                input_shape=tuple(x.shape[1:]),
                output_shape=tuple(y.shape[1:]),
                params=sum(weight.numel() for weight in layer.parameters()),
                macs=_macs(layer, y),
                activation_bytes=y.numel() * BYTES_PER_VALUE,
                receptive_field=field,
                jump=jump if positions else None,
            )
        )
        x = y
    return Summary(tuple(layers))


def _pass(layer: nn.Module, x: torch.Tensor, name: str) -> torch.Tensor:
    try:
        output: torch.Tensor = layer(x)
        return output
    except RuntimeError as error:
        raise ConfigurationError(
            N_("The layer {layer} cannot take what reaches it, {shape}. Try pictures of another size."),
            layer=name,
            shape="x".join(map(str, x.shape[1:])),
        ) from error


def _on_meta(model: nn.Sequential) -> nn.Sequential:
    """A copy that shares no storage: its tensors are shapes only, so even a large network costs nothing."""
    shapes: dict[int, object] = {
        id(p): nn.Parameter(p.detach().to("meta"), p.requires_grad) for p in model.parameters()
    }
    shapes.update({id(b): b.to("meta") for b in model.buffers()})
    return copy.deepcopy(model, shapes).eval()


def _grow(layer: nn.Module, field: int, jump: int) -> tuple[int, int]:
    """Receptive field and jump after `layer`; of a rectangular kernel the longer side."""
    if not hasattr(layer, "kernel_size"):
        return field, jump
    kernel_size, stride, dilation = (
        _longest(getattr(layer, name, 1)) for name in ("kernel_size", "stride", "dilation")
    )
    return field + dilation * (kernel_size - 1) * jump, jump * stride


def _longest(value: int | tuple[int, ...]) -> int:
    return max(value) if isinstance(value, tuple) else int(value)


def _macs(layer: nn.Module, output: torch.Tensor) -> int:
    if isinstance(layer, nn.Conv2d):  # weight: (out, in / groups, kh, kw)
        return output.numel() * layer.weight[0].numel()
    if isinstance(layer, nn.Linear):  # weight: (out, in)
        return layer.weight.numel()
    return 0

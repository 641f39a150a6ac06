"""CPU layout: the same network, computed sooner. On a CPU two rearrangements, which do not change what is computed:

- A convolution that makes 6 maps fills 6 of the 8 lanes of a vector register. Two maps of zeros are added, and the next
  convolution reads them with weights of zero. LeNet-5: 12.2 -> 10.5 ms a step (with the other, batch 100, one core).
- max(relu(x)) is relu(max(x)), for every activation that never falls: pooled first, it has a quarter of the work.

Weights, gradients and checkpoints are the network's own. What was tried and was not faster: convolutions as matrix
products (im2col, also of pooling's four phases at once), torch.compile.

On CUDA the network is compiled if CNNVIZ_COMPILE=1 asks for it: with CUDA graphs, which a small network needs, and half
a minute before the first step. Nobody has run that yet; what cannot be compiled is computed as it is.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from cnnviz.engine.device import device_of

LANES = 8  # floats in a vector register of AVX2
_NEVER_FALLING = (nn.ReLU, nn.LeakyReLU, nn.Sigmoid, nn.Tanh)
Forward = Callable[[Tensor], Tensor]


def optimize_forward(model: nn.Module) -> Forward:
    """`model` for training on its device: compiled where that was asked for, else as `for_cpu` has it."""
    if device_of(model).type == "cuda" and os.environ.get("CNNVIZ_COMPILE") == "1":
        return _compiled(model)
    return for_cpu(model)


def for_cpu(model: nn.Module) -> Forward:
    """`model` with both rearrangements if it is a plain stack on the CPU, else itself.

    Itself too while somebody looks at its layers or changes what they give: rearranged, hooks would not be called.
    """
    if device_of(model).type != "cpu" or type(model) is not nn.Sequential or any(map(_is_hooked, model.modules())):
        return model
    return nn.Sequential(*_widened(_pooled_first(list(model.children()))))


def _is_hooked(module: nn.Module) -> bool:
    return bool(module._forward_hooks or module._forward_pre_hooks)


def _compiled(model: nn.Module) -> Forward:
    import torch._dynamo  # heavy: 2 s, for CUDA alone

    torch._dynamo.config.suppress_errors = True
    compiled: Forward = torch.compile(model, mode="reduce-overhead")
    return compiled


def _pooled_first(layers: list[nn.Module]) -> list[nn.Module]:
    """Every max pooling changed places with the activation before it."""
    order = list(layers)
    for index in range(len(order) - 1):
        if isinstance(order[index], _NEVER_FALLING) and isinstance(order[index + 1], nn.MaxPool2d):
            order[index], order[index + 1] = order[index + 1], order[index]
    return order


def _widened(layers: list[nn.Module]) -> list[nn.Module]:
    """Convolutions with a number of maps that leaves lanes empty, and those that read them, given more."""
    more_out: dict[int, int] = {}
    more_in: dict[int, int] = {}
    for index, layer in enumerate(layers):
        reader = _reader(layers, index)
        if isinstance(layer, nn.Conv2d) and layer.groups == 1 and reader is not None:
            more_out[index] = more_in[reader] = -layer.out_channels % LANES
    return [
        _Wider(layer, more_in.get(index, 0), more_out.get(index, 0))
        if isinstance(layer, nn.Conv2d) and (more_in.get(index) or more_out.get(index))
        else layer
        for index, layer in enumerate(layers)
    ]


def _reader(layers: list[nn.Module], index: int) -> int | None:
    """The next convolution, if nothing but activations and pooling, which treat each map alone, lies between."""
    for other in range(index + 1, len(layers)):
        layer = layers[other]
        if isinstance(layer, nn.Conv2d):
            return other if layer.groups == 1 else None
        if not isinstance(layer, (*_NEVER_FALLING, nn.MaxPool2d, nn.AvgPool2d)):
            return None
    return None


class _Wider(nn.Module):
    """A convolution with maps of zeros added on either side. Its weights stay those of the convolution."""

    def __init__(self, layer: nn.Conv2d, more_in: int, more_out: int) -> None:
        super().__init__()
        self._layer, self._more = [layer], (more_in, more_out)  # in a list: it is no child, and not counted twice

    def forward(self, x: Tensor) -> Tensor:
        (layer,), (more_in, more_out) = self._layer, self._more
        weight = F.pad(layer.weight, (0, 0, 0, 0, 0, more_in, 0, more_out))
        bias = None if layer.bias is None else F.pad(layer.bias, (0, more_out))
        return layer._conv_forward(x.contiguous(memory_format=torch.channels_last), weight, bias)

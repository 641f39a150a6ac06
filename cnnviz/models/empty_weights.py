"""Empty weights: a network made in milliseconds, without its numbers, and how it gets them layer by layer when it runs.

It is on torch's meta device, its initial values not drawn: drawing them there would do nothing, but importing what
torch does that nothing with takes seconds. VGG-19 has 574 MB of weights; its first convolution needs 7 kB of them.
Every layer draws from a generator of its own, so that its weights depend on the seed and its name alone, not on what
was asked for before. Knows no picture.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode


@contextmanager
def init_empty_weights() -> Iterator[None]:
    """Networks made inside have shapes only; other threads notice nothing."""
    with torch.device("meta"), _NotDrawn():
        yield


class _NotDrawn(TorchFunctionMode):
    """Leaves out whatever fills a tensor: torch.nn.init and what it is made of."""

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        if getattr(func, "__module__", "") == "torch.nn.init" or getattr(func, "__name__", "") in _FILL:
            return args[0] if args else (kwargs or {})["tensor"]
        return func(*args, **(kwargs or {}))


_FILL = {"uniform_", "normal_", "fill_", "zero_", "erfinv_", "mul_", "add_", "clamp_"}


@contextmanager
def materializing(outline: nn.Module, seed: int = 0) -> Iterator[None]:
    """While inside, a layer of `outline` (a network on the meta device) that runs gets its weights, and keeps them."""
    leaves = [(name, layer) for name, layer in outline.named_modules() if not any(True for _child in layer.children())]
    handles = [layer.register_forward_pre_hook(_hook(name, seed)) for name, layer in leaves]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def is_materialized(model: nn.Module) -> bool:
    """Whether every layer has its weights."""
    return not any(tensor.is_meta for tensor in (*model.parameters(), *model.buffers()))


def materialize(layer: nn.Module, name: str, seed: int = 0, x: Tensor | None = None) -> None:
    """Give one layer on the meta device its weights, by He's rule with biases of 0; any other is left alone.

    K. He et al., "Delving Deep into Rectifiers", 2015: the variance is 2 / inputs of a unit, so that signals neither
    fade nor grow on their way through many layers. Batch norm takes the values x (n, c, h, w) that reach it for usual:
    with the mean 0 and variance 1 that torch begins with, ResNet-152's residual sums would grow past 10^9.
    """
    waits_for_values = x is None and not isinstance(layer, (nn.Conv2d, nn.Linear))  # batch norm does
    if is_materialized(layer) or waits_for_values:
        return
    layer.to_empty(device="cpu", recurse=False)
    generator = torch.Generator().manual_seed(zlib.crc32(f"{seed} {name}".encode()))
    with torch.no_grad():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu", generator=generator)
            if layer.bias is not None:
                layer.bias.zero_()
            return
        layer.reset_parameters()  # type: ignore[operator]  # batch norm: ones and zeros, nothing is drawn
        if x is not None and isinstance(layer, nn.BatchNorm2d) and layer.running_var is not None:
            variance, mean = torch.var_mean(x, dim=(0, 2, 3), correction=0)
            layer.running_mean, layer.running_var = mean, variance


def _hook(name: str, seed: int) -> Callable[[nn.Module, Any], None]:
    return lambda layer, inputs: materialize(layer, name, seed, inputs[0] if inputs else None)

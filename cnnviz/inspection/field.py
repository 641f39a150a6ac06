"""What one value of a layer really depends on: the gradient of the layer's middle value with respect to the picture.

W. Luo, Y. Li, R. Urtasun, R. Zemel, "Understanding the Effective Receptive Field in Deep Convolutional Neural
Networks", 2016: far fewer pixels matter much than theory allows, and those in the middle most.
"""

from __future__ import annotations

import threading

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from cnnviz.errors import ConfigurationError
from cnnviz.locale import N_


class _ReachedError(Exception):
    """The layer has answered; what comes after it is not needed."""

    def __init__(self, output: torch.Tensor) -> None:
        super().__init__()
        self.output = output


def influence(outline: nn.Module, layer: str, input_size: tuple[int, int, int], seed: int = 0) -> NDArray[np.float32]:
    """(height, width): how much each pixel moves the middle value of `layer`, all its maps together; at most 1.

    `outline` is a network on the meta device, which this turns into one with fresh random weights as far as `layer`:
    give it a copy of its own. Averaged over a few random pictures. Raises ConfigurationError if there is no such layer.
    """
    modules = dict(outline.named_modules())
    if layer not in modules:
        raise ConfigurationError(
            N_("There is no layer {layer} to measure: it computes, but is no module of its own."), layer=layer
        )
    generator = torch.Generator().manual_seed(seed)
    total = torch.zeros(input_size[1:])
    with _LOCK, torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        handles = [module.register_forward_pre_hook(_materialize) for module in modules.values() if _is_leaf(module)]
        handles.append(modules[layer].register_forward_hook(_stop))
        try:
            for _picture in range(_SMALL_PICTURES if max(input_size[1:]) <= 64 else 1):
                x = torch.randn((1, *input_size), generator=generator, requires_grad=True)
                total += _gradient(outline.eval(), x).abs().sum(dim=(0, 1))
        finally:
            for handle in handles:
                handle.remove()
    highest = float(total.max())
    return (total / highest if highest > 0 else total).numpy()


_SMALL_PICTURES = 4
_LOCK = threading.Lock()  # one at a time: seconds for a deep network, on one's own weights, so nobody else waits


def _gradient(model: nn.Module, x: torch.Tensor) -> torch.Tensor:
    try:
        output = model(x)
    except _ReachedError as reached:
        output = reached.output
    if output.dim() == 4:
        output = output[..., output.shape[2] // 2, output.shape[3] // 2]
    return torch.autograd.grad(output.abs().sum(), x)[0]


def _is_leaf(module: nn.Module) -> bool:
    return not any(True for _child in module.children())


def _materialize(module: nn.Module, _inputs: object) -> None:
    """Weights come into being where the picture gets to, so that the large layers after it cost nothing."""
    if any(tensor.is_meta for tensor in (*module.parameters(False), *module.buffers(False))):
        module.to_empty(device="cpu", recurse=False)
        module.reset_parameters()  # type: ignore[operator]


def _stop(_module: nn.Module, _inputs: object, output: torch.Tensor) -> None:
    raise _ReachedError(output)

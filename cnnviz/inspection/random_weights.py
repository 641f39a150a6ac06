"""Random weights: the same network as it was before it learnt anything, to hold an explanation of it against.

J. Adebayo et al., "Sanity Checks for Saliency Maps", 2018: a method that looks as convincing there explains nothing the
network has learnt. Knows no picture, no disk.
"""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import Tensor, nn

from cnnviz.engine.evaluate import LOCK
from cnnviz.models.empty_weights import materializing

_NOISE = 8  # pictures: batch norm takes what they make for usual


def with_random_weights(model: nn.Module, input_size: tuple[int, int, int], seed: int = 0) -> nn.Module:
    """A network of its own, in eval mode: every layer's weights drawn again, as `materialize` draws them.

    Batch norm finds usual what noise makes of those weights. `model` itself is left as it is.
    """
    with LOCK:  # hooks of a pass that is under way would be copied too
        twin = copy.deepcopy(model, _empty_weights(model)).eval()
        twin.requires_grad_(True)
    noise = torch.randn(_NOISE, *input_size, generator=torch.Generator().manual_seed(seed))
    with torch.inference_mode(False), torch.no_grad(), materializing(twin, seed):
        twin(noise)
    return twin


def _empty_weights(model: nn.Module) -> dict[int, Any]:
    """For `deepcopy`: id of each weight that can be drawn again -> one on the meta device; others are the same."""
    drawn = [layer for layer in model.modules() if hasattr(layer, "reset_parameters")]
    tensors: dict[int, Any] = {id(each): each for each in (*model.parameters(), *model.buffers())}
    for layer in drawn:
        for weight in layer.parameters(recurse=False):
            tensors[id(weight)] = nn.Parameter(_shape_of(weight))
        for buffer in layer.buffers(recurse=False):
            tensors[id(buffer)] = _shape_of(buffer)
    return tensors


def _shape_of(tensor: Tensor) -> Tensor:
    return torch.empty_like(tensor, device="meta")

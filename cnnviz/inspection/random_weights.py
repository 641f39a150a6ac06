"""Random weights: the same network as it was before it learnt anything, to hold an explanation of it against.

J. Adebayo et al., "Sanity Checks for Saliency Maps", 2018: a method that looks as convincing there explains nothing the
network has learnt. Knows no picture, no disk.
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
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


def rank_correlation(first: NDArray[np.floating], second: NDArray[np.floating]) -> float:
    """Spearman's: 1 where both order all values alike, 0 where one says nothing of the other; 0 for a constant.

    >>> rank_correlation(np.array([1.0, 2.0, 30.0]), np.array([-1.0, 5.0, 6.0]))
    1.0
    """
    one, other = (ranks - ranks.mean() for ranks in (_ranks(first), _ranks(second)))
    length = float(np.sqrt((one**2).sum() * (other**2).sum()))
    return round(float((one * other).sum()) / length, 12) if length else 0.0


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


def _ranks(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """1 for the smallest; equal ones share the mean of their places."""
    _values, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks: NDArray[np.float64] = (last - (counts - 1) / 2)[places.ravel()]
    return ranks

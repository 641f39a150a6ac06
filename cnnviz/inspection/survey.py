"""Survey: one picture's way through a whole network, every layer at a glance and one of them in full. No UI, no disk.

Only a glance of each layer is kept: the outputs of all 517 layers of a ResNet-152 are 0.3 GB.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from cnnviz.engine.evaluate import LOCK
from cnnviz.inspection.capture import Maps, capture, watched_pass

SIDE = 40  # pixels of the map in a glance, at most


@dataclass(frozen=True, eq=False)
class Glance:
    """A layer's answer, made small."""

    map: Maps  # (h, w) of its liveliest map, sides at most `SIDE`; of values without a place all of them, (n,)
    index: int  # of that map
    low: float  # of the whole answer
    high: float


@dataclass(frozen=True, eq=False)
class Seen:
    """What one layer read and gave, without the batch axis."""

    read: tuple[Maps, ...]  # several of an addition or a concatenation
    output: Maps

    @property
    def nbytes(self) -> int:
        return sum(each.nbytes for each in (*self.read, self.output))


@dataclass(frozen=True, eq=False)
class Survey:
    """What a network made of one picture. Not to be changed: it is kept."""

    glances: Mapping[str, Glance]  # by layer, in the order they ran
    logits: Maps  # what the last layer answers


def survey(model: nn.Module, x: Tensor, keep: Collection[str] = ()) -> tuple[Survey, dict[str, Seen]]:
    """One pass of x (1, c, h, w) through `model`, in eval mode: a glance of every layer, and all of those in `keep`.

    The lock of the server's forward passes is held meanwhile.
    """
    glances: dict[str, Glance] = {}
    seen: dict[str, Seen] = {}

    def see(name: str, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        values = _numbers(output)
        glances[name] = glance(values)
        if name in keep:
            seen[name] = Seen(tuple(_numbers(each).copy() for each in inputs), values.copy())

    with LOCK, torch.inference_mode():
        answer = watched_pass(model, x, see)
    return Survey(glances, _numbers(answer).copy()), seen


def look(model: nn.Module, x: Tensor, layer: str) -> Seen:
    """One layer alone, in full: the pass ends with it. Raises ConfigurationError if there is no such layer."""
    with LOCK, torch.inference_mode():
        captured = capture(model, x, (layer,))[layer]
    return Seen(tuple(_numbers(each) for each in captured.inputs), _numbers(captured.output))


def glance(output: Maps) -> Glance:
    """The liveliest map of (c, h, w), the one whose values differ most, by the means of squares of pixels.

    NumPy, not torch: its threads wait for each other, on a busy machine longer than all of this takes.
    """
    flat = output.reshape(len(output), -1) if output.ndim == 3 else output[None]
    lows, highs = flat.min(axis=1), flat.max(axis=1)
    if not (np.isfinite(lows).all() and np.isfinite(highs).all()):
        return glance(np.nan_to_num(output, posinf=0.0, neginf=0.0))
    low, high = min(0.0, float(lows.min())), max(0.0, float(highs.max()))
    if output.ndim != 3 or output.shape[1:] == (1, 1):
        return Glance(output.ravel().copy(), 0, low, high)
    index = int((highs - lows).argmax())
    return Glance(_smaller(output[index]), index, low, high)


def _smaller(values: NDArray[np.float32]) -> Maps:
    """(h, w) by whole factors to sides of at most `SIDE`; what is left over at the end is cut off."""
    factor = -(-max(values.shape) // SIDE)
    height, width = (max(1, side // factor) for side in values.shape)
    if factor == 1 or min(values.shape) < factor:
        return values[:SIDE, :SIDE].copy()
    cut = values[: height * factor, : width * factor]
    mean: Maps = cut.reshape(height, factor, width, factor).mean(axis=(1, 3))
    return mean


def _numbers(tensor: Tensor) -> Maps:
    return tensor[0].float().cpu().numpy()

"""Responses: what a layer's units answer to a whole data set, which pictures excite each most, how often each fires.

A unit is a filter's map, or a value of a fully connected layer. It **fires** at a place where its value is above its
threshold: zero, as for the ReLU that stands behind most layers. One that fires nowhere in any picture is dead for this
data. Knows nothing of the UI.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from cnnviz.data.dataset_spec import Split
from cnnviz.engine.device import device_of
from cnnviz.engine.evaluate import LOCK
from cnnviz.engine.loader import Preprocessing
from cnnviz.inspection.capture import InspectedModel
from cnnviz.inspection.maximize import middle
from cnnviz.models.receptive_field import Field
from cnnviz.models.summary import LayerInfo

TOP = 9  # pictures of each unit
_AT_ONCE = 500  # pictures in a batch, at most
_PIXELS = 1 << 20  # in a batch: 20 pictures of 224 x 224, whose largest maps then take some 100 MB
_HALF_WAY = 0.5  # where a sigmoid is half open


class Box(NamedTuple):
    """Pixels of the network's input, first and last row and column."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, eq=False)
class Responses:
    """What u units answered to the first `seen` of `total` pictures of k classes. Not to be changed: it is kept."""

    seen: int
    total: int
    pictures: NDArray[np.int64]  # (u, 9) the picture that excites most first; -1 where there are not so many
    values: NDArray[np.float32]  # (u, 9) the strongest value of each; -inf where there is none
    places: NDArray[np.int64]  # (u, 9) where in the map that is: row * width + column
    best_mean: NDArray[np.float32]  # (u,) the largest mean over a map that any picture reaches
    best_center: NDArray[np.float32]  # (u,) and the largest value in the middle of the map
    best_probability: NDArray[np.float32]  # (u,) the largest softmax over the units; of a layer that answers alone
    fired: NDArray[np.int64]  # (u, k) in how many places, of all pictures of the class together
    of: NDArray[np.int64]  # (k,) places there were

    @property
    def rates(self) -> NDArray[np.float64]:
        """(u, k) the share of places where the unit fires in pictures of the class; 0 without such a picture."""
        return self.fired / np.maximum(self.of, 1)

    @property
    def dead(self) -> list[int]:
        """The units that fired nowhere."""
        return np.flatnonzero(~self.fired.any(axis=1)).tolist()


def responses(
    model: nn.Module, layer: LayerInfo, prepare: Preprocessing, split: Split, classes: int, threshold: float = 0.0
) -> Iterator[Responses]:
    """What the units of `layer` answer to more and more pictures of `split`, the last time to all.

    Only the best nine of each unit are kept, never all maps. `model` itself is never run, so others may. Raises
    ConfigurationError if there is no such layer.
    """
    with LOCK:  # somebody may have hooks on it
        inspected = InspectedModel.of(model)
    found = _nothing(layer.output_shape, classes, len(split))
    size = prepare.batch_size(_AT_ONCE, _PIXELS)
    for start in range(0, len(split), size):
        images, labels = split.images[start : start + size], split.labels[start : start + size]
        x = prepare(torch.from_numpy(np.ascontiguousarray(images)))
        with inspected.running(), torch.inference_mode():
            output = inspected.capture(layer.name, x.to(device_of(inspected.model))).output
        found = _with(found, output.float().cpu(), start, torch.from_numpy(labels), threshold)
        yield found


def threshold_of(layers: Sequence[LayerInfo], name: str) -> float:
    """What counts as firing in layer `name` of a network's `layers`: behind a sigmoid half open, else above zero."""
    known = {layer.name: layer for layer in layers}
    while name in known:
        layer = known[name]
        if layer.kind == "Sigmoid":
            return _HALF_WAY
        if not (layer.kind.endswith(("Pool2d", "Flatten")) or layer.kind.startswith("Dropout")) or not layer.inputs:
            return 0.0
        name = layer.inputs[0]
    return 0.0


def box_of(layer: LayerInfo, place: int, input_size: Sequence[int]) -> Box:
    """The pixels that the value at `place` (row * width + column) of a map of `layer` is read from.

    The theoretical receptive field, as far as it lies within the picture of `input_size` (c, height, width).
    """
    width = layer.output_shape[2] if len(layer.output_shape) == 3 else 1
    top, bottom = _span(layer.axes[0], place // width, input_size[1])
    left, right = _span(layer.axes[1], place % width, input_size[2])
    return Box(top, left, bottom, right)


def _span(field: Field, index: int, side: int) -> tuple[int, int]:
    if field.jump is None:  # positions are flattened away, or not evenly apart
        return (max(0, field.start), min(side, field.start + field.size) - 1) if index == 0 else (0, side - 1)
    first = field.start + index * field.jump
    return max(0, first), min(side, first + field.size) - 1


def _nothing(shape: Sequence[int], classes: int, total: int) -> Responses:
    units = shape[0]
    lowest = np.full(units, -np.inf, np.float32)
    return Responses(
        seen=0,
        total=total,
        pictures=np.full((units, TOP), -1),
        values=np.full((units, TOP), -np.inf, np.float32),
        places=np.zeros((units, TOP), np.int64),
        best_mean=lowest,
        best_center=lowest,
        best_probability=lowest,
        fired=np.zeros((units, classes), np.int64),
        of=np.zeros(classes, np.int64),
    )


def _with(before: Responses, output: Tensor, start: int, labels: Tensor, threshold: float) -> Responses:
    """`before` and a batch more: output (n, u) or (n, u, h, w) of the pictures from number `start` on."""
    n, units = output.shape[:2]
    maps = output.reshape(n, units, -1)  # (n, u, places)
    strongest, place = maps.max(dim=2)  # (n, u) each
    pictures = torch.arange(start, start + n).repeat(units, 1)  # (u, n)
    every = [
        torch.cat([torch.from_numpy(old), new], dim=1)
        for old, new in ((before.values, strongest.T), (before.pictures, pictures), (before.places, place.T))
    ]
    order = every[0].sort(dim=1, descending=True, stable=True).indices[:, :TOP]  # of equals the first picture
    best = [each.gather(1, order).numpy() for each in every]
    classes = len(before.of)
    fires = (maps > threshold).sum(dim=2)  # (n, u)
    fired = torch.zeros(classes, units, dtype=torch.int64).index_add_(0, labels, fires).T
    probability = maps[:, :, 0].softmax(dim=1) if maps.shape[2] == 1 else torch.zeros(n, units)
    return Responses(
        seen=start + n,
        total=before.total,
        values=best[0],
        pictures=best[1],
        places=best[2],
        best_mean=_larger(before.best_mean, maps.mean(dim=2)),
        best_center=_larger(before.best_center, middle(output, 2)),
        best_probability=_larger(before.best_probability, probability),
        fired=before.fired + fired.numpy(),
        of=before.of + torch.bincount(labels, minlength=classes).numpy() * maps.shape[2],
    )


def _larger(before: NDArray[np.float32], values: Tensor) -> NDArray[np.float32]:
    """(u,) with values (n, u) more."""
    return np.maximum(before, values.amax(dim=0).numpy())

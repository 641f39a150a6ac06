"""Time machine: a network at one moment of its training, with its first filters and what it makes of one picture.

Tiles are small signed bytes, ready to be sent. Of several moments, the test picture they get wrong most often. Knows
nothing of the UI, nor of which moments there are.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from cnnviz.data.dataset_spec import Split
from cnnviz.engine import live_weights
from cnnviz.engine.card import Card, load_card, not_weights
from cnnviz.engine.checkpoint import load
from cnnviz.engine.evaluate import LOCK, prepare, probabilities
from cnnviz.engine.network import skeleton
from cnnviz.inspection.capture import capture, filters

Picture = NDArray[np.uint8]  # (channels, height, width), as the data set has its pictures

MOST_TILES = 64
MOST_BYTES = 24 * 1024  # of one sheet: 24 maps of 32 x 32
MOST_SIDE = 32  # pixels of a tile; larger ones are averaged down
_BATCH = 100  # pictures: between two batches others may run their networks
_MOST_LOOKED_AT = 1000  # pictures, where the one most often missed is looked for


@dataclass(frozen=True, eq=False)
class Tiles:
    """The first of a layer's filters or maps."""

    values: NDArray[np.int8]  # (n, channels, height, width); 127 stands for `span`
    span: float  # the largest magnitude
    total: int  # how many the layer has


@dataclass(frozen=True, eq=False)
class Seen:
    """What a network makes of one picture."""

    probabilities: NDArray[np.float32]  # (classes,)
    maps: dict[str, Tiles]  # of the layers asked for


def at_checkpoint(file: Path) -> tuple[nn.Module, Card]:
    """The network of a complete epoch. Raises CheckpointError."""
    return load(file)


def at_live_weights(directory: Path, checkpoint: Path) -> tuple[nn.Module, Card]:
    """The network of the epoch that runs, by the card of any of its checkpoints. Raises CheckpointError."""
    card = load_card(checkpoint)
    model = skeleton(card)
    tensors = {name: torch.from_numpy(array) for name, array in live_weights.load_arrays(directory).items()}
    try:
        model.load_state_dict(tensors, assign=True)
    except RuntimeError as error:
        raise not_weights(directory / live_weights.FILE) from error
    return model.eval(), card


def first_layer(model: nn.Module) -> str | None:
    """The first layer with weights that can be seen as pictures; None if there is none."""
    layers = (name for name, layer in model.named_modules() if isinstance(layer, (nn.Conv2d, nn.Linear)))
    return next(layers, None)


def convolutions(model: nn.Module) -> list[str]:
    """The layers whose maps can be shown, in order."""
    return [name for name, layer in model.named_modules() if isinstance(layer, nn.Conv2d)]


def middle_convolution(model: nn.Module) -> str | None:
    """A convolution half-way through, of those after the first that look at more than one pixel; None if none does."""
    first, layers = first_layer(model), model.named_modules()
    larger = [name for name, layer in layers if isinstance(layer, nn.Conv2d) and max(layer.kernel_size) > 1]
    later = [name for name in larger if name != first]
    return later[len(later) // 2] if later else None


def first_filters(model: nn.Module, input_size: Sequence[int]) -> Tiles | None:
    """The filters of the first layer; of a fully connected one that reads all pixels, its weights laid out as them."""
    name = first_layer(model)
    if name is None:
        return None
    weights = filters(model, name)
    if weights.ndim == 2:
        if weights.shape[1] != int(np.prod(input_size)):
            return None
        weights = weights.reshape(-1, *input_size)
    if weights.shape[1] not in (1, 3):
        weights = weights.mean(axis=1, keepdims=True)
    return tiles(weights)


def seen(model: nn.Module, card: Card, picture: Picture, layers: Sequence[str]) -> Seen:
    """The answer to `picture`, and the maps of `layers` before any activation. `model` is in eval mode.

    Raises AnswerError if the answer is not a number.
    """
    with LOCK, torch.inference_mode():
        captured = capture(model, prepare(card, picture[None]))
    shares = probabilities(list(captured.values())[-1].output.float())[0].numpy()
    return Seen(shares, {name: tiles(captured[name].output[0].float().numpy()[:, None]) for name in layers})


def tiles(values: NDArray[np.float32]) -> Tiles:
    """(n, c, h, w) as bytes: the first that fit into `MOST_BYTES`; what is not a number becomes zero."""
    values = _smaller(np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0))
    count = max(1, min(MOST_TILES, MOST_BYTES // max(1, values[0].size)))
    shown = values[:count]
    span = float(np.abs(shown).max()) if shown.size else 0.0
    scaled = np.rint(shown * (127 / span)) if span > 0 else np.zeros_like(shown)
    return Tiles(scaled.astype(np.int8), span, len(values))


def _smaller(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Averaged over whole blocks, so that no side is longer than `MOST_SIDE`; a rest at the edge is left out."""
    count, channels, height, width = values.shape
    block = -(-max(height, width) // MOST_SIDE)
    if block <= 1:
        return values
    rows, columns = max(1, height // block), max(1, width // block)
    cut = values[:, :, : rows * block, : columns * block]
    if cut.shape[2] < block or cut.shape[3] < block:
        return cut
    averaged: NDArray[np.float32] = cut.reshape(count, channels, rows, block, columns, block).mean(axis=(3, 5))
    return averaged


@dataclass(frozen=True)
class Missed:
    """The picture, and how often it was wrong."""

    index: int  # in the test set
    wrong: int
    moments: int
    pictures: int  # of the test set that were looked at, the first ones


def most_missed(moments: Sequence[tuple[nn.Module, Card]], test: Split, seconds: float = 1.5) -> Missed:
    """Of the first pictures of `test` the one that most networks of `moments` get wrong.

    Of equals the one whose right class got least. The first batch says how many pictures fit into about `seconds`.
    Raises AnswerError if an answer is not a number.
    """
    pictures = min(_BATCH, len(test))
    right = np.zeros(0)
    wrong = np.zeros(0, np.int64)
    for number, (model, card) in enumerate(moments):
        if number == 0:
            start = time.perf_counter()
            _probabilities(model, card, test, 0, pictures)
            a_batch = max(1e-4, time.perf_counter() - start)
            batches = int(seconds / (a_batch * len(moments)))
            pictures = min(len(test), _MOST_LOOKED_AT, max(pictures, batches * _BATCH))
            right, wrong = np.zeros(pictures), np.zeros(pictures, np.int64)
        given = np.concatenate(
            [_probabilities(model, card, test, at, min(at + _BATCH, pictures)) for at in range(0, pictures, _BATCH)]
        )
        labels = test.labels[:pictures]
        right += given[np.arange(pictures), labels]
        wrong += given.argmax(axis=1) != labels
    index = int(np.lexsort((right, -wrong))[0])
    return Missed(index, int(wrong[index]), len(moments), pictures)


def _probabilities(model: nn.Module, card: Card, test: Split, start: int, end: int) -> NDArray[np.float32]:
    with LOCK, torch.inference_mode():
        return probabilities(model(prepare(card, test.images[start:end])).float()).numpy()

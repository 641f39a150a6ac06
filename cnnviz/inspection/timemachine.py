"""What a network of one moment of its training shows: its first filters, and what it makes of one picture.

All of it as small signed bytes, ready to be sent. Knows nothing of the UI, nor of which moments there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from cnnviz.engine import live_weights, predict
from cnnviz.engine.answers import probabilities
from cnnviz.engine.card import Card, load_card, not_weights
from cnnviz.engine.checkpoint import load
from cnnviz.engine.network import skeleton
from cnnviz.inspection.weights import filters

Picture = NDArray[np.uint8]  # (channels, height, width), as the data set has its pictures

MOST_TILES = 64
MOST_BYTES = 24 * 1024  # of one sheet: 24 maps of 32 x 32
MOST_SIDE = 32  # pixels of a tile; larger ones are averaged down


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


def telling(model: nn.Module) -> str | None:
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
    maps: dict[str, Tensor] = {}
    with predict.LOCK, torch.inference_mode(), _listening(model, layers, maps):
        shares = probabilities(model(predict.prepare(card, picture[None])).float())[0].numpy()
    return Seen(shares, {name: tiles(output[0].float().numpy()[:, None]) for name, output in maps.items()})


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


@contextmanager
def _listening(model: nn.Module, layers: Sequence[str], maps: dict[str, Tensor]) -> Iterator[None]:
    """Copies of what `layers` give: an in-place activation would overwrite them."""

    def listen(name: str) -> Any:
        return lambda _module, _inputs, output: maps.__setitem__(name, output.clone())

    handles = [model.get_submodule(name).register_forward_hook(listen(name)) for name in layers]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()

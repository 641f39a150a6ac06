"""Networks to and from files: safetensors for the weights, JSON for the card, written atomically, never pickled."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load as parse_tensors
from safetensors.torch import save as to_bytes
from torch import nn

from cnnviz.base.errors import CheckpointError
from cnnviz.base.files import write_atomically
from cnnviz.base.locale import N_
from cnnviz.engine.card import Card, card_path, digest, load_card, no_numbers, not_weights, read_weights, weights_path
from cnnviz.engine.network import skeleton

__all__ = ["Card", "copy", "load", "load_card", "save"]


def save(path: Path | str, model: nn.Module, card: Card) -> Card:
    """Write the weights, then the card; a checkpoint whose card exists is complete. Returns the card as written."""
    raw = to_bytes({name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()})
    card = dataclasses.replace(card, sha256=digest(raw))
    write_atomically(weights_path(path), raw)
    write_atomically(card_path(path), card.to_json().encode())
    return card


def load(path: Path | str) -> tuple[nn.Module, Card]:
    """The network on the CPU, in eval mode, and its card.

    Raises CheckpointError, one sentence, whatever the files hold.
    """
    card = load_card(path)
    raw = read_weights(path)
    if card.sha256 and digest(raw) != card.sha256:
        raise not_weights(path)
    try:
        tensors = parse_tensors(raw)
    except (SafetensorError, ValueError, TypeError, KeyError, OverflowError, RuntimeError) as error:
        raise not_weights(path) from error
    model = skeleton(card)
    _compare(model, tensors, weights_path(path).name, card.model)
    broken = next((name for name, tensor in tensors.items() if not torch.isfinite(tensor).all()), None)
    if broken is not None:
        raise no_numbers(path, broken)
    model.load_state_dict(tensors, assign=True)
    return model.eval(), card


def copy(source: Path | str, target: Path | str) -> None:
    """The same checkpoint under another name."""
    raw, card = read_weights(source), card_path(source).read_bytes()
    write_atomically(weights_path(target), raw)
    write_atomically(card_path(target), card)


def _compare(model: nn.Module, tensors: dict[str, torch.Tensor], file: str, name: str) -> None:
    """Raises CheckpointError unless `tensors` are exactly the weights `model` has."""
    wanted = {key: (tensor.shape, tensor.dtype) for key, tensor in model.state_dict().items()}
    got = {key: (tensor.shape, tensor.dtype) for key, tensor in tensors.items()}
    if wanted == got:
        return
    wrong = sorted(key for key in wanted.keys() | got.keys() if wanted.get(key) != got.get(key))
    raise CheckpointError(
        N_("{file} does not fit the network {model}: its {tensor} is missing, unknown, or of another shape."),
        file=file,
        model=name,
        tensor=wrong[0],
    )

"""Checkpoints: networks to and from files, and beside them the optimizer's memory to resume a run exactly.

safetensors for the weights, JSON for the card, written atomically, never pickled. The memory is written first and the
card last, so that an epoch whose card is there is complete.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load as parse_tensors
from safetensors.torch import save as to_bytes
from torch import Tensor, nn

from cnnviz.base.errors import CheckpointError
from cnnviz.base.files import write_atomically
from cnnviz.base.locale import N_
from cnnviz.engine.card import (
    Card,
    card_path,
    digest,
    epoch_path,
    load_card,
    no_numbers,
    not_weights,
    read_weights,
    weights_path,
)
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.metrics import EarlyStopping
from cnnviz.engine.network import skeleton
from cnnviz.engine.optim import restore_state, state_tensors
from cnnviz.engine.retention import check_resumable, memory_path, remove_after, resumable_epochs

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


@dataclass(frozen=True)
class Restored:
    """Where a run goes on: after `epoch`, with `seconds` trained until then."""

    epoch: int = 0
    seconds: float = 0.0


def clear(directory: Path) -> None:
    """Remove what another run left in the folder: nothing of it is this run's."""
    remove_after(directory, -1)


def save_state(
    directory: Path, optimizer: torch.optim.Optimizer, early_stopping: EarlyStopping, pictures: str, epoch: int
) -> None:
    """Write the memory of `epoch`; its checkpoint comes after. `pictures`: their checksum, of a folder."""
    known = {
        "epoch": str(epoch),
        "pictures": pictures,
        "best_epoch": str(early_stopping.best_epoch),
        "best_loss": early_stopping.best_loss.hex(),
    }
    write_atomically(memory_path(epoch_path(directory, epoch)), to_bytes(state_tensors(optimizer), metadata=known))


def load_state(
    directory: Path,
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    early_stopping: EarlyStopping,
    pictures: str,
    config: TrainConfig,
    epoch: int | None = None,
    reach: Callable[[int], object] = lambda _epoch: None,
) -> Restored:
    """Put weights and memory of `epoch` back, or of the last complete one; later epochs are removed.

    Nothing changes if none is complete, or `epoch` is 0. Raises CheckpointError if the files are broken, of
    another configuration or of other `pictures`, RunError if that epoch was not kept. `reach` is told the epoch before
    the optimizer gets its memory back: what had thawed by then has to be among its weights.
    """
    file, found = _memory_file(directory, epoch), Restored()
    if file is not None:
        try:
            with safe_open(file, framework="pt") as stored:
                known = stored.metadata() or {}
                memory = {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118 - not a dict
            if known["pictures"] != pictures:
                raise CheckpointError(
                    N_("The pictures of {data} have changed since this run was begun. Start a new run."),
                    data=config.data,
                )
            reach(int(known["epoch"]))
            seconds = _put_back(epoch_path(directory, int(known["epoch"])), model, optimizer, memory, config)
            early_stopping.best_epoch = int(known["best_epoch"])
            early_stopping.best_loss = float.fromhex(known["best_loss"])
            found = Restored(int(known["epoch"]), seconds)
        except (SafetensorError, ValueError, TypeError, KeyError, IndexError, RuntimeError) as error:
            raise not_weights(file) from error
    remove_after(directory, found.epoch)
    return found


def _memory_file(directory: Path, epoch: int | None) -> Path | None:
    """The memory to read; None to begin anew. Raises RunError."""
    epochs = resumable_epochs(directory)
    wanted = epochs[-1] if epoch is None else epoch
    check_resumable(directory, wanted)
    return memory_path(epoch_path(directory, wanted)) if wanted else None


def _put_back(
    path: Path,
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    memory: dict[str, Tensor],
    config: TrainConfig,
) -> float:
    """Returns the seconds trained until then."""
    trained, card = load(path)
    if TrainConfig.from_fields(card.config) != config:
        raise CheckpointError(
            N_("The run in {folder} was begun with another configuration. Start a new run."), folder=path.parent.name
        )
    model.load_state_dict(trained.state_dict())
    restore_state(optimizer, memory)
    return card.seconds

"""What a run needs to go on exactly from any epoch that was kept: beside its checkpoint, the optimizer's memory.

The memory is written first and the card last, so that an epoch whose card is there is complete.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as to_bytes
from torch import Tensor, nn

from cnnviz.base.errors import CheckpointError
from cnnviz.base.files import write_atomically
from cnnviz.base.locale import N_
from cnnviz.engine.card import epoch_path, not_weights
from cnnviz.engine.checkpoint import load
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.early_stopping import EarlyStopping
from cnnviz.engine.optim import restore_state, state_tensors
from cnnviz.engine.retention import check_resumable, memory_path, remove_after, resumable_epochs

_OF_OLD = "optimizer.safetensors"  # runs begun before every epoch was kept: the memory of the last one


@dataclass(frozen=True)
class Restored:
    """Where a run goes on: after `epoch`, with `seconds` trained until then."""

    epoch: int = 0
    seconds: float = 0.0


def clear(directory: Path) -> None:
    """Remove what another run left in the folder: nothing of it is this run's."""
    (directory / _OF_OLD).unlink(missing_ok=True)
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
) -> Restored:
    """Put weights and memory of `epoch` back, or of the last complete one; later epochs are removed.

    Nothing changes if none is complete, or `epoch` is 0. Raises CheckpointError if the files are broken, of
    another configuration or of other `pictures`, RunError if that epoch was not kept.
    """
    file, found = _memory_file(directory, epoch), Restored()
    if file is not None:
        try:
            with safe_open(file, framework="pt") as stored:
                known = stored.metadata() or {}
                memory = {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118 - not a dict
            if known.get("pictures", pictures) != pictures:  # older versions did not keep it
                raise CheckpointError(
                    N_("The pictures of {data} have changed since this run was begun. Start a new run."),
                    data=config.data,
                )
            seconds = _put_back(epoch_path(directory, int(known["epoch"])), model, optimizer, memory, config)
            early_stopping.best_epoch = int(known.get("best_epoch", "0"))
            early_stopping.best_loss = float.fromhex(known.get("best_loss", "inf"))
            found = Restored(int(known["epoch"]), seconds)
        except (SafetensorError, ValueError, TypeError, KeyError, IndexError, RuntimeError) as error:
            raise not_weights(file) from error
    remove_after(directory, found.epoch)
    return found


def _memory_file(directory: Path, epoch: int | None) -> Path | None:
    """The memory to read; None to begin anew. Raises RunError."""
    epochs = resumable_epochs(directory)
    old = directory / _OF_OLD
    if epoch is None and len(epochs) == 1 and old.is_file():
        return old
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
    if TrainConfig.from_fields(card.config) != config:  # a card of an older version lacks what has its default
        raise CheckpointError(
            N_("The run in {folder} was begun with another configuration. Start a new run."), folder=path.parent.name
        )
    model.load_state_dict(trained.state_dict())
    restore_state(optimizer, memory)
    return card.seconds

"""What a run needs to go on exactly: the optimizer's memory and the epoch it belongs to, as one safetensors file."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as to_bytes
from torch import nn

from cnnviz.engine.card import epoch_path, not_weights
from cnnviz.engine.checkpoint import load
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.optimizer import restore_state, state_tensors
from cnnviz.errors import CheckpointError
from cnnviz.files import write_atomically
from cnnviz.locale import N_

_FILE = "optimizer.safetensors"


def keep(directory: Path, optimizer: torch.optim.Optimizer, epoch: int) -> None:
    """Written after the checkpoint of `epoch`: the epoch is complete once this file names it."""
    write_atomically(directory / _FILE, to_bytes(state_tensors(optimizer), metadata={"epoch": str(epoch)}))


def restore(
    directory: Path, model: nn.Module, optimizer: torch.optim.Optimizer, config: TrainConfig
) -> tuple[int, float]:
    """Put weights and memory of the last complete epoch back; returns the epoch and the seconds trained until then.

    (0, 0.0), and nothing changed, if no epoch is complete. Raises CheckpointError if the files are broken or of
    another configuration.
    """
    file = directory / _FILE
    if not file.is_file():
        return 0, 0.0
    try:
        with safe_open(file, framework="pt") as stored:
            epoch = int((stored.metadata() or {})["epoch"])
            memory = {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118 - not a dict
        trained, card = load(epoch_path(directory, epoch))
        if TrainConfig(**card.config) != config:  # a card of an older version lacks what has its default
            raise CheckpointError(
                N_("The run in {folder} was begun with another configuration. Start a new run."), folder=directory.name
            )
        model.load_state_dict(trained.state_dict())
        restore_state(optimizer, memory)
    except (SafetensorError, ValueError, TypeError, KeyError, IndexError, RuntimeError) as error:
        raise not_weights(file) from error
    return epoch, card.seconds

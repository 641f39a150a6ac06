"""Live weights: those of a small network while an epoch runs, in a file replaced every few seconds. No torch at import.

It is no checkpoint: nothing resumes from it, nothing counts it among the epochs, no disk budget knows it, and it goes
when the training ends, is closed or begins again. A page that watches shows it as the newest picture of the film.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save as to_bytes

from cnnviz.base.errors import CheckpointError
from cnnviz.base.files import temporary
from cnnviz.base.locale import N_

if TYPE_CHECKING:
    from torch import nn

FILE = "now.safetensors"
SECONDS = 2.0  # between two files, at least
MOST_BYTES = 5_000_000  # of weights; larger networks are seen once an epoch
_SHARE = 0.003  # of the training time that writing may take: where it is slow, it is seldom


@dataclass(frozen=True)
class LiveStep:
    """When the weights in the file were the present ones."""

    epoch: int  # that was running, from 1
    step: int  # steps taken in it
    steps: int  # of a whole epoch


class LiveWeights:
    """Writes them. Without a directory, or for a large network, it does nothing."""

    def __init__(self, directory: Path | None, model: nn.Module) -> None:
        tensors = model.state_dict().values()
        is_small = sum(tensor.numel() * tensor.element_size() for tensor in tensors) <= MOST_BYTES
        self._path = directory / FILE if directory is not None and is_small else None
        self._model = model
        self._due = time.perf_counter() + SECONDS
        self.seconds = 0.0  # of this thread's work that it has taken in all

    def write_if_due(self, now: LiveStep) -> None:
        """Write the present weights, if it is time to. Costs nothing otherwise."""
        start = time.perf_counter()
        if self._path is None or start < self._due:
            return
        worked = time.thread_time()  # on a busy machine the clock on the wall would say that writing is slow
        with suppress(OSError):  # a full disk, a folder removed: no picture is worth a training
            _write(self._path, self._model, now)
        took = time.thread_time() - worked
        self.seconds += took
        self._due = start + max(SECONDS, took / _SHARE)

    def remove(self) -> None:
        """Remove the file: the weights in it are not the present ones any more."""
        if self._path is not None:
            with suppress(OSError):
                self._path.unlink(missing_ok=True)


def written_at(directory: Path) -> LiveStep | None:
    """When the file in `directory` was written; None if there is none, or nothing that can be read."""
    try:
        with safe_open(directory / FILE, framework="numpy") as file:
            found = file.metadata() or {}
        return LiveStep(int(found["epoch"]), int(found["step"]), int(found["steps"]))
    except (OSError, SafetensorError, KeyError, ValueError):
        return None


def load_arrays(directory: Path) -> dict[str, NDArray[Any]]:
    """The weights by name. Raises CheckpointError if the file went, or is none of ours."""
    try:
        with safe_open(directory / FILE, framework="numpy") as file:
            return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dict
    except (OSError, SafetensorError) as error:
        raise CheckpointError(N_("The weights of this moment cannot be read: {file}."), file=FILE) from error


def _write(path: Path, model: nn.Module, now: LiveStep) -> None:
    """Renamed into place, but not flushed to the disk: after a power cut nobody wants it."""
    weights = {name: tensor.detach().cpu().contiguous().numpy() for name, tensor in model.state_dict().items()}
    known = {"epoch": str(now.epoch), "step": str(now.step), "steps": str(now.steps)}
    with temporary(path) as part:
        part.write_bytes(to_bytes(weights, metadata=known))
        part.replace(path)

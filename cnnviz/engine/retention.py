"""Retention: the epochs of a run that stay on the disk, all while they fit a budget, then evenly spaced ones. No torch.

A kept epoch is three files: the weights and the card (card.py), and the optimizer's memory, from which it can be
resumed. LeNet-5 with Adam takes 0.74 MB an epoch, so that 346 epochs fit into the default budget; ResNet-18 134 MB.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from cnnviz.base.errors import CheckpointError, RunError
from cnnviz.base.locale import N_
from cnnviz.base.locale.typesetting import Listed
from cnnviz.base.machine import whole
from cnnviz.engine.card import WEIGHTS, card_path, epoch_path, kept_epochs, load_card, weights_path
from cnnviz.engine.events import ComputeMode

BUDGET = 256  # MB for a run, unless CNNVIZ_RUN_MB says otherwise
LARGE = 64 << 20
SHARE = 0.2
_MEMORY = ".optimizer" + WEIGHTS


class SavePace:
    """Whether an epoch is due to be saved: of a network of `LARGE` bytes or more, saving takes at most `SHARE` of the
    time. The last layer of VGG-16 learns 100 photos in 0.02 s an epoch, and its 537 MB take seconds to write."""

    def __init__(self, size: int) -> None:
        """`size`: bytes of the weights."""
        self._is_large = size >= LARGE
        self._due = 0.0

    def is_due(self, now: float) -> bool:
        """`now`: seconds since the training began."""
        return not self._is_large or now >= self._due

    @contextmanager
    def saving(self, seconds: Callable[[], float]) -> Iterator[None]:
        """Within it an epoch is saved; `seconds`: the training's stopwatch."""
        begun = seconds()
        yield
        now = seconds()
        self._due = now + (now - begun) * (1 - SHARE) / SHARE


def budget() -> int:
    """Bytes that the epochs of one run may take: `CNNVIZ_RUN_MB`, else 256 MB. Raises ConfigurationError."""
    return whole("CNNVIZ_RUN_MB", BUDGET) << 20


def memory_path(path: Path | str) -> Path:
    """The optimizer's memory beside a checkpoint named in any way."""
    weights = weights_path(path)
    return weights.with_name(weights.name.removesuffix(WEIGHTS) + _MEMORY)


def resumable_epochs(directory: Path) -> list[int]:
    """The epochs a run can be resumed from, oldest first. 0, the beginning, is always one."""
    return [0, *(epoch for epoch, file in kept_epochs(directory) if epoch and memory_path(file).is_file())]


def compute_mode(directory: Path, epoch: int = 0) -> ComputeMode | None:
    """What the run computed its steps with, by the card of `epoch`; None if there is none, or it does not say.

    Raises CheckpointError if the card is broken.
    """
    file = card_path(epoch_path(directory, epoch))
    if not file.is_file() or not (fields := load_card(file).compute_mode):
        return None
    try:
        return ComputeMode.from_fields(fields)
    except (ValueError, TypeError, KeyError) as error:
        raise CheckpointError(N_("{file} is not a checkpoint's card."), file=file.name) from error


def check_resumable(directory: Path, epoch: int) -> None:
    """Raises RunError, which lists the epochs there are, if a run cannot be resumed from `epoch`."""
    epochs = resumable_epochs(directory)
    if epoch not in epochs:
        raise RunError(
            N_("Epoch {epoch} of this run was not kept. It can be resumed from: {epochs}."),
            epoch=epoch,
            epochs=Listed(epochs),
        )


def prune_checkpoints(directory: Path, most_bytes: int, always: Collection[int] = ()) -> list[int]:
    """Remove epochs until the rest fit: then the first of every 2, 4, 8 ... is left. Returns those removed.

    Epoch 0, the newest and those in `always` stay, even if they alone are too large.
    """
    sizes = {epoch: sum(part.stat().st_size for part in _parts(file)) for epoch, file in kept_epochs(directory)}
    if not sizes:
        return []
    newest = max(sizes)
    stride = _stride(sizes, newest)
    while sum(sizes[epoch] for epoch in _left(sizes, stride, newest, always)) > most_bytes and stride < newest:
        stride *= 2
    left = _left(sizes, stride, newest, always)
    gone = sorted(set(sizes) - left)
    remove(directory, gone)
    return gone


def remove(directory: Path, epochs: Collection[int]) -> None:
    """Remove these epochs; the card goes first, for without it an epoch counts as not complete."""
    for epoch, file in kept_epochs(directory):
        if epoch in epochs:
            for part in _parts(file):
                part.unlink()


def remove_after(directory: Path, epoch: int) -> None:
    """Remove the epochs after `epoch`; after -1: all."""
    remove(directory, [number for number, _ in kept_epochs(directory) if number > epoch])


def _stride(epochs: Collection[int], newest: int) -> int:
    """The spacing there is: of every 1, 2, 4 ... epochs at least one. Of a large network not every one was saved."""
    stride = 1
    while len({epoch // stride for epoch in epochs}) <= newest // stride:
        stride *= 2
    return stride


def _left(epochs: Collection[int], stride: int, newest: int, always: Collection[int]) -> set[int]:
    first = {epoch // stride: epoch for epoch in sorted(epochs, reverse=True)}
    return {*first.values(), newest, *(epoch for epoch in always if epoch in epochs)}


def _parts(weights: Path) -> list[Path]:
    return [part for part in (card_path(weights), weights, memory_path(weights)) if part.is_file()]

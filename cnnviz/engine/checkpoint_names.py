"""Checkpoint names: what the trained networks on this machine are called, and the files behind a name. No torch.

`lenet5-mnist` came with the app, `own-NAME` a visitor keeps, `run-12` was trained here, `run-12@7` is its epoch 7.
A name only ever chooses among the files there are: it is never joined into a path.
"""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from cnnviz.base import paths
from cnnviz.base.errors import CheckpointError
from cnnviz.base.link_kinds import shortened
from cnnviz.base.locale import N_
from cnnviz.base.locale.typesetting import Listed
from cnnviz.engine.card import WEIGHTS, Card, card_path, kept_epochs, load_card

_OWN = "own"  # the folder of what visitors keep by name, and what their names begin with
OWN_PREFIX = f"{_OWN}-"
_OWN_NAME = re.compile(r"\w[\w-]{0,39}")
_PINNED = re.compile(r"(run-[0-9]{1,9})@([0-9]{1,6})")
_MANY = 4096  # runs: a box that offers more reads all of them again for every visitor
_NAMED = 8  # names in an error
_SETTLED = 2_000_000_000  # nanoseconds after which no change can hide behind the same time of a folder
_UNKNOWN = N_("There is no checkpoint {name} here. There are: {names}.")
_NOT_KEPT = N_("Epoch {epoch} of {name} is not here any more. There are: {epochs}.")


@dataclass(frozen=True)
class Choice:
    """A name, and the weights file of every epoch kept: the newest is what the name means."""

    name: str
    epochs: tuple[tuple[int, Path], ...]  # (epoch, file), oldest first; shipped ones have one

    @property
    def path(self) -> Path:
        return self.epochs[-1][1]


def run_name(run_id: int | str) -> str:
    """What the network of a run is called, in the select box and in links."""
    return f"run-{run_id}"


def all_choices() -> list[Choice]:
    """Shipped checkpoints, the first page's and then by name, those kept by name, then runs, the newest run first.

    Runs that were deleted and can be brought back are among them.
    """
    home = paths.home()
    return [*_shipped(paths.shipped_checkpoints()), *_kept_by_hand(home / _OWN), *_trained(home / "runs")]


def find(name: str) -> Path:
    """The weights file of `name`, of the newest epoch unless it says which. Raises CheckpointError."""
    bare, epoch = _parts(name)
    choice = next((each for each in all_choices() if each.name == bare), None)
    if choice is None:
        raise CheckpointError(_UNKNOWN, name=shortened(name), names=Listed.first(_all_names(), _NAMED))
    if epoch is None:
        return choice.path
    found = dict(choice.epochs).get(epoch)
    if found is None:
        epochs = Listed.first((number for number, _file in choice.epochs), _NAMED)
        raise CheckpointError(_NOT_KEPT, name=bare, epoch=epoch, epochs=epochs)
    return found


def pinned(name: str) -> str:
    """`name` with its newest epoch, where that may change: "run-12" -> "run-12@7". Raises CheckpointError."""
    if _parts(name)[1] is not None or not name.startswith(run_name("")):
        return name
    choice = next((each for each in all_choices() if each.name == name), None)
    if choice is None:
        raise CheckpointError(_UNKNOWN, name=shortened(name), names=Listed.first(_all_names(), _NAMED))
    return f"{name}@{choice.epochs[-1][0]}"


def card_of(choice: Choice) -> Card:
    """Read once for all who look. Raises CheckpointError, ConfigurationError."""
    return card_at(choice.path)


def card_at(file: Path) -> Card:
    """The card of a weights file, as `card_of`."""
    try:
        version = card_path(file).stat().st_mtime_ns
    except OSError:  # deleted between two looks
        return load_card(file)  # says so
    return _card(file, version)


def own_name(name: str) -> str:
    """What a checkpoint that a visitor keeps is called, in the select box's code and in links. Raises CheckpointError.

    `name` becomes part of a path: letters of any script, digits, hyphens, and what was a space.
    """
    stem = "-".join(name.split())
    if not _OWN_NAME.fullmatch(stem):
        raise CheckpointError(
            N_("A checkpoint's name is 1 to 40 letters, digits, spaces and hyphens. Got {name} instead."),
            name=shortened(name),
        )
    return f"{OWN_PREFIX}{stem}"


def own_file(name: str) -> Path:
    """Where it lies. Raises CheckpointError."""
    return paths.home() / _OWN / f"{own_name(name).removeprefix(OWN_PREFIX)}{WEIGHTS}"


def own_stem(code: str) -> str:
    """The name that a visitor gave, out of the code; the code itself of any other."""
    return code.removeprefix(OWN_PREFIX)


def _parts(name: str) -> tuple[str, int | None]:
    found = _PINNED.fullmatch(name)
    return (found[1], int(found[2])) if found else (name, None)


def _all_names() -> list[str]:
    return [choice.name for choice in all_choices()]


@lru_cache(maxsize=_MANY)
def _card(file: Path, _version: int) -> Card:
    return load_card(file)


def _shipped(folder: Path) -> list[Choice]:
    """Broken files are offered too: choosing one says in a sentence what is wrong with it."""
    files = sorted(folder.glob(f"*{WEIGHTS}"), key=lambda file: (file.stem != paths.FIRST_CHECKPOINT, file.name))
    return [Choice(file.stem, ((0, file),)) for file in files if card_path(file).exists()]


def _kept_by_hand(folder: Path) -> list[Choice]:
    """Those that visitors keep by name."""
    return [replace(choice, name=f"{OWN_PREFIX}{choice.name}") for choice in _shipped(folder)]


def _trained(folder: Path) -> list[Choice]:
    if not folder.is_dir():
        return []
    with os.scandir(folder) as found:
        runs = [(int(run.name), _kept(run)) for run in found if run.name.isdigit()]
    return [Choice(run_name(number), epochs) for number, epochs in sorted(runs, reverse=True) if epochs]


def _kept(run: os.DirEntry[str]) -> tuple[tuple[int, Path], ...]:
    """The epochs in a run's folder, read again when it has changed: there may be hundreds of runs."""
    changed = run.stat().st_mtime_ns
    if time.time_ns() - changed < _SETTLED:
        return tuple(kept_epochs(Path(run.path)))
    return _kept_then(run.path, changed)


@lru_cache(maxsize=_MANY)
def _kept_then(run: str, changed: int) -> tuple[tuple[int, Path], ...]:
    """`changed`, the folder's time, is there for the cache's sake."""
    return tuple(kept_epochs(Path(run)))

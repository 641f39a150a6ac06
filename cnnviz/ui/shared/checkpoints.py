"""Checkpoint choice: the trained networks that come with the app, those kept by name, then those trained here."""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import streamlit as st

from cnnviz.base import paths
from cnnviz.base.errors import CheckpointError, CnnvizError, RunError
from cnnviz.base.link_kinds import shortened
from cnnviz.base.locale import N_
from cnnviz.base.text import plain
from cnnviz.engine.card import WEIGHTS, Card, card_path, kept_epochs, load_card
from cnnviz.runs import annotations as run_notes
from cnnviz.runs import scheduler
from cnnviz.ui.shared import state
from cnnviz.ui.shared.i18n import _, sentence, sentences
from cnnviz.ui.shared.names import data_name, network_name, trained

NEXT_STEPS = (  # page, label, icon: where a trained network can be looked at
    ("layers", N_("Look inside this network"), ":material/layers:"),
    ("evaluation", N_("Judge it class by class"), ":material/fact_check:"),
)

_CHECKPOINT, _EPOCH = N_("Checkpoint"), N_("Epoch")
_OWN = "own"  # the folder of what visitors keep by name, and what their names begin with
_OWN_NAME = re.compile(r"\w[\w-]{0,39}")
_MANY = 4096  # runs: a box that offers more reads all of them again for every visitor
_SETTLED = 2_000_000_000  # nanoseconds after which no change can hide behind the same time of a folder


@dataclass(frozen=True)
class Choice:
    """A name in the select box, and the weights file of every epoch kept: the newest is what the name means."""

    name: str
    epochs: tuple[tuple[int, Path], ...]  # (epoch, file), oldest first; shipped ones have one

    @property
    def path(self) -> Path:
        return self.epochs[-1][1]


def run_name(run_id: int | str) -> str:
    """What the network of a run is called, in the select box and in links."""
    return f"run-{run_id}"


def choices() -> list[Choice]:
    """Shipped checkpoints, the first page's and then by name, those kept by name, then runs, the newest run first."""
    hidden = {run_name(run_id) for run_id in _deleted()}
    trained_here = (choice for choice in _trained(paths.home() / "runs") if choice.name not in hidden)
    return [*_shipped(paths.shipped_checkpoints()), *_kept_by_hand(paths.home() / _OWN), *trained_here]


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
    return f"{_OWN}-{stem}"


def own_file(name: str) -> Path:
    """Where it lies. Raises CheckpointError."""
    return paths.home() / _OWN / f"{own_name(name).removeprefix(f'{_OWN}-')}{WEIGHTS}"


def _deleted() -> frozenset[int]:
    """Runs that can still be brought back; their files lie beside the others'."""
    try:
        return run_notes.deleted(scheduler.store())
    except RunError:  # a store that cannot be read says so on the pages that are about runs
        return frozenset()


def choose_checkpoint(key: str, label: str = _CHECKPOINT, default: str | None = None) -> Choice | None:
    """The select box "Checkpoint", bound to the link; None, and a sentence, if there is none to choose.

    `label` is an English message. `default`, the name of one, is chosen at first.
    """
    available = {choice.name: choice for choice in choices()}
    if not available:
        st.info(_("There is no trained network yet: train one on the page Training."), icon=":material/info:")
        return None
    seen = f"{key}_seen"  # in the session: what was shown last, since the link may lag behind
    before, said = st.session_state.get(seen), state.given().get(key)
    wanted = next((each for each in (before, said) if each is not None and each not in available), None)
    names = list(available)
    usual = default if default in available else names[0]
    name = state.choose_code(_(label), names, key=key, name_of=lambda name: title(available[name]), default=usual)
    st.session_state[seen] = name
    if wanted is not None:
        missing = _(
            "There is no checkpoint {wanted} here; this is {name}.",
            wanted=plain(shortened(wanted)),
            name=plain(title(available[name])),
        )
        st.warning(sentences(_what_became_of(wanted), missing), icon=":material/info:")
    return available[name]


def _what_became_of(name: str) -> str:
    """That a run was deleted, and how it comes back; "" of any other name."""
    run_id = next((run_id for run_id in _deleted() if run_name(run_id) == name), None)
    if run_id is None:
        return ""
    try:
        scheduler.store().record(run_id)
    except RunError as error:
        return sentence(error)
    return ""


def choose_epoch(choice: Choice, key: str, label: str = _EPOCH, default: int | None = None) -> Path:
    """The select box "Epoch" for a run that kept several, bound to the link; 0 is the network before its first step.

    `label` is an English message. `default`, one of the epochs, is chosen at first; else the newest.
    """
    if len(choice.epochs) < 2:
        return choice.path
    files = {str(epoch): file for epoch, file in choice.epochs}
    usual = str(choice.epochs[-1][0] if default is None else default)
    epoch = state.select_code(
        _(label),
        list(files),
        key=key,
        name_of=str,
        default=usual,
        help=_("0 is the network before its first step: random weights."),
    )
    return files[epoch or usual]


def title(choice: Choice) -> str:
    """ "LeNet-5 · MNIST", "Run 3 · LeNet-5 · MNIST": what it is, trained on what; its code where the card is broken."""
    number, kept = choice.name.removeprefix(run_name("")), choice.name.removeprefix(f"{_OWN}-")
    run = [_("Run {number}", number=number)] if number != choice.name else [kept] if kept != choice.name else []
    try:
        card = card_of(choice)
        return " · ".join([*run, trained(network_name(card), data_name(card.data))])
    except (CnnvizError, OSError):  # whoever loads it says what is wrong with it
        return run[0] if run else choice.name


def card_of(choice: Choice) -> Card:
    """Read once for all who look. Raises CheckpointError, OSError, ConfigurationError."""
    return _card(choice.path, card_path(choice.path).stat().st_mtime_ns)


@lru_cache(maxsize=_MANY)
def _card(file: Path, _version: int) -> Card:
    return load_card(file)


def _shipped(folder: Path) -> list[Choice]:
    """Broken files are offered too: choosing one says in a sentence what is wrong with it."""
    files = sorted(folder.glob(f"*{WEIGHTS}"), key=lambda file: (file.stem != paths.FIRST_CHECKPOINT, file.name))
    return [Choice(file.stem, ((0, file),)) for file in files if card_path(file).exists()]


def _kept_by_hand(folder: Path) -> list[Choice]:
    """Those that visitors keep by name."""
    return [replace(choice, name=f"{_OWN}-{choice.name}") for choice in _shipped(folder)]


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

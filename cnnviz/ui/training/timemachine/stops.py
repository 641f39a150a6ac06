"""Film stops: the moments of a run the film can stop at, and those it plays. No torch.

A moment's version changes with its file: after a resume the epochs that are trained anew are other pictures.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import streamlit as st

from cnnviz.engine import live_weights
from cnnviz.engine.card import card_path, kept_epochs
from cnnviz.engine.events import EpochEnd
from cnnviz.engine.live_weights import LiveStep
from cnnviz.runs.history import History
from cnnviz.runs.run import RunRecord

T = TypeVar("T")
MOST_PLAYED = 60  # frames with filters and maps; beyond them every 2nd, 4th, 8th ... epoch
_LIVE = ("running", "paused")


@dataclass(frozen=True)
class Stop:
    """One epoch, or the present moment of the one that runs."""

    epoch: int
    file: Path | None  # its weights; None if they are gone
    version: str  # of the weights
    now: LiveStep | None = None  # inside an epoch

    @property
    def position(self) -> float:
        """Epochs done, with the part of the one that runs."""
        return self.epoch if self.now is None else self.now.epoch - 1 + self.now.step / max(1, self.now.steps)


def stops(record: RunRecord, history: History) -> list[Stop]:
    """Every kept epoch; while it runs the present moment as well; where no file is left, what the store has."""
    kept = _kept(str(record.directory), _changed(record.directory), record.epochs_done, record.status)
    if not kept:
        return [Stop(each.epoch, None, fingerprint(each)) for each in history.epochs]
    found = [Stop(epoch, Path(file), version) for epoch, file, version in kept]
    now = _now(record, found[-1])
    return found if now is None else [*found, now]


def played(found: Sequence[Stop]) -> list[int]:
    """The places in `found` that the film plays: a spacing of 1, 2, 4 ... epochs, and the newest."""
    stride = 1
    while sum(stop.epoch % stride == 0 for stop in found) > MOST_PLAYED:
        stride *= 2
    last = len(found) - 1
    return [index for index, stop in enumerate(found) if stop.now or index == last or stop.epoch % stride == 0]


def spread(things: Sequence[T], most: int) -> list[T]:
    """At most `most` of `things`, evenly spaced, the first and the last among them.

    >>> spread(range(10), 4), spread([1, 2], 4)
    ([0, 3, 6, 9], [1, 2])
    """
    if len(things) <= most:
        return list(things)
    return [things[round(index * (len(things) - 1) / (most - 1))] for index in range(most)]


def fingerprint(epoch: EpochEnd) -> str:
    """Tells an epoch from the same one trained anew."""
    return _short(f"{epoch.epoch} {epoch.test_loss} {epoch.train_loss} {epoch.seconds}")


def _now(record: RunRecord, newest: Stop) -> Stop | None:
    """The present moment, if it is newer than the newest epoch."""
    path = record.directory / live_weights.FILE
    if record.status not in _LIVE or not path.is_file():
        return None
    now = live_weights.written_at(record.directory)
    if now is None or now.epoch <= newest.epoch:
        return None
    return Stop(now.epoch, newest.file, _version(path), now)


@st.cache_data(max_entries=64, show_spinner=False)
def _kept(directory: str, changed: int, epochs_done: int, status: str) -> list[tuple[int, str, str]]:
    """Looked up once for all who watch: a folder's time changes with every file that comes, goes or is replaced."""
    found = []
    for epoch, file in kept_epochs(Path(directory)):
        version = _version(file, card_path(file))
        if version:
            found.append((epoch, str(file), version))
    return found


def _changed(directory: Path) -> int:
    try:
        return directory.stat().st_mtime_ns
    except OSError:
        return 0


def _version(*files: Path) -> str:
    """Changes with the files; empty if one is gone."""
    try:
        return _short(" ".join(f"{stat.st_mtime_ns} {stat.st_size}" for stat in (file.stat() for file in files)))
    except OSError:
        return ""


def _short(text: str) -> str:
    return f"{zlib.crc32(text.encode()):08x}"

"""History: the events of a run as its charts need them. Plain data: no SQL, no Streamlit."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from cnnviz.engine.events import EpochEnd, Event, FeaturesMade, LrScaleChanged, Progress, RunEnd, RunStarted, Thawed

MOST_PROGRESS = 4096  # reports remembered; beyond it every second one goes: a run of hours must not slow its watchers


@dataclass(frozen=True)
class History:
    """Everything a run has told so far. A segment that was repeated after a resume is there once."""

    seq: int = 0  # of the latest event in it
    started: RunStarted | None = None
    progress: tuple[Progress, ...] = ()
    epochs: tuple[EpochEnd, ...] = ()
    end: RunEnd | None = None
    lr_changes: tuple[LrScaleChanged, ...] = ()  # where the lr_scale changed
    thaws: tuple[Thawed, ...] = ()  # what came to learn as well
    features: FeaturesMade | None = None  # how far that is, as long as no step has been taken since

    @property
    def position(self) -> float:
        """How many epochs are done, the part of the present one included."""
        whole = float(self.epochs[-1].epoch) if self.epochs else 0.0
        return max(whole, _position(self.progress[-1])) if self.progress else whole

    def epoch(self, number: int) -> EpochEnd | None:
        """The latest complete epoch up to `number`; None if there is none."""
        return next((each for each in reversed(self.epochs) if each.epoch <= number), None)


def extend(history: History, events: Iterable[tuple[int, Event]]) -> History:
    """`history` with the events that came after it, in order."""
    progress, epochs, lr_changes = list(history.progress), list(history.epochs), list(history.lr_changes)
    for seq, event in events:
        history = replace(history, seq=seq)
        if isinstance(event, RunStarted):
            progress = [each for each in progress if each.epoch < event.first_epoch]
            epochs = [each for each in epochs if each.epoch < event.first_epoch]
            lr_changes = [each for each in lr_changes if each.epoch < event.first_epoch]
            thaws = tuple(each for each in history.thaws if each.epoch < event.first_epoch)
            history = replace(history, started=event, end=None, thaws=thaws, features=None)
        elif isinstance(event, FeaturesMade):
            history = replace(history, features=event)
        elif isinstance(event, Thawed):
            history = replace(history, thaws=(*history.thaws, event))
        elif isinstance(event, Progress):
            progress.append(event)
            history = replace(history, features=None)
        elif isinstance(event, LrScaleChanged):
            if event.lr_scale != (lr_changes[-1].lr_scale if lr_changes else 1.0):
                lr_changes.append(event)  # else replayed: after a resume the training says what is in force
        elif isinstance(event, EpochEnd):
            epochs.append(event)
        elif isinstance(event, RunEnd):
            history = replace(history, end=event)
    return replace(history, progress=tuple(_thinned(progress)), epochs=tuple(epochs), lr_changes=tuple(lr_changes))


def _thinned(progress: list[Progress]) -> list[Progress]:
    """At most MOST_PROGRESS of them, the newest always among them."""
    while len(progress) > MOST_PROGRESS:
        progress = progress[(len(progress) - 1) % 2 :: 2]
    return progress


def _position(progress: Progress) -> float:
    return progress.epoch - 1 + progress.step / max(1, progress.steps_per_epoch)


class Follower:
    """The history of one run, read on from where the last reader was: 20 watchers cost little more than one."""

    def __init__(self, read: Callable[[int], list[tuple[int, Event]]]) -> None:
        self._read = read  # after a sequence number -> the events since
        self._history = History()
        self._lock = threading.Lock()

    def history(self) -> History:
        """Everything up to now."""
        with self._lock:
            events = self._read(self._history.seq)
            if events:
                self._history = extend(self._history, events)
            return self._history

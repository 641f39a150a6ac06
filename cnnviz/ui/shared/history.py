"""Run history cache: what a run has reported, read once for all who watch it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import numpy as np
import streamlit as st

from cnnviz.charts.training import Curves
from cnnviz.runs import scheduler
from cnnviz.runs.history import Follower, History
from cnnviz.runs.run import RunRecord

T = TypeVar("T")


class _Watched:
    """A run's history, and what was made of it: made when it has reported more, not for each of forty who look."""

    def __init__(self, run_id: int) -> None:
        self.follower = Follower(lambda seq: scheduler.store().events(run_id, after=seq))
        self._lock = threading.RLock()
        self._of: History | None = None
        self._made: dict[Hashable, Any] = {}

    def once(self, history: History, key: Hashable, make: Callable[[], T]) -> T:
        with self._lock:
            if self._of is not history:
                self._of, self._made = history, {}
            if key not in self._made:
                self._made[key] = make()
            made: T = self._made[key]
            return made


def history_of(record: RunRecord) -> History:
    """Everything the run has reported up to now."""
    return _watched(str(record.directory), record.id).follower.history()


def once(record: RunRecord, history: History, key: Hashable, make: Callable[[], T]) -> T:
    """What `make` gives, made once for all who watch while the run reports nothing new. `key` names it, with everything
    but the history that it depends on. Nobody may change it."""
    return _watched(str(record.directory), record.id).once(history, key, make)


def curves_of(record: RunRecord, history: History) -> Curves:
    """The history as arrays."""
    return once(record, history, "curves", lambda: _curves(history, record.config.epochs))


@st.cache_resource(max_entries=32, show_spinner=False)
def _watched(directory: str, run_id: int) -> _Watched:
    return _Watched(run_id)


def _curves(history: History, planned: int) -> Curves:
    progress, epochs = history.progress, history.epochs
    steps = history.started.steps_per_epoch if history.started else 1
    return Curves(
        positions=np.array([each.epoch - 1 + each.step / each.steps_per_epoch for each in progress], float),
        losses=np.array([each.loss for each in progress], float),
        rates=np.array([each.learning_rate for each in progress], float),
        epochs=np.array([each.epoch for each in epochs], float),
        train_loss=np.array([each.train_loss for each in epochs], float),
        test_loss=np.array([each.test_loss for each in epochs], float),
        held_out_loss=np.array([_or_nan(each.held_out_loss) for each in epochs], float),
        train_accuracy=np.array([each.train_accuracy for each in epochs], float),
        test_accuracy=np.array([each.test_accuracy for each in epochs], float),
        held_out_accuracy=np.array([_or_nan(each.held_out_accuracy) for each in epochs], float),
        planned=planned,
        turns=tuple((each.epoch - 1 + each.step / steps, each.learning_rate_factor) for each in history.turns),
    )


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else value

"""What a run has told, read once for all who watch it."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnnviz.figures.training import Curves
from cnnviz.runs import scheduler
from cnnviz.runs.history import Follower, History
from cnnviz.runs.record import RunRecord


def history_of(record: RunRecord) -> History:
    """Everything the run has told up to now."""
    return _follower(str(record.directory), record.id).history()


@st.cache_resource(max_entries=32, show_spinner=False)
def _follower(directory: str, run_id: int) -> Follower:
    return Follower(lambda seq: scheduler.events(run_id, after=seq))


def curves_of(record: RunRecord, history: History) -> Curves:
    """The history as arrays."""
    return Curves(
        positions=np.array([each.epoch - 1 + each.step / each.steps_per_epoch for each in history.progress], float),
        losses=np.array([each.loss for each in history.progress], float),
        epochs=np.array([each.epoch for each in history.epochs], float),
        test_loss=np.array([each.test_loss for each in history.epochs], float),
        train_accuracy=np.array([each.train_accuracy for each in history.epochs], float),
        test_accuracy=np.array([each.test_accuracy for each in history.epochs], float),
        planned=record.config.epochs,
    )

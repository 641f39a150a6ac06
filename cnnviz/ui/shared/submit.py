"""Train was pressed."""

from __future__ import annotations

import time

import streamlit as st

from cnnviz.base.errors import RunError
from cnnviz.engine.config import TrainConfig
from cnnviz.runs import scheduler
from cnnviz.runs.run import RunRecord
from cnnviz.ui.shared import selected_run, visitor
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.page import errors_as_sentences
from cnnviz.ui.shared.run_text import status_of
from cnnviz.ui.shared.selected_run import PARAMETER, choose

_DOUBLE_CLICK_SECONDS = 1.5
_SUBMITTED = "training_submitted"
_LOOK = 2.0  # seconds between two looks at a run that may still change


def submit(config: TrainConfig) -> int:
    """Start the run, or give back the one that the first half of a double click started."""
    last = st.session_state.get(_SUBMITTED)
    if last is not None and last[0] == config and time.monotonic() - last[1] < _DOUBLE_CLICK_SECONDS:
        return int(last[2])
    run_id = scheduler.submit(config, visitor.owner(), parent=selected_run.parent_id())
    st.session_state[_SUBMITTED] = (config, time.monotonic(), run_id)
    return run_id


def train(config: TrainConfig) -> None:
    """Start what the form says, and show it."""
    run_id = submit(config)
    selected_run.started(run_id)
    choose(run_id)


def started_here() -> None:
    """A word beside the button, while the run it started is shown: its head may be out of sight."""
    last = st.session_state.get(_SUBMITTED)
    if last is not None and PARAMETER.read() == last[2]:
        follow(last[2])


def follow(run_id: int) -> None:
    """What has become of a run, as long as that may change: waiting, training, ended. Nothing if it was deleted."""
    try:
        record = scheduler.record(run_id)
    except RunError:
        return
    st.fragment(_follow, run_every=_LOOK if record.is_active else None)(run_id, record.is_active)


def in_words(record: RunRecord) -> str:
    """One sentence that names the run.

    Of one that trains only that it does: how far it is, is told where it is shown.
    """
    if record.status == "queued":
        before = scheduler.before_in_queue(record.id)
        if not before:
            return _("Run {number} waits for the run that is training now: it is next.", number=record.id)
        return _("Run {number} waits: number {place} in the queue.", number=record.id, place=before + 1)
    if record.status == "running":
        return _("Run {number} is training.", number=record.id)
    if record.status == "paused":
        return _("Run {number} is paused.", number=record.id)
    return _("Run {number} has ended: {state}.", number=record.id, state=status_of(record))


def _follow(run_id: int, was_active: bool) -> None:
    with errors_as_sentences():
        scheduler.pump()
    try:
        record = scheduler.record(run_id)
    except RunError:
        return
    if record.is_active != was_active:
        st.rerun()  # the whole page: a fragment cannot stop its own timer
    st.caption(in_words(record))

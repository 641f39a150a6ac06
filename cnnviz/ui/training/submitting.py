"""Train was pressed."""

from __future__ import annotations

import time

import streamlit as st

from cnnviz.engine.config import TrainConfig
from cnnviz.runs import scheduler
from cnnviz.ui import visitor
from cnnviz.ui.i18n import _
from cnnviz.ui.runs import again
from cnnviz.ui.training.shown import PARAMETER

_DOUBLE_CLICK_SECONDS = 1.5
_SUBMITTED = "training_submitted"


def submit(config: TrainConfig) -> int:
    """Start the run, or give back the one that the first half of a double click started."""
    last = st.session_state.get(_SUBMITTED)
    if last is not None and last[0] == config and time.monotonic() - last[1] < _DOUBLE_CLICK_SECONDS:
        return int(last[2])
    run_id = scheduler.submit(config, visitor.owner(), parent=again.parent())
    st.session_state[_SUBMITTED] = (config, time.monotonic(), run_id)
    return run_id


def started_here() -> None:
    """A word beside the button, while the run it started is shown: its head may be out of sight."""
    last = st.session_state.get(_SUBMITTED)
    if last is not None and PARAMETER.read() == last[2]:
        st.caption(_("Run {number} was started: it is at the top of the page.", number=last[2]))

"""Train was pressed."""

from __future__ import annotations

import time

import streamlit as st

from cnnviz.engine.config import TrainConfig
from cnnviz.runs import scheduler
from cnnviz.ui import visitor
from cnnviz.ui.runs import again

_DOUBLE_CLICK_SECONDS = 1.5


def submit(config: TrainConfig) -> int:
    """Start the run, or give back the one that the first half of a double click started."""
    last = st.session_state.get("training_submitted")
    if last is not None and last[0] == config and time.monotonic() - last[1] < _DOUBLE_CLICK_SECONDS:
        return int(last[2])
    run_id = scheduler.submit(config, visitor.owner(), parent=again.parent())
    st.session_state["training_submitted"] = (config, time.monotonic(), run_id)
    return run_id

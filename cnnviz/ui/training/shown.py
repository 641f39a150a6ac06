"""Which run the page shows: behind the link, and kept over page switches."""

from __future__ import annotations

import streamlit as st

from cnnviz.errors import RunError
from cnnviz.runs import scheduler
from cnnviz.runs.record import RunRecord

RUN = "training_run"  # in the link
PARENT = "training_parent"  # in the link: the run that the form was filled in from
_CHOSEN = "training_chosen"  # in the session: a page switch empties the link


def choose(run_id: int) -> None:
    """Show this run, here and behind the link."""
    st.session_state[_CHOSEN] = run_id
    if st.query_params.get(RUN) != str(run_id):  # each write is sent: on the way to another page it would follow there
        st.query_params[RUN] = str(run_id)


def shown() -> RunRecord | None:
    """The run in the link, else the newest that trains, else that waits, else the newest of all."""
    chosen = _chosen()
    if chosen is not None:
        return chosen
    store = scheduler.store()
    newest = store.records(1, ("running",)) or store.records(1, ("queued", "paused")) or store.records(1)
    return newest[0] if newest else None


def _chosen() -> RunRecord | None:
    """The run in the link, after a page switch in the session, or the one the form was filled in from.

    None if there is none, or no such run.
    """
    chosen = str(st.session_state.get(_CHOSEN, ""))
    wanted = st.query_params.get(RUN) or chosen or st.query_params.get(PARENT)
    if not wanted:
        return None
    try:
        record = scheduler.record(int(wanted)) if wanted.isdecimal() else None
    except (RunError, OverflowError):
        record = None
    if record is not None:
        choose(record.id)
    return record

"""Which run the page shows: behind the link, and kept over page switches."""

from __future__ import annotations

import streamlit as st

from cnnviz.base.errors import RunError
from cnnviz.runs import scheduler
from cnnviz.runs.run import RunRecord
from cnnviz.ui.shared.link_parameters import kinds
from cnnviz.ui.shared.state import LinkParam

RUN = "training_run"  # in the link
PARENT = "training_parent"  # in the link: the run that the form was filled in from
PARAMETER: LinkParam[int] = LinkParam(RUN, kinds()[RUN], 0)
MADE_FROM: LinkParam[int] = LinkParam(PARENT, kinds()[PARENT], 0)
_CHOSEN = "training_chosen"  # in the session: a page switch empties the link


def choose(run_id: int) -> None:
    """Show this run, here and behind the link."""
    st.session_state[_CHOSEN] = run_id
    PARAMETER.put(run_id)


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
    wanted = PARAMETER.read() or st.session_state.get(_CHOSEN) or MADE_FROM.read()
    if not wanted:
        return None
    try:
        record = scheduler.record(wanted)
    except RunError:
        return None
    choose(record.id)
    return record

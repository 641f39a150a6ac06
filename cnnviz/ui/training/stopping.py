"""Stop, at once for one's own runs, after a question for those of others: the page shows whatever trains."""

from __future__ import annotations

import streamlit as st

from cnnviz.base.errors import CnnvizError
from cnnviz.runs import scheduler
from cnnviz.runs.run import RunRecord
from cnnviz.ui.shared import visitor
from cnnviz.ui.shared.i18n import _, sentence

_ASKED = "training_stop_asked"  # in the session: the run about which is asked


def button(record: RunRecord) -> None:
    """A stopped run does not resume: what it did since its last epoch is lost."""
    st.button(
        _("Stop"),
        key="training_stop",
        icon=":material/stop:",
        disabled=record.command == "stop",
        on_click=_wish,
        args=(record.id, _is_anothers(record)),
    )


def question(record: RunRecord) -> None:
    """Below the buttons, until it is answered or the run has ended."""
    if st.session_state.get(_ASKED) != record.id or not record.is_active:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="training_stop_question"):
        st.markdown(_("Run {run} is not yours. Stop it all the same?", run=record.id))
        st.button(_("Yes, stop"), key="training_stop_yes", icon=":material/stop:", on_click=_stop, args=(record.id,))
        st.button(_("No"), key="training_stop_no", on_click=_forget)


def _is_anothers(record: RunRecord) -> bool:
    """Nobody's are those of the command line."""
    return bool(record.owner) and record.owner != visitor.owner()


def _wish(run_id: int, is_anothers: bool) -> None:
    if is_anothers:
        st.session_state[_ASKED] = run_id
    else:
        _stop(run_id)


def _stop(run_id: int) -> None:
    _forget()
    try:
        scheduler.stop(run_id)
    except CnnvizError as error:
        st.toast(sentence(error))


def _forget() -> None:
    st.session_state.pop(_ASKED, None)

"""What can be done with the chosen runs: open, again, delete, take away."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from cnnviz.base.errors import CnnvizError
from cnnviz.runs import run_notes, scheduler
from cnnviz.runs.export_csv import as_csv
from cnnviz.runs.export_tensorboard import as_zip
from cnnviz.runs.run import RunRecord
from cnnviz.runs.search import chosen
from cnnviz.ui.runs import deleted, feedback, selection
from cnnviz.ui.shared import visitor
from cnnviz.ui.shared.history import history_of
from cnnviz.ui.shared.i18n import _, listed
from cnnviz.ui.shared.selected_run import rerun_page_link

_PLACE = "actions"
_ASKED = "runs_delete_asked"  # in the session: the runs that are deleted if the answer is yes


def show(records: Sequence[RunRecord]) -> None:
    """The buttons for `records`."""
    if not records:
        return
    ids = _numbers(records)
    with st.container(horizontal=True, vertical_alignment="center", key="runs_actions"):
        if len(records) == 1:
            rerun_page_link(records[0])
        st.download_button(
            _("CSV"),
            data=lambda: _csv(ids),
            file_name=_file(ids, "csv"),
            mime="text/csv",
            icon=":material/download:",
            key="runs_csv",
            on_click="ignore",
            help=_("Every report and every epoch of the chosen runs, one row each."),
        )
        st.download_button(
            _("TensorBoard"),
            data=lambda: _tensorboard(ids),
            file_name=_file(ids, "zip"),
            mime="application/zip",
            icon=":material/download:",
            key="runs_tensorboard",
            on_click="ignore",
            help=_("Event files: unpack them, then start tensorboard --logdir with their folder."),
        )
        st.button(
            _("Delete"),
            key="runs_delete",
            icon=":material/delete:",
            on_click=_wish_to_delete,
            args=(records,),
            help=_("Everybody can bring them back for a quarter of an hour."),
        )
    _question(records)
    feedback.show(_PLACE, ids)


def _question(records: Sequence[RunRecord]) -> None:
    """Before what others trained is deleted."""
    ids, others = _numbers(records), _others(records)
    if st.session_state.get(_ASKED) != ids or not others:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="runs_delete_question"):
        st.markdown(_("Not yours: {runs}. Delete all the same?", runs=listed(f"#{run}" for run in others)))
        st.button(_("Yes, delete"), key="runs_delete_all", icon=":material/delete:", on_click=_delete, args=(ids,))
        mine = tuple(run for run in ids if run not in others)
        if mine:
            st.button(_("Only my own"), key="runs_delete_mine", on_click=_delete, args=(mine,))
        st.button(_("No"), key="runs_delete_none", on_click=_forget_question)


def _others(records: Sequence[RunRecord]) -> tuple[int, ...]:
    """Those that the visitor has not started."""
    mine = visitor.owner()
    return tuple(record.id for record in records if record.owner != mine)


def _wish_to_delete(records: Sequence[RunRecord]) -> None:
    """At once if all are the visitor's own; else a question first. What is under way is refused either way."""
    ids = _numbers(records)
    if _others(records) and not any(record.is_active for record in records):
        st.session_state[_ASKED] = ids
    else:
        _delete(ids)


def _delete(ids: tuple[int, ...]) -> None:
    _forget_question()
    try:
        run_notes.delete(scheduler.store(), ids)
    except CnnvizError as error:
        feedback.keep(_PLACE, ids, error)
        return
    feedback.forget(_PLACE)
    deleted.open_for(ids)
    selection.choose([run for run in selection.chosen() if run not in ids])


def _forget_question() -> None:
    st.session_state.pop(_ASKED, None)


def _numbers(records: Sequence[RunRecord]) -> tuple[int, ...]:
    return tuple(record.id for record in records)


def _csv(ids: tuple[int, ...]) -> bytes:
    records = chosen(scheduler.store(), ids)
    return as_csv([(record, history_of(record)) for record in records]).encode("utf-8-sig")  # Excel needs the mark


def _tensorboard(ids: tuple[int, ...]) -> bytes:
    return as_zip([(record, history_of(record)) for record in chosen(scheduler.store(), ids)])


def _file(ids: tuple[int, ...], suffix: str) -> str:
    name = f"run-{ids[0]}" if len(ids) == 1 else f"runs-{'-'.join(map(str, ids[:6]))}"
    return f"{name}.{suffix}"

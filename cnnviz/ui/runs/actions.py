"""What can be done with the chosen runs: open, again, delete with undo, take away."""

from __future__ import annotations

import time
from collections.abc import Sequence

import streamlit as st

from cnnviz.errors import CnnvizError
from cnnviz.runs import notebook, scheduler
from cnnviz.runs.export_csv import as_csv
from cnnviz.runs.export_tensorboard import as_zip
from cnnviz.runs.listing import chosen
from cnnviz.runs.record import RunRecord
from cnnviz.ui.i18n import _
from cnnviz.ui.runs import answers, selection
from cnnviz.ui.runs.again import again_link
from cnnviz.ui.training.history import history_of

_PLACE = "actions"
_DELETED = "runs_deleted"  # in the session: (when, the runs) that can be brought back


def show(records: Sequence[RunRecord]) -> None:
    """The buttons for `records`, and the way back from the last deletion."""
    _undo()
    if not records:
        return
    ids = tuple(record.id for record in records)
    with st.container(horizontal=True, vertical_alignment="center", key="runs_actions"):
        if len(records) == 1:
            again_link(records[0])
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
            on_click=_delete,
            args=(ids,),
            help=_("They can be brought back for a quarter of an hour."),
        )
    answers.show(_PLACE, ids)


def _undo() -> None:
    """As long as something can be brought back."""
    when, ids = st.session_state.get(_DELETED, (0.0, ()))
    if not ids or time.time() - when > notebook.UNDO_SECONDS:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="runs_undo_bar"):
        numbers = ", ".join(str(run) for run in ids)
        st.markdown(_("Deleted: {runs}.", runs=numbers))
        st.button(_("Undo"), key="runs_undo", icon=":material/undo:", on_click=_restore, args=(ids,))


def _delete(ids: tuple[int, ...]) -> None:
    try:
        notebook.delete(scheduler.store(), ids)
    except CnnvizError as error:
        answers.keep(_PLACE, ids, error)
        return
    answers.forget(_PLACE)
    st.session_state[_DELETED] = (time.time(), ids)
    selection.choose([run for run in selection.chosen() if run not in ids])


def _restore(ids: tuple[int, ...]) -> None:
    st.session_state.pop(_DELETED, None)
    try:
        back = notebook.restore(scheduler.store(), ids)
    except CnnvizError as error:
        answers.keep(_PLACE, ids, error)
        return
    selection.choose([*selection.chosen(), *back])
    if len(back) < len(ids):
        st.toast(_("Some of them are gone for good: the server was started again since."), icon=":material/info:")


def _csv(ids: tuple[int, ...]) -> bytes:
    records = chosen(scheduler.store(), ids)
    return as_csv([(record, history_of(record)) for record in records]).encode("utf-8-sig")  # Excel needs the mark


def _tensorboard(ids: tuple[int, ...]) -> bytes:
    return as_zip([(record, history_of(record)) for record in chosen(scheduler.store(), ids)])


def _file(ids: tuple[int, ...], suffix: str) -> str:
    name = f"run-{ids[0]}" if len(ids) == 1 else f"runs-{'-'.join(map(str, ids[:6]))}"
    return f"{name}.{suffix}"

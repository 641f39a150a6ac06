"""Run actions: what can be done with the chosen runs (again, delete, take away), and bringing deleted ones back."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

import streamlit as st

from cnnviz.base.errors import CnnvizError, RunError
from cnnviz.base.locale import N_
from cnnviz.base.text import plain
from cnnviz.runs import annotations as run_notes
from cnnviz.runs import scheduler
from cnnviz.runs.annotations import Deletion
from cnnviz.runs.export import as_csv, as_zip
from cnnviz.runs.run import RunRecord
from cnnviz.runs.search import chosen
from cnnviz.ui.runs import selection
from cnnviz.ui.shared import visitor
from cnnviz.ui.shared.cache import history_of
from cnnviz.ui.shared.i18n import _, listed
from cnnviz.ui.shared.names import data_name, network_name
from cnnviz.ui.shared.page import forget_error, keep_error, show_error
from cnnviz.ui.shared.run_text import is_unnamed, who
from cnnviz.ui.shared.selected_run import rerun_page_link

_PLACE = "actions"
_TRASH = "deleted"
_MOST_DELETIONS = 12  # lines; what was deleted before is one more
_NAMED_RUNS = 4  # runs of a line
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
    show_error(_PLACE, ids)


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
        keep_error(_PLACE, ids, error)
        return
    forget_error(_PLACE)
    selection.remember_deleted(ids)
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


def show_deleted() -> None:
    """What anybody deleted in the last quarter of an hour, and the way back: a fold-out at the foot of the list."""
    show_error(_TRASH, None)
    found = _newest(run_notes.deletions(scheduler.store()))
    if not found:
        return
    is_own = any(record.id in selection.lately_deleted() for each in found for record in each.records)
    with st.expander(_("Deleted in the last 15 minutes"), is_own, icon=":material/restore_from_trash:"):
        for each in found:
            _deletion(each)


def _newest(found: list[Deletion]) -> list[Deletion]:
    """At most `_MOST_DELETIONS` and one: nothing is out of reach, however many clicked."""
    rest = found[_MOST_DELETIONS:]
    if not rest:
        return found
    return [
        *found[:_MOST_DELETIONS],
        Deletion(rest[-1].when, tuple(record for each in rest for record in each.records)),
    ]


def _deletion(deletion: Deletion) -> None:
    ids = tuple(record.id for record in deletion.records)
    minutes = math.ceil((deletion.when + run_notes.UNDO_SECONDS - time.time()) / 60)
    with st.container(horizontal=True, vertical_alignment="center", key=f"runs_deleted_{ids[0]}"):
        st.button(_("Restore"), key=f"runs_restore_{ids[0]}", icon=":material/undo:", on_click=_restore, args=(ids,))
        left = _("{minutes} min left", minutes=max(1, minutes))
        st.markdown(" · ".join([_in_words(deletion.records), f":gray[{left}]"]))


def _in_words(records: Sequence[RunRecord]) -> str:
    """ "run 1 (lenet5, digits, Lin), run 2 (...), 3 more"."""
    parts = [
        _("run {run} ({about})", run=record.id, about=plain(_run_in_words(record))) for record in records[:_NAMED_RUNS]
    ]
    if len(records) > _NAMED_RUNS:
        parts.append(_("{count} more", count=len(records) - _NAMED_RUNS))
    return listed(parts)


def _run_in_words(record: RunRecord) -> str:
    own_name = [] if is_unnamed(record) else [record.name]
    return listed([*own_name, network_name(record.config), data_name(record.config.data), who(record)])


def _restore(ids: tuple[int, ...]) -> None:
    try:
        back = run_notes.restore(scheduler.store(), ids)
        selection.choose([*selection.chosen(), *back])
        if len(back) < len(ids):
            raise RunError(
                N_("Some of them are gone for good: the quarter of an hour is over, or somebody was faster.")
            )
        forget_error(_TRASH)
    except CnnvizError as error:
        keep_error(_TRASH, None, error)

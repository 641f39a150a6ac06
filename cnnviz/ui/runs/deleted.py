"""What was deleted in the last quarter of an hour, for everybody to see, and the way back."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

import streamlit as st

from cnnviz.base.errors import CnnvizError, RunError
from cnnviz.base.locale import N_
from cnnviz.base.text import plain
from cnnviz.runs import run_notes, scheduler
from cnnviz.runs.run import RunRecord
from cnnviz.runs.run_notes import Deletion
from cnnviz.ui.runs import feedback, selection
from cnnviz.ui.shared.i18n import _, listed
from cnnviz.ui.shared.names import data_name, network_name
from cnnviz.ui.shared.run_text import is_unnamed, who

_PLACE = "deleted"
_OWN = "runs_deleted"  # in the session: the runs that this visitor deleted last, who finds the way back open
_MOST = 12  # lines; what was deleted before is one more
_NAMED = 4  # runs of a line


def open_for(ids: tuple[int, ...]) -> None:
    """The visitor has just deleted these: the way back is to be in sight."""
    st.session_state[_OWN] = ids


def own() -> tuple[int, ...]:
    """What this visitor deleted last."""
    ids: tuple[int, ...] = st.session_state.get(_OWN, ())
    return ids


def show() -> None:
    """A fold-out at the foot of the list, as long as something can be brought back."""
    feedback.show(_PLACE, None)
    found = _lines(run_notes.deletions(scheduler.store()))
    if not found:
        return
    is_own = any(record.id in own() for each in found for record in each.records)
    with st.expander(_("Deleted in the last 15 minutes"), is_own, icon=":material/restore_from_trash:"):
        for each in found:
            _line(each)


def _lines(found: list[Deletion]) -> list[Deletion]:
    """At most `_MOST` and one: nothing is out of reach, however many clicked."""
    rest = found[_MOST:]
    if not rest:
        return found
    return [*found[:_MOST], Deletion(rest[-1].when, tuple(record for each in rest for record in each.records))]


def _line(deletion: Deletion) -> None:
    ids = tuple(record.id for record in deletion.records)
    minutes = math.ceil((deletion.when + run_notes.UNDO_SECONDS - time.time()) / 60)
    with st.container(horizontal=True, vertical_alignment="center", key=f"runs_deleted_{ids[0]}"):
        st.button(_("Restore"), key=f"runs_restore_{ids[0]}", icon=":material/undo:", on_click=_restore, args=(ids,))
        left = _("{minutes} min left", minutes=max(1, minutes))
        st.markdown(" · ".join([_in_words(deletion.records), f":gray[{left}]"]))


def _in_words(records: Sequence[RunRecord]) -> str:
    """ "run 1 (lenet5, digits, Lin), run 2 (...), 3 more"."""
    parts = [_("run {run} ({about})", run=record.id, about=plain(_about(record))) for record in records[:_NAMED]]
    if len(records) > _NAMED:
        parts.append(_("{count} more", count=len(records) - _NAMED))
    return listed(parts)


def _about(record: RunRecord) -> str:
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
        feedback.forget(_PLACE)
    except CnnvizError as error:
        feedback.keep(_PLACE, None, error)

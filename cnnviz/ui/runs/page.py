"""Runs page: which of its views is shown, and what is drawn anew while something trains."""

from __future__ import annotations

from html import escape

import streamlit as st

from cnnviz.base.locale import N_
from cnnviz.runs import scheduler
from cnnviz.runs.run import RunRecord
from cnnviz.runs.search import chosen
from cnnviz.runs.sweeps import store
from cnnviz.ui.runs import (
    actions,
    details,
    differences,
    leaderboard,
    matrices,
    overlay,
    selection,
    sweep_form,
    sweep_view,
    table,
)
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.link_parameters import RUN_VIEWS
from cnnviz.ui.shared.mount import css
from cnnviz.ui.shared.page import errors_as_sentences, start
from cnnviz.ui.shared.state import choose_view, is_view_changing

VIEWS = dict(zip(RUN_VIEWS, (N_("Compare"), N_("Sweeps"), N_("Leaderboard")), strict=True))
_FEW = 3  # runs shown while none is chosen
_FAST, _SLOW = 2.0, 6.0  # seconds between two looks


def page() -> None:
    """The whole page."""
    start(
        N_("Runs"),
        N_("What made the difference? Lay runs over each other, have settings searched for you, see who is best."),
        check_link=selection.check_link,
    )
    with errors_as_sentences():
        {"compare": _compare, "sweeps": _sweeps, "board": _board}[_begin()]()


def _begin() -> str:
    """The first thing on the page: which view it is."""
    st.html(f"<style>{css('runs/style')}</style>")
    if selection.VIEW_BOX not in st.session_state:  # a page switch forgets it
        details.close()
    return _choose_view()


def _compare() -> None:
    """The table of runs, the chart of the chosen runs, and what made the difference."""
    is_any_live = bool(scheduler.store().records(1, ("running",)))
    details.show()
    shown = _shown()
    st.fragment(_table, run_every=_FAST if is_any_live else _SLOW)(
        selection.chosen(), _numbers(shown), details.opened()
    )
    if not shown:
        return
    is_live = any(record.is_active for record in shown)  # else nothing in the chart can change
    st.fragment(_chart, run_every=_FAST if is_live else None)(is_live)
    if len(shown) > 1:
        st.subheader(_("What differs"), anchor=False)
        with errors_as_sentences():
            differences.show(shown)
        st.subheader(_("Which mistakes differ"), anchor=False)
        with errors_as_sentences():
            matrices.show(shown)


def _sweeps() -> None:
    """A form for a new sweep, and one sweep as it goes."""
    left, right = st.columns([1, 1.8], gap="large")
    with left, st.container(key="runs_sweep_form"), errors_as_sentences():
        sweep_form.form()
    with right:
        sweep = sweep_view.choose()
        if sweep is None:
            text = _("No sweep yet. Choose what to vary and how much it may cost, then start it.")
            st.html(f'<p class="rn-invitation">{escape(text)}</p>')
            return
        st.fragment(_sweep, run_every=_FAST if sweep.status == "running" else _SLOW)(sweep.id, sweep.status)


def _sweep(sweep_id: int, drawn: str) -> None:
    with errors_as_sentences():
        scheduler.dispatch()
        if store.sweep(scheduler.store(), sweep_id).status != drawn or is_view_changing(selection.VIEW_BOX):
            st.rerun()  # the box and the timer, or another view
        sweep_view.show(sweep_id)


def _board() -> None:
    """The leaderboard, looked at again every few seconds."""
    leaderboard.name_box()
    st.fragment(leaderboard.show, run_every=_SLOW)()


def _table(chosen_then: tuple[int, ...], drawn: tuple[int, ...], drawn_box: int | None) -> None:
    with errors_as_sentences():
        scheduler.dispatch()
        shown = _numbers(_shown())
        opened = details.opened()
        if opened != drawn_box:
            st.rerun()  # the box belongs to the page
        if (selection.chosen(), shown) != (chosen_then, drawn) and opened is None:
            st.rerun()  # the chart and all below it
        table.show(shown)
        actions.show(_chosen())
        actions.show_deleted()


def _chart(was_live: bool) -> None:
    with errors_as_sentences():
        shown = _shown()
        if was_live and not any(record.is_active for record in shown) and details.opened() is None:
            st.rerun()  # what differs is complete now, and the timer can rest
        if shown:
            if not selection.chosen():
                st.caption(_("The newest runs; tick others in the list to compare them."))
            overlay.show(shown)


def _chosen() -> list[RunRecord]:
    return chosen(scheduler.store(), selection.chosen())


def _shown() -> list[RunRecord]:
    """The chosen runs; while none is chosen, the newest that have something to show, the oldest of them first."""
    found = _chosen()
    if found:
        return found
    newest = [record for record in scheduler.store().records(50) if record.epochs_done][:_FEW]
    return newest[::-1]


def _numbers(records: list[RunRecord]) -> tuple[int, ...]:
    return tuple(record.id for record in records)


def _choose_view() -> str:
    view = choose_view(selection.VIEW, VIEWS, selection.VIEW_BOX)
    selection.LINK.keep()
    return view

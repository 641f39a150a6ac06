"""Live run of the page Training: one run as it goes, with its buttons, and the list of runs.

Everything shown is read from the store, so every visitor sees the same, and nothing is lost with a tab. The panel is a
fragment that runs by itself: twice a second while a run trains (less often the more look on, but for whoever's run it
is), else every two seconds, to notice what others do.
"""

from __future__ import annotations

import streamlit as st

from cnnviz.base.errors import CnnvizError, RunError
from cnnviz.base.locale import N_
from cnnviz.base.text import percent, plain
from cnnviz.runs import scheduler
from cnnviz.runs.run import RESUMABLE, RunRecord
from cnnviz.ui.shared import visitor, warmup
from cnnviz.ui.shared.answer_link import answer_link
from cnnviz.ui.shared.cache import history_of
from cnnviz.ui.shared.checkpoints import NEXT_STEPS, run_name
from cnnviz.ui.shared.i18n import _, sentence
from cnnviz.ui.shared.names import data_name, network_name, trained
from cnnviz.ui.shared.page import errors_as_sentences, page_link
from cnnviz.ui.shared.run_text import duration, lr_changed, status_of, who
from cnnviz.ui.shared.selected_run import SELECTED, choose, shown
from cnnviz.ui.training import charts, log
from cnnviz.ui.training.lr_control import lr_control
from cnnviz.ui.training.resume import as_resumed, kept_epochs_in_words, resume_from_epoch
from cnnviz.ui.training.status_text import status_sentence
from cnnviz.ui.training.timemachine.view import ANCHOR, time_machine
from cnnviz.ui.training.transfer.live_text import learning_in_words

_SHOWN_RUNS = 8
_FAST, _SLOW = 0.5, 2.0  # seconds between two looks
_STOP_QUESTION = "training_stop_asked"  # in the session: the run the question is about


def live_panel() -> None:
    """The run in the link, else the newest that trains or waits, else the newest: buttons, figures, loss."""
    st.html(f"<style>{charts.CSS}</style>")
    with errors_as_sentences():
        seconds = _refresh_rate(shown())
        st.fragment(_panel, run_every=seconds)(seconds)


def live_details() -> None:
    """The same run epoch by epoch, and the list of all runs."""
    with errors_as_sentences():
        st.fragment(_details, run_every=2 * _refresh_rate(shown()))()


def _panel(seconds: float) -> None:
    with errors_as_sentences():
        scheduler.dispatch()
        if warmup.done():  # before, the server itself needs the cores
            scheduler.prewarm()
        record = shown()
        if _refresh_rate(record, seconds) != seconds:
            st.rerun()  # the whole page: a fragment cannot change its own timer
        wanted = SELECTED.read()
        if wanted and (record is None or wanted != record.id):
            _say_what_became_of(wanted)
        if record is None:
            charts.invitation()
        else:
            _run(record)


def _say_what_became_of(run_id: int) -> None:
    try:
        scheduler.store().record(run_id)
    except RunError as error:
        st.info(sentence(error))


def _details() -> None:
    with errors_as_sentences():
        record = shown()
        if record is None:
            return
        history = history_of(record)
        with st.container(key="training_details"):
            time_machine(record, history)
            if history.epochs:
                charts.epochs(record, history)
            if history.started is not None:
                log.log(record, history)
            if kept := kept_epochs_in_words(record):
                st.caption(kept)
            _list(record)


def _refresh_rate(record: RunRecord | None, before: float | None = None) -> float:
    if record is None or record.status != "running":
        return _SLOW
    return _FAST if record.owner == visitor.owner() else visitor.refresh_rate(_FAST, _SLOW, before)


def _run(record: RunRecord) -> None:
    record, history = as_resumed(record, history_of(record))
    charts.heading(record)
    with st.container(horizontal=True, vertical_alignment="center", key="training_bar"):
        _buttons(record)
        resume_from_epoch(record)
        st.markdown(status_sentence(record, history))
        if record.status == "running" and history.started is not None:
            _to_the_time_machine()
        if record.epochs_done and record.status != "running":
            answer_link(record)
    stop_question(record)
    if record.status == "running" or history.progress:
        charts.progress(record, history)
        charts.figures(record, history)
        if learning := learning_in_words(record, history):
            st.caption(learning)
        charts.loss(record, history)
        lr_control(record, history)
    if record.epochs_done and record.status != "running":
        _next_steps(record)


def _buttons(record: RunRecord) -> None:
    """Those that make sense now. They belong in the fragment: outside, other visitors would keep stale ones."""
    is_commanded = record.command is not None
    if record.status == "running":
        _button(N_("Pause"), "pause", record, disabled=is_commanded)
    if record.status in RESUMABLE:
        _button(N_("Resume"), "resume", record)
    if record.is_active or record.status in RESUMABLE:
        stop_button(record)
    else:
        st.button(_("Again"), key="training_again", on_click=_again, args=(record.id,), icon=":material/replay:")


_ICONS = {"pause": ":material/pause:", "resume": ":material/play_arrow:"}


def _button(label: str, command: str, record: RunRecord, disabled: bool = False) -> None:
    st.button(
        _(label),
        key=f"training_{command}",
        icon=_ICONS[command],
        disabled=disabled,
        on_click=_ask,
        args=(command, record.id),
    )


def _ask(command: str, run_id: int) -> None:
    try:
        {"pause": scheduler.pause, "resume": scheduler.resume}[command](run_id)
    except CnnvizError as error:
        st.toast(sentence(error))


def _again(run_id: int) -> None:
    try:
        choose(scheduler.clone(run_id, visitor.owner()))
    except CnnvizError as error:
        st.toast(sentence(error))


def _next_steps(record: RunRecord) -> None:
    """To where the trained network can be looked at."""
    name = run_name(record.id)
    with st.container(horizontal=True, key="training_next"):
        for page, label, icon in NEXT_STEPS:
            page_link(page, label, icon, {f"{page}_checkpoint": name})
        _to_the_time_machine()


def _to_the_time_machine() -> None:
    """It is below the fold; whoever does not scroll must know of it."""
    st.markdown(_("[↓ Confusion matrix and filters](#{anchor})", anchor=ANCHOR))


def _list(current: RunRecord) -> None:
    """The newest runs of everybody; the one shown is marked."""
    records = scheduler.store().records(_SHOWN_RUNS)
    if len(records) < 2:
        return
    st.subheader(_("Runs"), anchor=False)
    with st.container(key="training_runs", gap="small"):
        for record in records:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.button(
                    _("Run {number}", number=record.id),
                    key=f"training_open_{record.id}",
                    type="secondary" if record.id != current.id else "primary",
                    on_click=choose,
                    args=(record.id,),
                )
                st.markdown(_line(record))
    page_link("runs", N_("All runs, side by side"), ":material/stacked_line_chart:")


def _line(record: RunRecord) -> str:
    parts = [status_of(record), plain(trained(network_name(record.config), data_name(record.config.data)))]
    if record.test_accuracy is not None:
        parts.append(percent(record.test_accuracy))
    if record.seconds:
        parts.append(duration(record.seconds))
    if record.lr_changes:
        parts.append(lr_changed())
    if record.owner:
        owner = plain(who(record))
        parts.append(f"**{owner}**" if record.owner == visitor.owner() else owner)
    return " · ".join(parts)


def stop_button(record: RunRecord) -> None:
    """A stopped run does not resume: what it did since its last epoch is lost."""
    st.button(
        _("Stop"),
        key="training_stop",
        icon=":material/stop:",
        disabled=record.command == "stop",
        on_click=_ask_to_stop,
        args=(record.id, _is_anothers(record)),
    )


def stop_question(record: RunRecord) -> None:
    """Below the buttons, until it is answered or the run has ended."""
    if st.session_state.get(_STOP_QUESTION) != record.id or not record.is_active:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="training_stop_question"):
        st.markdown(_("Run {run} is not yours. Stop it all the same?", run=record.id))
        st.button(_("Yes, stop"), key="training_stop_yes", icon=":material/stop:", on_click=_stop, args=(record.id,))
        st.button(_("No"), key="training_stop_no", on_click=_forget_question)


def _is_anothers(record: RunRecord) -> bool:
    """Nobody's are those of the command line."""
    return bool(record.owner) and record.owner != visitor.owner()


def _ask_to_stop(run_id: int, is_anothers: bool) -> None:
    if is_anothers:
        st.session_state[_STOP_QUESTION] = run_id
    else:
        _stop(run_id)


def _stop(run_id: int) -> None:
    _forget_question()
    try:
        scheduler.stop(run_id)
    except CnnvizError as error:
        st.toast(sentence(error))


def _forget_question() -> None:
    st.session_state.pop(_STOP_QUESTION, None)

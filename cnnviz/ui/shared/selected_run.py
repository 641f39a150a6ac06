"""Selected run: the one the page Training shows, the one its form was filled in from, and the one just submitted.

The first two are in the link and outlive a page switch. Draws no run; the notices about the three are here.
"""

from __future__ import annotations

import time

import streamlit as st

from cnnviz.base.errors import RunError
from cnnviz.base.locale import N_
from cnnviz.base.text import plain
from cnnviz.engine.config import OWN, TrainConfig, parse_blueprint
from cnnviz.engine.form import PRESET, decides, link_of
from cnnviz.engine.hyperparameters import SETS_WEIGHTS
from cnnviz.models.editor.formats import to_link
from cnnviz.runs import scheduler
from cnnviz.runs.run import RunRecord
from cnnviz.ui.shared import state, visitor
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.link_parameters import parameter
from cnnviz.ui.shared.names import network_name
from cnnviz.ui.shared.page import errors_as_sentences, page_link
from cnnviz.ui.shared.run_text import status_of

RUN = "training_run"  # in the link
PARENT = "training_parent"  # in the link: the run that the form was filled in from
SELECTED = parameter(RUN, 0)
MADE_FROM = parameter(PARENT, 0)
LABEL = N_("Again with the same initial weights, but …")
_FILLED = "training_parent_filled"  # the run that the form has taken the settings of
_STARTED = "training_form_started"  # the run that was started with what the form says
_SUBMITTED = "training_submitted"  # (configuration, when, run)
_DOUBLE_CLICK_SECONDS = 1.5
_LOOK = 2.0  # seconds between two looks at a run that may still change


def choose(run_id: int) -> None:
    """Show this run, here and behind the link."""
    SELECTED.keep(run_id)


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
    wanted = SELECTED.kept() or MADE_FROM.read()
    if not wanted:
        return None
    try:
        record = scheduler.store().record(wanted)
    except RunError:
        return None
    choose(record.id)
    return record


def rerun_link(record: RunRecord) -> dict[str, str]:
    """The parameters that fill the page Training in and have it show the run.

    A network of one's own stays in its run: no link holds it.
    """
    return _filling(record.id, record.config)


def rerun_page_link(record: RunRecord) -> None:
    """The link there. Whoever follows it once more gets the run's settings once more."""
    st.session_state.pop(_FILLED, None)
    page_link("training", LABEL, ":material/replay:", rerun_link(record))


def filled_from(run_id: int, config: TrainConfig) -> dict[str, str]:
    """The parameters for whoever goes there now, to see the run and the form with its settings."""
    st.session_state.pop(_FILLED, None)
    return _filling(run_id, config)


def _filling(run_id: int, config: TrainConfig) -> dict[str, str]:
    return {**link_of(config), PARENT: str(run_id), RUN: str(run_id)}


def rerun_notice(config: TrainConfig | None) -> None:
    """On the page Training: whose initial weights these are, as long as that is so."""
    old = parent_run()
    if old is None:
        return
    if config is not None and shares_initial_weights(config, old.config):
        text = _(
            "Again with the initial weights of run {run} (seed {seed}): change what you like, then press Train.",
            run=old.id,
            seed=old.config.seed,
        )
    else:
        text = _(
            "Made from run {run}, but with other initial weights: they go by network, data set and seed.", run=old.id
        )
    with st.container(key="training_parent_notice"):
        st.info(text, icon=":material/replay:")
        st.button(_("Forget run {run}", run=old.id), key="training_parent_forget", on_click=_forget)


def own_network_notice(config: TrainConfig) -> None:
    """Which network of one's own this is, and where its rows can be changed."""
    blueprint = parse_blueprint(config.blueprint)
    st.caption(
        _(
            "{name}: the network of the run it was made from, with {rows} rows.",
            name=plain(network_name(config)),
            rows=len(blueprint.rows),
        )
    )
    text = to_link(blueprint)
    rows = {"networks_own": text} if text else {}
    page_link(
        "networks",
        N_("Change this network of your own"),
        ":material/account_tree:",
        {"networks_view": "own", **rows},
    )


def parent_id() -> int | None:
    """The run that the form was filled in from, if there is one."""
    found = parent_run()
    return found.id if found is not None else None


def parent_run() -> RunRecord | None:
    """The run in the link or, after a page switch, in the session; None if there is none, or no such run.

    Whoever comes with a link that names a run and no settings gets that run's: form and view are of one run.
    """
    wanted = MADE_FROM.read() or _arriving() or MADE_FROM.kept()
    if not wanted:
        return None
    try:
        record = scheduler.store().record(wanted)
    except RunError:
        return None
    MADE_FROM.keep(record.id)
    return record


def _arriving() -> int:
    """The run that the link shows, as long as the form has not been drawn on this visit of the page."""
    wanted = SELECTED.read()
    is_drawn = PRESET in st.session_state  # a page switch forgets it
    if is_drawn or decides(state.given()) or wanted == st.session_state.get(_STARTED):
        return 0
    return wanted


def is_news(record: RunRecord) -> bool:
    """Whether the form has to take the run's settings: True once for each time somebody comes with it."""
    if st.session_state.get(_FILLED) == record.id:
        return False
    st.session_state[_FILLED] = record.id
    return True


def shares_initial_weights(one: TrainConfig, other: TrainConfig) -> bool:
    """Whether both begin with the same weights, as far as settings say; the files say for sure."""
    return all(getattr(one, name) == getattr(other, name) for name in SETS_WEIGHTS)


def _forget() -> None:
    MADE_FROM.forget()
    st.session_state.pop(_FILLED, None)
    if st.session_state.get("training_model") == OWN:
        st.session_state["training_model"] = TrainConfig.model


def submit(config: TrainConfig) -> int:
    """Start the run, or give back the one that the first half of a double click started."""
    last = st.session_state.get(_SUBMITTED)
    if last is not None and last[0] == config and time.monotonic() - last[1] < _DOUBLE_CLICK_SECONDS:
        return int(last[2])
    run_id = scheduler.submit(config, visitor.owner(), parent=parent_id())
    st.session_state[_SUBMITTED] = (config, time.monotonic(), run_id)
    return run_id


def submit_and_show(config: TrainConfig) -> None:
    """Start what the form says, and show it. A link to this run need not fill the form in: it says the same."""
    run_id = submit(config)
    st.session_state[_STARTED] = run_id
    choose(run_id)


def started_here() -> None:
    """A word beside the button, while the run it started is shown: its head may be out of sight."""
    last = st.session_state.get(_SUBMITTED)
    if last is not None and SELECTED.read() == last[2]:
        follow(last[2])


def follow(run_id: int) -> None:
    """What has become of a run, as long as that may change: waiting, training, ended. Nothing if it was deleted."""
    try:
        record = scheduler.store().record(run_id)
    except RunError:
        return
    st.fragment(_follow, run_every=_LOOK if record.is_active else None)(run_id, record.is_active)


def state_in_words(record: RunRecord) -> str:
    """One sentence that names the run.

    Of one that trains only that it does: how far it is, is said where it is shown.
    """
    if record.status == "queued":
        before = scheduler.store().before_in_queue(record.id)
        if not before:
            return _("Run {number} waits for the run that is training now: it is next.", number=record.id)
        return _("Run {number} waits: number {place} in the queue.", number=record.id, place=before + 1)
    if record.status == "running":
        return _("Run {number} is training.", number=record.id)
    if record.status == "paused":
        return _("Run {number} is paused.", number=record.id)
    return _("Run {number} has ended: {state}.", number=record.id, state=status_of(record))


def _follow(run_id: int, was_active: bool) -> None:
    with errors_as_sentences():
        scheduler.dispatch()
    try:
        record = scheduler.store().record(run_id)
    except RunError:
        return
    if record.is_active != was_active:
        st.rerun()  # the whole page: a fragment cannot stop its own timer
    st.caption(state_in_words(record))

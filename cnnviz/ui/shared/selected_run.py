"""Which run the page shows: behind the link, and kept over page switches."""

from __future__ import annotations

import streamlit as st

from cnnviz.base.errors import RunError
from cnnviz.base.locale import N_
from cnnviz.base.text import plain
from cnnviz.engine.config import OWN, TrainConfig, parse_blueprint
from cnnviz.engine.form_link import PRESET, decides, link_of
from cnnviz.engine.hyperparameters import SETS_WEIGHTS
from cnnviz.models.editor.link_format import to_link
from cnnviz.runs import scheduler
from cnnviz.runs.run import RunRecord
from cnnviz.ui.shared import state
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.link_parameters import kinds
from cnnviz.ui.shared.names import network_name
from cnnviz.ui.shared.page import page_link
from cnnviz.ui.shared.state import LinkParam

RUN = "training_run"  # in the link
PARENT = "training_parent"  # in the link: the run that the form was filled in from
PARAMETER: LinkParam[int] = LinkParam(RUN, kinds()[RUN], 0)
MADE_FROM: LinkParam[int] = LinkParam(PARENT, kinds()[PARENT], 0)
_CHOSEN = "training_chosen"  # in the session: a page switch empties the link
LABEL = N_("Again with the same initial weights, but …")
_PARENT_KEPT = "training_parent_kept"  # in the session: a page switch empties the link
_FILLED = "training_parent_filled"  # the run that the form has taken the settings of
_STARTED = "training_form_started"  # the run that was started with what the form says


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


def rerun_link(record: RunRecord) -> dict[str, str]:
    """The parameters that fill the page Training in and have it show the run.

    A network of one's own stays in its run: no link holds it.
    """
    return {**link_of(record.config), PARENT: str(record.id), RUN: str(record.id)}


def rerun_page_link(record: RunRecord) -> None:
    """The link there. Whoever follows it once more gets the run's settings once more."""
    st.session_state.pop(_FILLED, None)
    page_link("training", LABEL, ":material/replay:", rerun_link(record))


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
    wanted = MADE_FROM.read() or _arriving() or st.session_state.get(_PARENT_KEPT)
    if not wanted:
        return None
    try:
        record = scheduler.record(wanted)
    except RunError:
        return None
    st.session_state[_PARENT_KEPT] = record.id
    MADE_FROM.put(record.id)
    return record


def started(run_id: int) -> None:
    """The form says what this run was started with: a link to it need not fill it in."""
    st.session_state[_STARTED] = run_id


def _arriving() -> int:
    """The run that the link shows, as long as the form has not been drawn on this visit of the page."""
    wanted = PARAMETER.read()
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
    MADE_FROM.clear()
    st.session_state.pop(_PARENT_KEPT, None)
    st.session_state.pop(_FILLED, None)
    if st.session_state.get("training_model") == OWN:
        st.session_state["training_model"] = TrainConfig.model

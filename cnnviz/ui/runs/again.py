"""Again with the same initial weights, but ...: the page Training filled in with a run's settings."""

from __future__ import annotations

from dataclasses import fields

import streamlit as st

from cnnviz.engine.config import OWN, TrainConfig
from cnnviz.errors import RunError
from cnnviz.locale import N_
from cnnviz.runs import scheduler
from cnnviz.runs.record import RunRecord
from cnnviz.ui.i18n import _
from cnnviz.ui.page import page_link

PARENT = "training_parent"  # in the link of the page Training
LABEL = N_("Again with the same initial weights, but …")
_DECIDE = ("model", "data", "seed", "blueprint", "model_options")  # what the initial weights depend on


def can_be_filled_in(config: TrainConfig) -> bool:
    """Whether the page Training has a control for everything in it: a network of one's own has none there."""
    return config.model != OWN


def link(record: RunRecord) -> dict[str, str]:
    """The parameters that fill the page Training in."""
    values = {field.name: getattr(record.config, field.name) for field in fields(TrainConfig)}
    filled = {f"training_{name}": _text(value) for name, value in values.items() if value not in ("", None)}
    return {**filled, PARENT: str(record.id)}


def again_link(record: RunRecord) -> None:
    """The link there; for a network of one's own, where it can be changed."""
    if can_be_filled_in(record.config):
        page_link("training", LABEL, ":material/replay:", link(record))
    else:
        page_link(
            "networks", N_("Change this network of your own"), ":material/account_tree:", {"networks_view": "own"}
        )


def notice(config: TrainConfig | None) -> None:
    """On the page Training: whose initial weights these are, as long as that is so."""
    old = _parent()
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
    with st.container(horizontal=True, vertical_alignment="center", key="training_parent_notice"):
        st.info(text, icon=":material/replay:")
        st.button(_("Forget run {run}", run=old.id), key="training_parent_forget", on_click=_forget)


def parent() -> int | None:
    """The run that the form was filled in from, if there is one."""
    found = _parent()
    return found.id if found is not None else None


def shares_initial_weights(one: TrainConfig, other: TrainConfig) -> bool:
    """Whether both begin with the same weights, as far as settings say; the files say for sure."""
    return all(getattr(one, name) == getattr(other, name) for name in _DECIDE)


def _parent() -> RunRecord | None:
    wanted = st.query_params.get(PARENT, "")
    if not (wanted.isascii() and wanted.isdecimal() and len(wanted) < 10):
        return None
    try:
        return scheduler.record(int(wanted))
    except RunError:
        return None


def _forget() -> None:
    st.query_params.pop(PARENT, None)


def _text(value: object) -> str:
    return repr(value) if isinstance(value, float) else str(value)

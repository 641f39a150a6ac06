"""One's own network trained like any other: data set, epochs, the button, and the way to the page Training."""

from __future__ import annotations

import dataclasses

import streamlit as st

from cnnviz.base.locale import N_
from cnnviz.data.registry import dataset
from cnnviz.engine.config import OWN, TrainConfig
from cnnviz.engine.hyperparameters import HYPERPARAMETERS
from cnnviz.models.editor.blueprint import Blueprint
from cnnviz.ui.networks.speed import choose_data, pace_of
from cnnviz.ui.shared import selected_run
from cnnviz.ui.shared.i18n import _, sentence
from cnnviz.ui.shared.names import data_name
from cnnviz.ui.shared.page import errors_as_sentences, page_link
from cnnviz.ui.shared.submit import follow, submit

_RUN = "networks_own_run"  # in the session: the run that was started last


def train_form(blueprint: Blueprint) -> None:
    """A data set of other shapes is fitted to, in a sentence; if that cannot be, why."""
    st.subheader(_("Train it"), anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        data = choose_data("networks_own_data", "digits")
        knob = HYPERPARAMETERS["epochs"]
        limits = (int(knob.low), int(knob.high), TrainConfig.epochs)
        epochs = int(st.number_input(_(knob.title), *limits, key="networks_own_epochs"))
    if data is None:
        return
    fitted = _fitted(blueprint, data)
    problem = fitted.problem()
    if problem is not None:
        st.error(sentence(problem), icon=":material/error:")
        return
    named = dataclasses.replace(fitted, name=fitted.name or OWN)
    config = TrainConfig(model=OWN, blueprint=named.to_line(), data=data, epochs=epochs)
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(_("Train"), type="primary", icon=":material/play_arrow:", key="networks_own_train"):
            _train(config)
        _submitted()
    pace_of(config)


def _fitted(blueprint: Blueprint, data: str) -> Blueprint:
    """With the channels and classes of the data set, and a sentence where that changes something."""
    spec = dataset(data)
    channels, (height, width), classes = spec.image_size[0], spec.image_size[1:], len(spec.classes)
    fitted = blueprint.fitted(channels, classes)
    if fitted != blueprint:
        text = N_("Trained on {data}: input channels {channels}, outputs {classes}.")
        st.caption(_(text, data=data_name(data), channels=channels, classes=classes))
    if (height, width) != fitted.input_size[1:]:
        st.caption(
            _(
                "Its pictures of {given} pixels are brought to {wanted}.",
                given=f"{height} × {width}",
                wanted=" × ".join(map(str, fitted.input_size[1:])),
            )
        )
    return fitted


def _train(config: TrainConfig) -> None:
    with errors_as_sentences():
        run = submit(config)
        selected_run.choose(run)
        selected_run.PARAMETER.clear()  # it is for the page Training, not for this link
        st.session_state[_RUN] = run


def _submitted() -> None:
    run = st.session_state.get(_RUN)
    if run is None:
        return
    follow(run)
    page_link(
        "training", N_("Watch it on the page Training"), ":material/model_training:", {selected_run.RUN: str(run)}
    )

"""Editor view: one's own network as table, figures and drawing, its export, and a training of it."""

from __future__ import annotations

import dataclasses
import time

import streamlit as st

from cnnviz.base.errors import CnnvizError
from cnnviz.base.locale import N_
from cnnviz.data.registry import dataset
from cnnviz.engine.card import Card, load_card
from cnnviz.engine.checkpoint import load
from cnnviz.engine.config import OWN, TrainConfig, parse_blueprint
from cnnviz.engine.hyperparameters import HYPERPARAMETERS
from cnnviz.models.editor.blueprint import Blueprint, RowError, RowShape
from cnnviz.models.editor.build import build
from cnnviz.models.editor.fixes import first_error
from cnnviz.models.editor.formats import from_json, to_json, to_line
from cnnviz.models.empty_weights import init_empty_weights
from cnnviz.models.export.code import python_source
from cnnviz.models.summary import Summary, summarize
from cnnviz.ui.networks.choice import Choice, figures
from cnnviz.ui.networks.diagram import draw
from cnnviz.ui.networks.editor import state
from cnnviz.ui.networks.editor.table import listen, table
from cnnviz.ui.networks.editor.toolbar import file_stem, toolbar
from cnnviz.ui.networks.export import Parcel, make_onnx, onnx_button, source_button, untrained
from cnnviz.ui.networks.speed import choose_data, time_per_epoch_of
from cnnviz.ui.networks.weights import UNTRAINED
from cnnviz.ui.shared import checkpoints, selected_run
from cnnviz.ui.shared.i18n import _, sentence
from cnnviz.ui.shared.names import data_name
from cnnviz.ui.shared.page import errors_as_sentences, page_link
from cnnviz.ui.shared.selected_run import follow, submit

_LARGE = 40  # rows: beyond, taking a network apart takes 0.2 s and more
_REST = 0.35  # seconds
_KEY = "networks_own"
_RUN = "networks_own_run"  # in the session: the run that was started last


@st.fragment
def own(choice: Choice) -> None:
    """The view; `choice` is the network to start from. An edit runs this fragment only."""
    with errors_as_sentences():
        state.arrive()
        listen()
        blueprint = state.current()
        toolbar(choice, blueprint)
        checked = blueprint.check()
        table(blueprint, checked)
        _figures(checked)
        if not checked or first_error(checked) is not None:
            return
        _rest(len(checked))
        summary = _summary_of(to_json(blueprint))
        name = blueprint.name or _("your network")
        draw(summary, blueprint.input_size, name, "networks_own_drawing", None)
        export(blueprint)
        train_form(blueprint)


def _figures(checked: list[RowShape | RowError]) -> None:
    """Sums over the rows that can be."""
    sound = [row for row in checked if isinstance(row, RowShape)]
    figures(
        [
            (_("Weights"), f"{sum(row.params for row in sound):,}"),
            (_("Multiplications a picture"), f"{sum(row.macs for row in sound):,}"),
            (_("Rows"), str(len(checked))),
        ]
    )


def _rest(rows: int) -> None:
    """A large network is drawn once fingers rest: while it is taken apart the next letter would wait for its answer."""
    if rows > _LARGE:
        time.sleep(_REST)
    st.container()  # here Streamlit begins anew if more was typed meanwhile


@st.cache_resource(max_entries=32, show_spinner=False)
def _summary_of(text: str) -> Summary:
    """Of a blueprint, which is built of shapes only."""
    blueprint = from_json(text)
    with init_empty_weights():
        model = build(blueprint)
    return summarize(model, blueprint.input_size)


def export(blueprint: Blueprint) -> None:
    """The buttons, and the file that was requested."""
    stem = file_stem(blueprint)
    with st.container(horizontal=True):
        source_button(stem, _source(to_json(blueprint)), _KEY)
        is_asked = onnx_button(_KEY)
    if is_asked:
        make_onnx(stem, _KEY, lambda: _parcel(blueprint))


def _parcel(blueprint: Blueprint) -> Parcel:
    for choice in checkpoints.choices():  # the newest run first
        try:
            card = load_card(choice.path)
            if _is_of(card, blueprint):
                model, _ = load(choice.path)
                return Parcel(model, (card.input_size[0], *blueprint.input_size[1:]), choice.name)
        except CnnvizError:  # broken, or cut: the next one
            continue
    return Parcel(untrained(lambda: build(blueprint)), blueprint.input_size, UNTRAINED)


def _is_of(card: Card, blueprint: Blueprint) -> bool:
    """Whether it was trained with these rows, for whatever channels and classes its data have. Names do not matter."""
    if card.model != OWN:
        return False
    theirs = parse_blueprint(card.options.get("blueprint"))
    return (theirs.rows, theirs.input_size[1:]) == (blueprint.rows, blueprint.input_size[1:])


@st.cache_data(max_entries=64, show_spinner=False)
def _source(text: str) -> str:
    return python_source(from_json(text))


def train_form(blueprint: Blueprint) -> None:
    """A data set of other shapes is fitted to, in a sentence; if that cannot be, why."""
    st.subheader(_("Train it"), anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        data = choose_data("networks_own_data", "digits")
        row = HYPERPARAMETERS["epochs"]
        limits = (int(row.low), int(row.high), TrainConfig.epochs)
        epochs = int(st.number_input(_(row.title), *limits, key="networks_own_epochs"))
    if data is None:
        return
    fitted = _fitted(blueprint, data)
    problem = fitted.problem()
    if problem is not None:
        st.error(sentence(problem), icon=":material/error:")
        return
    named = dataclasses.replace(fitted, name=fitted.name or OWN)
    config = TrainConfig(model=OWN, blueprint=to_line(named), data=data, epochs=epochs)
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(_("Train"), type="primary", icon=":material/play_arrow:", key="networks_own_train"):
            _train(config)
        _submitted()
    time_per_epoch_of(config)


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
        selected_run.SELECTED.clear()  # it is for the page Training, not for this link
        st.session_state[_RUN] = run


def _submitted() -> None:
    run = st.session_state.get(_RUN)
    if run is None:
        return
    follow(run)
    page_link(
        "training", N_("Watch it on the page Training"), ":material/model_training:", {selected_run.RUN: str(run)}
    )

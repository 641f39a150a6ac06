"""Editor view: one's own network as table, figures and drawing; opened, shared, undone, exported and trained."""

from __future__ import annotations

import dataclasses
import re
import time
from functools import partial
from urllib.parse import urlencode

import streamlit as st

from cnnviz.base.errors import CnnvizError, ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.data.registry import dataset
from cnnviz.engine.card import Card, load_card
from cnnviz.engine.checkpoint import load
from cnnviz.engine.config import OWN, TrainConfig, parse_blueprint
from cnnviz.engine.hyperparameters import HYPERPARAMETERS
from cnnviz.models.editor.blueprint import Blueprint, RowError, RowShape
from cnnviz.models.editor.build import build
from cnnviz.models.editor.fixes import first_error
from cnnviz.models.editor.formats import MAX_CHARACTERS, MAX_LINK, from_json, to_json, to_line
from cnnviz.models.empty_weights import init_empty_weights
from cnnviz.models.export.code import python_source
from cnnviz.models.summary import Summary, summarize
from cnnviz.ui.networks.choice import Choice, figures
from cnnviz.ui.networks.diagram import draw
from cnnviz.ui.networks.editor import state
from cnnviz.ui.networks.editor.table import listen, table
from cnnviz.ui.networks.export import Parcel, make_onnx, onnx_button, source_button, untrained
from cnnviz.ui.networks.speed import choose_data, time_per_epoch_of
from cnnviz.ui.networks.weights import UNTRAINED
from cnnviz.ui.shared import checkpoints, selected_run
from cnnviz.ui.shared.i18n import _, sentence
from cnnviz.ui.shared.names import data_name, name_of
from cnnviz.ui.shared.page import errors_as_sentences, page_link
from cnnviz.ui.shared.selected_run import follow, submit

_LARGE = 40  # rows: beyond, taking a network apart takes 0.2 s and more
_REST = 0.35  # seconds
_KEY = "networks_own"
_RUN = "networks_own_run"  # in the session: the run that was started last
_FILE = "networks_own_file"
_PASTED = "networks_own_json"
_OPENED = "networks_own_opened"  # how often: the popover closes when it gets a new key
_NOTHING = N_("There is nothing to read. Paste the JSON of a network first.")


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


def toolbar(choice: Choice, blueprint: Blueprint) -> None:
    """The buttons, and why the last link or file was refused."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.button(
            _("Start from {name}", name=name_of("model", choice.name)),
            key="networks_own_start",
            icon=":material/content_copy:",
            on_click=_start_from,
            args=(choice,),
            help=_("Whatever network is chosen above: its rows replace those below. Undo brings these back."),
        )
        opened = st.session_state.get(_OPENED, 0)
        with st.popover(_("Open"), icon=":material/folder_open:", key=f"networks_own_open_{opened}"):
            _open_form(opened)
        with st.popover(_("Share"), icon=":material/share:", key="networks_own_share"):
            _share_form(blueprint)
        st.button(
            _("Undo"),
            key="networks_own_undo",
            icon=":material/undo:",
            on_click=_undo,
            disabled=not state.can_undo(),
            help=_("Back to the rows before the last edit, start or file."),
        )
    problem = state.problem()
    if problem is not None:
        st.error(sentence(problem), icon=":material/error:")
    if state.link() is None:
        st.caption(_too_long())


def file_stem(blueprint: Blueprint) -> str:
    """The network's name as a file name: letters, digits and hyphens of any script."""
    return re.sub(r"[^\w-]+", "-", blueprint.name)[:40].strip("-_") or "network"


def _too_long() -> str:
    return _(
        "This network is too long for a link of {limit} characters: it is not in the address. Save it as a file.",
        limit=f"{MAX_LINK:,}",
    )


def _share_form(blueprint: Blueprint) -> None:
    """The link, and the JSON to copy or to save."""
    link = state.link()
    st.markdown(_("**Link.** The address of this page holds the whole network."))
    if link is None:
        st.caption(_too_long())
    else:
        held = {state.LINK.name: link} if link else {}
        address = (st.context.url or "").split("?")[0]
        st.code(f"{address}?{urlencode({'networks_view': 'own', **held})}", language=None)
    st.markdown(_("**File.** JSON, one row a line; it can be opened here and trained on the command line."))
    text = to_json(blueprint)
    name = f"{file_stem(blueprint)}.json"
    st.download_button(
        _("Save as a file"),
        text,
        name,
        "application/json",
        key="networks_own_save",
        icon=":material/save:",
        on_click="ignore",
    )
    st.code(text, language="json", height=240)
    st.code(f"python -m cnnviz train --blueprint {name}", language="bash")


def _open_form(opened: int) -> None:
    """A file, or JSON pasted. It is only ever read as data."""
    st.file_uploader(
        _("A network saved here"),
        type=["json"],
        key=f"{_FILE}_{opened}",
        on_change=_open_file,
        max_upload_size=1,
        help=_("JSON with rows of known layers. It is only ever read as data, never run."),
    )
    st.text_area(_("Or its JSON, pasted"), key=f"{_PASTED}_{opened}", max_chars=MAX_CHARACTERS, height=140)
    st.button(_("Open what was pasted"), key="networks_own_paste", on_click=_open_pasted)


def _start_from(choice: Choice) -> None:
    listen()
    state.take(choice.blueprint)


def _undo() -> None:
    listen()
    state.undo()


def _open_file() -> None:
    file = st.session_state.get(f"{_FILE}_{st.session_state.get(_OPENED, 0)}")
    if file is not None:
        most = 4 * MAX_CHARACTERS + 4  # bytes: whatever is longer has too many characters too
        _open(file.getvalue()[:most].decode("utf-8-sig", errors="replace"))


def _open_pasted() -> None:
    _open(str(st.session_state.get(f"{_PASTED}_{st.session_state.get(_OPENED, 0)}") or ""))


def _open(text: str) -> None:
    """What was opened replaces the table; what is no network is left where it was pasted, with a sentence."""
    listen()
    if state.take(partial(_read, text)):
        st.session_state[_OPENED] = st.session_state.get(_OPENED, 0) + 1


def _read(text: str) -> Blueprint:
    if not text.strip():
        raise ConfigurationError(_NOTHING)
    return from_json(text)

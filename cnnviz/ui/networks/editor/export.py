"""One's own network as source, and as ONNX: with the weights of its newest training here, if there was one."""

from __future__ import annotations

import streamlit as st

from cnnviz.base.errors import CnnvizError
from cnnviz.engine.card import Card, load_card
from cnnviz.engine.checkpoint import load
from cnnviz.engine.config import OWN, parse_blueprint
from cnnviz.models.editor.blueprint import Blueprint
from cnnviz.models.export.python import python_source
from cnnviz.ui.networks.editor.toolbar import file_stem
from cnnviz.ui.networks.export import Parcel, make_onnx, onnx_button, source_button, untrained
from cnnviz.ui.networks.weights import UNTRAINED
from cnnviz.ui.shared import checkpoints

_KEY = "networks_own"


def take_away(blueprint: Blueprint) -> None:
    """The buttons, and the file that was asked for."""
    stem = file_stem(blueprint)
    with st.container(horizontal=True):
        source_button(stem, _source(blueprint.to_json()), _KEY)
        asked = onnx_button(_KEY)
    if asked:
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
    return Parcel(untrained(blueprint.build), blueprint.input_size, UNTRAINED)


def _is_of(card: Card, blueprint: Blueprint) -> bool:
    """Whether it was trained with these rows, for whatever channels and classes its data have. Names do not matter."""
    if card.model != OWN:
        return False
    theirs = parse_blueprint(card.options.get("blueprint"))
    return (theirs.rows, theirs.input_size[1:]) == (blueprint.rows, blueprint.input_size[1:])


@st.cache_data(max_entries=64, show_spinner=False)
def _source(text: str) -> str:
    return python_source(Blueprint.from_json(text))

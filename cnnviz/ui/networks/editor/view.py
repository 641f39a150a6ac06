"""Everything about one's own network: the table, its figures and drawing, what can be taken away, a training."""

from __future__ import annotations

import time

import streamlit as st

from cnnviz.models.editor.blueprint import Blueprint, RowError, RowShape
from cnnviz.models.editor.fixes import first_error
from cnnviz.models.empty_weights import without_numbers
from cnnviz.models.summary import Summary, summarize
from cnnviz.ui.networks.choice import Choice
from cnnviz.ui.networks.diagram import draw
from cnnviz.ui.networks.editor import state
from cnnviz.ui.networks.editor.export import take_away
from cnnviz.ui.networks.editor.table import listen, table
from cnnviz.ui.networks.editor.toolbar import bar
from cnnviz.ui.networks.editor.training import train_form
from cnnviz.ui.networks.key_figures import figures
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.page import errors_as_sentences

_LARGE = 40  # rows: beyond, taking a network apart takes 0.2 s and more
_REST = 0.35  # seconds


@st.fragment
def own(choice: Choice) -> None:
    """The view; `choice` is the network to start from. An edit runs this fragment only."""
    with errors_as_sentences():
        state.arrive()
        listen()
        blueprint = state.current()
        bar(choice, blueprint)
        checked = blueprint.check()
        table(blueprint, checked)
        _figures(checked)
        if not checked or first_error(checked) is not None:
            return
        _rest(len(checked))
        summary = _dissection(blueprint.to_json())
        name = blueprint.name or _("your network")
        draw(summary, blueprint.input_size, name, "networks_own_drawing", None)
        take_away(blueprint)
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
def _dissection(text: str) -> Summary:
    """Of a blueprint, which is built of shapes only."""
    blueprint = Blueprint.from_json(text)
    with without_numbers():
        model = blueprint.build()
    return summarize(model, blueprint.input_size)

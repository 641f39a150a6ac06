"""Evaluation page: which classes a trained network mixes up, and the pictures it does it with.

The chosen cell is kept for one network in the session, and in the link by its classes' names, not by numbers:
"evaluation_true=sandal&evaluation_predicted=dress" says the same to everybody.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from cnnviz.base.link_kinds import shortened
from cnnviz.base.locale import N_
from cnnviz.base.locale.typesetting import Listed
from cnnviz.base.text import plain
from cnnviz.engine.card import load_card
from cnnviz.engine.scores import lesson_lines
from cnnviz.ui.evaluation import panels
from cnnviz.ui.shared import cache, pictures
from cnnviz.ui.shared.checkpoints import choose_checkpoint
from cnnviz.ui.shared.confusion_matrix import Cell, LayersLink, confusion_matrix
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.link_parameters import parameter
from cnnviz.ui.shared.page import errors_as_sentences, start

CELL = tuple(parameter(name, "") for name in ("evaluation_true", "evaluation_predicted"))
_KEPT = "evaluation_cell"  # in the session: (network, cell or None); absent until a cell was chosen


def page() -> None:
    """The whole page."""
    start(
        N_("Evaluation"),
        N_("Which classes does a network mix up? Choose a cell of the matrix to see the pictures behind it."),
    )

    with errors_as_sentences():
        with st.columns([2, 2.5])[0]:
            choice = choose_checkpoint("evaluation_checkpoint")
        if choice is None:
            st.stop()
        card = load_card(choice.path)
        names = pictures.class_names(card)
        network = f"{choice.name} {card.data}"
        counts = panels.counts_of(card)
        if counts is None:
            with st.spinner(_("The network is asked about every test picture …")):
                counts = cache.evaluation(choice.path).confusion
        panels.show_score(counts, card)
        left, right = st.columns([2.6, 1], gap="large")
        with left:
            start_cell = _cell_before(network, card.classes)
            share = st.toggle(
                _("Per cent of each true class instead of counts"), key="evaluation_share", bind="query-params"
            )
            cell = confusion_matrix(counts, names, f"evaluation_matrix {network}", share=share, start=start_cell)
            _keep_cell(network, card.classes, cell)
        with right:
            panels.show_commonest(counts, names)

        with errors_as_sentences(), st.container():
            data = pictures.test_data(card)
            with panels.fetched(data):
                with st.spinner(_("The network is asked about every test picture …")):
                    judged = cache.evaluation(choice.path, data)
                split = cache.test_pictures(data)
                panels.show_pictures(judged, split, names, cell, LayersLink(choice.name))
        panels.show_classes(counts, names, lesson_lines(counts, card.classes))


def _cell_before(network: str, classes: Sequence[str]) -> Cell | None:
    """The cell chosen before: here, else the link's. Another network than before has none.

    `network` names what the matrix is of, its data included. A name that is no class is said, and counts as none.
    """
    kept: tuple[str, Cell | None] | None = st.session_state.get(_KEPT)
    if kept is not None:
        return kept[1] if kept[0] == network else None
    said = [each.read() for each in CELL]
    wrong = [name for name in said if name and name not in classes]
    if wrong:
        named = Listed(plain(shortened(name)) for name in wrong)
        sentence = _("The link names a class that this network does not know: {name}.", name=named)
        st.warning(sentence, icon=":material/link_off:")
    if wrong or not all(said):
        return None
    true, predicted = (classes.index(name) for name in said)
    return true, predicted


def _keep_cell(network: str, classes: Sequence[str], cell: Cell | None) -> None:
    """From now on `cell` is chosen, and the link says so."""
    if cell is None and _KEPT not in st.session_state:
        return  # what the link says wrongly stays there to be said, until something is chosen
    st.session_state[_KEPT] = (network, cell)
    names = ("", "") if cell is None else tuple(classes[index] for index in cell)
    for each, name in zip(CELL, names, strict=True):
        each.put(name)

"""Evaluation page: which classes a trained network mixes up, and the pictures it does it with."""

from __future__ import annotations

import streamlit as st

from cnnviz.base.locale import N_
from cnnviz.engine.card import load_card
from cnnviz.engine.scores import lesson_lines
from cnnviz.ui.evaluation import cell_link, panels
from cnnviz.ui.shared import cache, pictures
from cnnviz.ui.shared.checkpoints import choose_checkpoint
from cnnviz.ui.shared.confusion_matrix import LayersLink, confusion_matrix
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.page import errors_as_sentences, start


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
            start_cell = cell_link.begin(network, card.classes)
            share = st.toggle(
                _("Per cent of each true class instead of counts"), key="evaluation_share", bind="query-params"
            )
            cell = confusion_matrix(counts, names, f"evaluation_matrix {network}", share=share, start=start_cell)
            cell_link.keep(network, card.classes, cell)
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

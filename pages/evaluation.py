"""Evaluation: which classes a trained network mixes up, and the pictures it does it with."""

import streamlit as st

from cnnviz.engine.card import load_card
from cnnviz.engine.scores import lesson_lines
from cnnviz.locale import N_
from cnnviz.ui import cache, evaluation, evaluation_cell, pictures
from cnnviz.ui.checkpoints import choose_checkpoint
from cnnviz.ui.confusion import confusion_matrix
from cnnviz.ui.i18n import _
from cnnviz.ui.page import errors_as_sentences, start

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
    counts = evaluation.counts_of(card)
    if counts is None:
        with st.spinner(_("The network is asked about every test picture …")):
            counts = cache.evaluation(choice.path).confusion
    evaluation.show_score(counts, card)
    left, right = st.columns([2.6, 1], gap="large")
    with left:
        start_cell = evaluation_cell.begin(network, card.classes)
        share = st.toggle(
            _("Per cent of each true class instead of counts"), key="evaluation_share", bind="query-params"
        )
        cell = confusion_matrix(counts, names, f"evaluation_matrix {network}", share=share, start=start_cell)
        evaluation_cell.keep(network, card.classes, cell)
    with right:
        evaluation.show_commonest(counts, names)

    with errors_as_sentences(), st.container():
        data = pictures.test_data(card)
        with evaluation.fetched(data):
            with st.spinner(_("The network is asked about every test picture …")):
                judged = cache.evaluation(choice.path, data)
            split = cache.test_pictures(data)
            evaluation.show_pictures(judged, split, names, cell, evaluation.Place(choice.name))
    evaluation.show_classes(counts, names, lesson_lines(counts, card.classes))

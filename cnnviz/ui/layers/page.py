"""Layers page: what each layer of a trained network makes of one picture."""

from __future__ import annotations

import streamlit as st

from cnnviz.base.locale import N_
from cnnviz.ui.layers import panels
from cnnviz.ui.shared import cache, pictures
from cnnviz.ui.shared.checkpoints import choose_checkpoint, choose_epoch
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.page import errors_as_sentences, start


def page() -> None:
    """The whole page."""
    start(
        N_("Layers"),
        N_("Choose a layer and see what it makes of the picture; click one of its maps to see how it comes about."),
    )

    with errors_as_sentences():
        controls = st.columns([2, 1.4, 1.1])
        with controls[0]:
            choice = choose_checkpoint("layers_checkpoint")
        if choice is None:
            st.stop()
        model, card = cache.network(choose_epoch(choice, "layers_epoch"))
        with controls[1]:
            layer = panels.choose_layer(model, card)
        with controls[2]:
            chosen_map = panels.choose_map(layer)

        side, middle = st.columns([1, 2.4], gap="large")
        below = st.container()
        names = pictures.class_names(card)
        with middle, errors_as_sentences(), side:  # what is wrong is said where there is room
            answer = st.container()
            chosen = pictures.choose_picture(card, "layers")
            if chosen is not None:
                view = panels.view(model, card, layer, chosen.picture, names)
                with answer:
                    pictures.crisp(panels.seen_picture(view, card), _("The picture the network was shown"))
                    pictures.answer(panels.probabilities(view), names, chosen.true)
                with middle:
                    panels.show_maps(view, chosen_map)
                with below:
                    panels.show_value_trace(view, chosen_map)
        with below:
            panels.show_filters(model, layer.name, chosen_map)

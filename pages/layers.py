"""Layers: what each layer of a trained network makes of one picture."""

import streamlit as st

from cnnviz.locale import N_
from cnnviz.ui import cache, layers, pictures
from cnnviz.ui.checkpoints import choose_checkpoint, choose_epoch
from cnnviz.ui.i18n import _
from cnnviz.ui.page import errors_as_sentences, start

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
        layer = layers.choose_layer(model, card)
    with controls[2]:
        chosen_map = layers.choose_map(layer)

    side, middle = st.columns([1, 2.4], gap="large")
    below = st.container()
    names = pictures.class_names(card)
    with middle, errors_as_sentences(), side:  # what is wrong is said where there is room
        answer = st.container()
        chosen = pictures.choose_picture(card, "layers")
        if chosen is not None:
            view = layers.view(model, card, layer, chosen.picture, names)
            with answer:
                pictures.crisp(layers.seen_picture(view, card), _("The picture the network was shown"))
                pictures.answer(layers.probabilities(view), names, chosen.true)
            with middle:
                layers.show_maps(view, chosen_map)
            with below:
                layers.show_step(view, chosen_map)
    with below:
        layers.show_filters(model, layer.name, chosen_map)

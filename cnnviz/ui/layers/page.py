"""Layers page: what each layer of a trained network makes of one picture."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st
from torch import nn

from cnnviz.base.locale import N_
from cnnviz.engine.card import Card
from cnnviz.models.summary import LayerInfo
from cnnviz.ui.layers import filters, maps
from cnnviz.ui.layers.view import MAP, Inspected, probabilities, seen_picture, view_of
from cnnviz.ui.shared import cache, pictures, state
from cnnviz.ui.shared.checkpoints import choose_checkpoint, choose_epoch
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.link_parameters import parameter
from cnnviz.ui.shared.page import errors_as_sentences, start

_VIEWS: dict[str, tuple[str, Callable[[Inspected], None]]] = {  # code -> message, what draws it
    "maps": (N_("Maps"), maps.show),
    "filters": (N_("Filters"), filters.show),
}


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
        file = choose_epoch(choice, "layers_epoch")
        model, card = cache.network(file)
        with controls[1]:
            layer = choose_layer(model, card)
        with controls[2]:
            unit = choose_map(layer)

        side, middle = st.columns([1, 2.4], gap="large")
        names = pictures.class_names(card)
        with middle, errors_as_sentences():
            with side:
                answer = st.container()
                chosen = pictures.choose_picture(card, "layers")
            view = None if chosen is None else view_of(model, card, layer, chosen.picture, names)
            if view is not None and chosen is not None:
                with answer:
                    pictures.crisp(seen_picture(view, card), _("The picture the network was shown"))
                    pictures.answer(probabilities(view), names, chosen.true)
            titles = {code: message for code, (message, _draw) in _VIEWS.items()}
            code = state.choose_view(parameter("layers_view", "maps"), titles, "layers_view_switch")
            _VIEWS[code][1](Inspected(model, card, file, layer, unit, names, chosen, view))


def choose_layer(model: nn.Module, card: Card) -> LayerInfo:
    """The select box "Layer"."""
    channels, height, width = card.input_size
    layers = {info.name: info for info in cache.summary(model, (channels, height, width))}
    return layers[str(st.selectbox(_("Layer"), list(layers), key="layers_layer", bind="query-params"))]


def choose_map(info: LayerInfo) -> int:
    """The number box "Feature map"; the index of the one chosen.

    One chosen before, on a layer with more maps, is taken back to the last.
    """
    count = info.output_shape[0]
    if st.session_state.get(MAP, 1) > count:
        st.session_state[MAP] = count
    return int(st.number_input(_("Feature map"), 1, count, key=MAP, bind="query-params")) - 1

"""Layers page: what each layer of a trained network makes of one picture, all on one screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from torch import nn

from cnnviz.base.locale import N_
from cnnviz.engine.card import Card
from cnnviz.models.summary import LayerInfo, Summary
from cnnviz.ui.layers import ablation, attribution, bend, compare, excitation, export, filters, maps, picture_map
from cnnviz.ui.layers.strip import LAYER, strip
from cnnviz.ui.layers.view import MAP, Inspected, View, probabilities, seen_picture, view_of
from cnnviz.ui.shared import cache, pictures, state
from cnnviz.ui.shared.checkpoints import choose_checkpoint, choose_epoch
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.link_parameters import parameter
from cnnviz.ui.shared.mount import css
from cnnviz.ui.shared.page import errors_as_sentences, start

_VIEWS: dict[str, tuple[str, Callable[[Inspected], None]]] = {  # code -> message, what draws it
    "maps": (N_("Maps"), maps.show),
    "filters": (N_("Filters"), filters.show),
    "excitation": (N_("What excites it"), excitation.show),
    "attribution": (N_("Why this answer"), attribution.show),
    "ablation": (N_("Switch off"), ablation.show),
    "bend": (N_("Bend the picture"), bend.show),
    "compare": (N_("Side by side"), compare.show),
    "pictures": (N_("All pictures"), picture_map.show),
}
_PICTURE_SIDE, _BESIDE_PAD = 140, 112  # CSS pixels; the smaller where the sketch pad is below it
_CSS = css("layers/page")


def page() -> None:
    """The whole page."""
    start(
        N_("Layers"),
        N_("See what each layer makes of a picture; click one of its maps to see how it comes about."),
        is_one_screen=True,
    )
    st.html(f"<style>{_CSS}</style>")
    exports = st.container(key="layers_export_place")  # beside the heading
    with errors_as_sentences():
        network = choose_network()
        side, middle = st.columns([1, 3.6], gap="small")
        names = pictures.class_names(network.card)
        with side:
            chosen, view = show_picture(network, names)
        with middle, st.container(gap="small", key="layers_main"):
            strip(network.summary, network.layer, view)
            titles = {code: message for code, (message, _draw) in _VIEWS.items()}
            inspected = Inspected(
                network.model, network.card, network.file, network.layer, network.unit, names, chosen, view
            )
            with exports, errors_as_sentences():
                export.popover(inspected)
            code = state.choose_view(parameter("layers_view", "maps"), titles, "layers_view_switch")
            with errors_as_sentences():
                _VIEWS[code][1](inspected)


@dataclass(frozen=True, eq=False)
class Network:
    """What the row of controls says: a network, one of its layers, one of the layer's maps."""

    model: nn.Module
    card: Card
    file: Path
    summary: Summary
    layer: LayerInfo
    unit: int


def choose_network() -> Network:
    """The row of controls; the page ends here where there is no network."""
    left, right = st.columns([1, 1.15], gap="small")
    with left:
        choice = choose_checkpoint("layers_checkpoint")
    if choice is None:
        st.stop()
    epoch = [1.0] if len(choice.epochs) > 1 else []
    boxes = right.columns([*epoch, 1.4, 1.0], gap="small")
    with boxes[0] if epoch else st.empty():
        file = choose_epoch(choice, "layers_epoch")
    model, card = cache.network(file)
    channels, height, width = card.input_size
    summary = cache.summary(model, (channels, height, width))
    with boxes[-2]:
        layer = choose_layer(summary)
    with boxes[-1]:
        unit = choose_map(layer)
    return Network(model, card, file, summary, layer, unit)


def choose_layer(summary: Summary) -> LayerInfo:
    """The select box "Layer"; the strip sets it too."""
    layers = {info.name: info for info in summary}
    return layers[str(st.selectbox(_("Layer"), list(layers), key=LAYER, bind="query-params"))]


def choose_map(info: LayerInfo) -> int:
    """The number box "Feature map"; the index of the one chosen.

    One chosen before, on a layer with more maps, is taken back to the last.
    """
    count = info.output_shape[0]
    if st.session_state.get(MAP, 1) > count:
        st.session_state[MAP] = count
    return int(st.number_input(_("Feature map"), 1, count, key=MAP, bind="query-params")) - 1


def show_picture(network: Network, names: list[str]) -> tuple[pictures.Chosen | None, View | None]:
    """The picture, what the network takes it for, and below them the picture's controls."""
    answer = st.container(gap="small", key="layers_answer")
    with errors_as_sentences():
        with st.container(gap="small", key="layers_picture_controls"):
            chosen = pictures.choose_picture(network.card, "layers", in_link=True)
        if chosen is None:
            return None, None
        view = view_of(network.model, network.card, network.layer, chosen.picture, names)
        with answer, errors_as_sentences():
            side = _BESIDE_PAD if st.session_state.get("layers_source") == "drawing" else _PICTURE_SIDE
            pictures.crisp(seen_picture(view, network.card), _("The picture the network was shown"), side)
            pictures.answer(probabilities(view), names, chosen.true)
        return chosen, view
    return None, None

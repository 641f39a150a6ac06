"""Layer view: the chosen layer in figures, on a picture, in code, and the way to the convolution page."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from html import escape

import streamlit as st
from torch import nn

from cnnviz.base.text import memory
from cnnviz.inspection.capture import InputImage, InspectedModel, LayerIO
from cnnviz.inspection.convolution_link import Refusal
from cnnviz.inspection.pairing import Pairing, best_index, best_read, pairing
from cnnviz.models.export.code import layer_code
from cnnviz.models.summary import LayerInfo, Summary
from cnnviz.ui.networks import activations, receptive_field
from cnnviz.ui.networks.choice import Choice
from cnnviz.ui.networks.summary import field_note, shape
from cnnviz.ui.networks.weights import (
    IMAGENET,
    UNTRAINED,
    Weights,
    choose_image,
    choose_weights,
    is_download_missing,
    offer_download,
)
from cnnviz.ui.shared.convolution_link import convolution_link, no_convolution_link
from cnnviz.ui.shared.i18n import _, listed
from cnnviz.ui.shared.mount import css
from cnnviz.ui.shared.page import theme_type

LAYER = "networks_layer"
_lately: deque[Hashable] = deque(maxlen=64)  # what `running` keeps
_LINK_CSS = css("networks/layer")


def show(choice: Choice, outline: nn.Module, summary: Summary) -> None:
    """The select boxes "Layer" and "Weights of", and everything about the layer. `outline`: shapes without numbers."""
    link_style()
    columns = st.columns([1.4, 1], vertical_alignment="bottom", gap="medium")
    with columns[0]:
        layer = choose_layer(summary)
    with columns[1]:
        wanted = choose_weights(choice)
    if wanted.name == IMAGENET and is_download_missing(choice):
        offer_download(choice)
        wanted = Weights(UNTRAINED)
    inspected, weights = activations.inspected_or_untrained(choice, wanted)
    left, right = st.columns([1, 1.4], gap="medium")
    with right, st.container(horizontal=True, vertical_alignment="bottom", key="networks_seeing"):
        way = receptive_field.choose_way(layer)
        image = choose_image(choice, weights)
    with right, _spinner((choice, weights.key, layer.name, image.key)):
        io = activations.layer_io(choice, weights, layer, image)
    with left:
        st.html(_facts(layer))
        if note := field_note(choice, summary, layer):
            st.caption(note)
        index = _pair(choice, summary, layer, inspected, weights, image, io)
    with right:
        receptive_field.receptive_field(choice, weights, layer, image, io, index, way)
    _code(layer_code(layer, outline))


@contextmanager
def _spinner(key: Hashable) -> Iterator[None]:
    """Only for what was not computed lately: a spinner takes a thread, and 1 ms of the processor."""
    if key in _lately:
        yield
        return
    with st.spinner(_("The picture is on its way through the network …")):
        yield
    _lately.append(key)


def choose_layer(summary: Summary) -> LayerInfo:
    """The select box "Layer"; the drawing above sets it too."""
    names = [layer.name for layer in summary]
    if st.session_state.get(LAYER, names[0]) not in names:
        st.session_state[LAYER] = names[0]  # it was another network's
    name = str(st.selectbox(_("Layer"), names, key=LAYER, bind="query-params"))
    return summary[names.index(name)]


def _pair(
    choice: Choice,
    summary: Summary,
    layer: LayerInfo,
    inspected: InspectedModel,
    weights: Weights,
    image: InputImage,
    io: LayerIO,
) -> int:
    """The number fields and the link, or why there is none; the index of the map that is chosen."""
    key, kept = f"{choice.name}_{layer.name}_{weights.name}", (choice, layer.name, weights.key, image.key)
    found = pairing(layer, summary, inspected, io)
    with st.container(horizontal=True, key="networks_pair"):
        index = choose_map(layer, found, io, key, kept)
        read = 0 if isinstance(found, Refusal) else choose_read(found, index, key)
    if isinstance(found, Refusal):
        no_convolution_link(found)
    else:
        convolution_link(found, index, read, kept, "networks_convolution_link")
    return index


def _code(code: dict[str, str]) -> None:
    """Side by side; where a library has no equal, a sentence."""
    for column, (name, text) in zip(st.columns(2), (("PyTorch", "pytorch"), ("Keras", "keras")), strict=True):
        with column:
            st.subheader(name, anchor=False)
            if code[text]:
                st.code(code[text], language="python", wrap_lines=True)
            else:
                st.caption(_("{library} has no layer that does exactly this.", library=name))


def _facts(layer: LayerInfo) -> str:
    rows = [
        (_("Kind"), layer.kind),
        (_("Reads"), listed(name or _("the picture") for name in layer.inputs) or _("the picture")),
        (_("In"), shape(layer.input_shape)),
        (_("Out"), shape(layer.output_shape)),
        (_("Weights"), f"{layer.params:,}"),
        (_("Multiplications"), f"{layer.macs:,}"),
        (_("Memory of its output"), memory(layer.activation_bytes)),
    ]
    if len(layer.output_shape) == 3:
        height, width = layer.axes
        rows.append((_("Each value sees"), _("{height} × {width} pixels", height=height.size, width=width.size)))
        if layer.jump is not None:
            rows.append((_("Step between neighbours"), _("{count} px of the picture", count=layer.jump)))
    cells = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in rows)
    return f'<dl class="nw-facts">{cells}</dl>'


def link_style() -> None:
    """The link looks like the main button that it is."""
    primary = st.get_option(f"theme.{theme_type()}.primaryColor")
    st.html(f"<style>.st-key-networks_convolution_link {{ --nw-primary: {primary}; }}\n{_LINK_CSS}</style>")


def choose_map(layer: LayerInfo, found: Pairing | Refusal, io: LayerIO, key: str, kept: Hashable) -> int:
    """The index from the number field "Feature map" ("Unit" of a fully connected layer); at first one worth seeing.

    `key` is the field's, `kept` names everything that which one is worth seeing depends on.
    """
    count = layer.output_shape[0]
    if count == 1:
        return 0
    best = _kept_best(kept, found, io)
    label = _("Feature map") if len(layer.output_shape) == 3 else _("Unit")
    return int(st.number_input(label, 1, count, best + 1, key=f"networks_map_{key}")) - 1


def choose_read(found: Pairing, index: int, key: str) -> int:
    """The number field "of the maps before it"; an index. At first the one that filter `index` makes most of."""
    count = len(found.maps)
    if found.filters is None or count == 1:
        return index if found.filters is None else 0
    best = best_read(found, index)
    label = _("of the values before it") if found.maps.shape[1:] == (1, 1) else _("of the maps before it")
    return int(st.number_input(label, 1, count, best + 1, key=f"networks_read_{key}_{index}")) - 1


@st.cache_data(max_entries=512, show_spinner=False)
def _kept_best(kept: Hashable, _found: Pairing | Refusal, _io: LayerIO) -> int:
    return best_index(_found, _io)

"""The layer that is chosen: its figures, what it sees of a picture, its code, and its door to the convolution page."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from html import escape

import streamlit as st
from torch import nn

from cnnviz.inspection.convolution_link import Refusal
from cnnviz.inspection.input_image import Shown
from cnnviz.inspection.inspected import Passage, Subject
from cnnviz.inspection.pairing import pairing
from cnnviz.models.export.layer_code import layer_code
from cnnviz.models.summary import LayerInfo, Summary
from cnnviz.ui.networks import activations, convolution_link, lookup, picture, receptive_field, weights_download
from cnnviz.ui.networks.choice import Choice
from cnnviz.ui.networks.summary import shape
from cnnviz.ui.networks.weights import IMAGENET, UNTRAINED, Weights, choose_weights
from cnnviz.ui.shared.i18n import _, listed
from cnnviz.ui.shared.numbers import memory

LAYER = "networks_layer"
_lately: deque[Hashable] = deque(maxlen=64)  # what `running` keeps


def show(choice: Choice, outline: nn.Module, summary: Summary) -> None:
    """The select boxes "Layer" and "Weights of", and everything about the layer. `outline`: shapes without numbers."""
    convolution_link.style()
    columns = st.columns([1.4, 1], vertical_alignment="bottom", gap="medium")
    with columns[0]:
        layer = choose_layer(summary)
    with columns[1]:
        asked = choose_weights(choice)
    if asked.name == IMAGENET and weights_download.is_missing(choice):
        weights_download.offer(choice)
        asked = Weights(UNTRAINED)
    subject, weights = activations.subject_or_untrained(choice, asked)
    left, right = st.columns([1, 1.4], gap="medium")
    with right, st.container(horizontal=True, vertical_alignment="bottom", key="networks_seeing"):
        way = receptive_field.choose_way(layer)
        shown = picture.choose(choice, weights)
    with right, _spinner((choice, weights.key, layer.name, shown.key)):
        passage = activations.passage(choice, weights, layer, shown)
    with left:
        st.html(_facts(layer))
        if note := lookup.field_note(choice, summary, layer):
            st.caption(note)
        index = _pair(choice, summary, layer, subject, weights, shown, passage)
    with right:
        receptive_field.receptive_field(choice, weights, layer, shown, passage, index, way)
    _code(layer_code(layer, outline))


@contextmanager
def _spinner(asked: Hashable) -> Iterator[None]:
    """Only for what was not asked for lately: a spinner takes a thread, and 1 ms of the processor."""
    if asked in _lately:
        yield
        return
    with st.spinner(_("The picture is on its way through the network …")):
        yield
    _lately.append(asked)


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
    subject: Subject,
    weights: Weights,
    shown: Shown,
    passage: Passage,
) -> int:
    """The number fields and the door, or why there is none; the index of the map that is chosen."""
    key, kept = f"{choice.name}_{layer.name}_{weights.name}", (choice, layer.name, weights.key, shown.key)
    found = pairing(layer, summary, subject, passage)
    with st.container(horizontal=True, key="networks_pair"):
        index = convolution_link.choose_map(layer, found, passage, key, kept)
        read = 0 if isinstance(found, Refusal) else convolution_link.choose_read(found, index, key)
    if isinstance(found, Refusal):
        convolution_link.refused(found)
    else:
        convolution_link.door(found, index, read, kept)
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

"""The layer that is chosen: its figures, what it sees of a picture, its code, and its door to the convolution page."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from torch import nn

from cnnviz import paths
from cnnviz.engine import predict
from cnnviz.engine.card import Card, catalogue
from cnnviz.inspection.activations import layer_outputs
from cnnviz.locale import N_
from cnnviz.models.layercode import layer_code
from cnnviz.models.summary import LayerInfo, Summary
from cnnviz.ui import cache
from cnnviz.ui.home_gallery import choose_digits
from cnnviz.ui.i18n import _
from cnnviz.ui.networks.choice import Choice
from cnnviz.ui.networks.dissection import shape
from cnnviz.ui.networks.field import receptive_field
from cnnviz.ui.networks.opening import Content, opening
from cnnviz.ui.numbers import memory
from cnnviz.ui.page import page_link

LAYER = "networks_layer"
_DIGIT = 8  # the eighth: a seven


@dataclass(frozen=True, eq=False)
class Trained:
    """A shipped network of the same shapes."""

    name: str
    model: nn.Module
    card: Card


def choose_layer(summary: Summary) -> LayerInfo:
    """The select box "Layer"; the drawing above sets it too."""
    names = [layer.name for layer in summary]
    if st.session_state.get(LAYER, names[0]) not in names:
        del st.session_state[LAYER]  # another network's
    name = str(st.selectbox(_("Layer"), names, key=LAYER, bind="query-params"))
    return summary[names.index(name)]


def show(choice: Choice, model: nn.Module, layer: LayerInfo) -> None:
    """Everything about `layer` of `model`, which is an outline: shapes without numbers."""
    modules = dict(model.named_modules())
    module = modules[layer.name] if layer.module and layer.name in modules else None
    left, right = st.columns([1, 1.5], gap="large")
    with left:
        st.html(_facts(layer))
        _door(choice, layer, module)
    with right:
        receptive_field(choice, layer, module is not None)
    _code(layer_code(layer, model))


def _code(code: dict[str, str]) -> None:
    """Side by side; where a library has no equal, a sentence."""
    for column, (name, text) in zip(st.columns(2), (("PyTorch", "pytorch"), ("Keras", "keras")), strict=True):
        with column:
            st.markdown(f"**{name}**")
            if code[text]:
                st.code(code[text], language="python", wrap_lines=True)
            else:
                st.caption(_("{library} has no layer that does exactly this.", library=name))


def _facts(layer: LayerInfo) -> str:
    rows = [
        (_("Kind"), layer.kind),
        (_("Reads"), ", ".join(name or _("the picture") for name in layer.inputs) or _("the picture")),
        (_("In"), shape(layer.input_shape)),
        (_("Out"), shape(layer.output_shape)),
        (_("Weights"), f"{layer.params:,}"),
        (_("Multiplications"), f"{layer.macs:,}"),
        (_("Memory of its output"), memory(layer.activation_bytes)),
    ]
    if len(layer.output_shape) == 3:
        side = layer.receptive_field
        rows.append((_("Each value sees"), _("{side} × {side} pixels", side=side)))
        if layer.jump is not None:
            rows.append((_("Neighbours lie apart"), _("{count} px of the picture", count=layer.jump)))
    cells = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in rows)
    return f'<dl class="nw-facts">{cells}</dl>'


def _door(choice: Choice, layer: LayerInfo, module: nn.Module | None) -> None:
    """The link to the convolution page, with a trained network's weights where there is one of these shapes."""
    if module is None or not _is_window(module):
        return
    if opening(module, layer.input_shape) is None:
        st.caption(_("The convolution page goes to kernels of 11, padding of 10 and strides of 8: too small for this."))
        return
    content = None
    trained = _choose_trained(choice)
    if trained is not None:
        content = _content(trained, layer)
    found = opening(module, layer.input_shape, content)
    if found is None:
        return
    page_link("convolution", N_("Open in the convolution page"), ":material/grid_on:", found.parameters)
    if found.cut:
        side = max(layer.input_shape[1:])
        st.caption(_("Its input is {side} pixels wide; the convolution page shows a corner of 64.", side=side))
    elif trained is not None and content is not None and content.weights is not None:
        st.caption(
            _("Of the maps and weights that meet there, one pair: a filter has as many as there are maps before it.")
        )


def _choose_trained(choice: Choice) -> Trained | None:
    """A shipped checkpoint of this network, if there is one; of several the visitor chooses."""
    names = [file for file, card in catalogue(paths.shipped_checkpoints()) if _fits(choice, card)]
    if not names:
        return None
    stems = [file.stem for file in names]
    stem = str(st.selectbox(_("Weights of"), stems[::-1], key="networks_weights", bind="query-params"))
    model, card = cache.network(names[stems.index(stem)])
    return Trained(stem, model, card)


def _fits(choice: Choice, card: Card) -> bool:
    return (
        card.model == choice.name
        and choice.is_plain
        and tuple(card.input_size) == choice.input_size
        and len(card.classes) == choice.num_classes
    )


def _content(trained: Trained, layer: LayerInfo) -> Content:
    """A digit and a filter for the first layer; for a later one a map it reads and the weights for that map."""
    weights = _weights(trained.model, layer.name)
    count = layer.output_shape[0]
    with st.container(horizontal=True):
        number = int(st.number_input(_("Feature map"), 1, count, key=f"networks_map_{count}"))
        before = layer.input_shape[0]
        read = 1
        if weights is not None and before > 1:
            read = int(st.number_input(_("of the maps before it"), 1, before, key=f"networks_read_{before}"))
    if not layer.inputs:
        return Content(digit=_DIGIT, network=trained.name, filter=number)
    maps = _maps_before(trained, layer.inputs[0])
    if weights is None:  # pooling reads the map of its own number
        return Content(pixels=maps[number - 1])
    return Content(pixels=maps[read - 1], weights=weights[number - 1, read - 1])


def _weights(model: nn.Module, name: str) -> NDArray[np.float32] | None:
    weight: Any = getattr(dict(model.named_modules()).get(name), "weight", None)
    return None if weight is None else weight.detach().numpy()


def _maps_before(trained: Trained, layer: str) -> NDArray[np.float32]:
    """(n, h, w): what `layer` makes of a digit."""
    picture = choose_digits(sets=1).pictures[_DIGIT - 1]
    x = predict.prepare(trained.card, picture[None, None])
    return layer_outputs(trained.model, x)[layer]


def _is_window(module: nn.Module) -> bool:
    return hasattr(module, "kernel_size") and hasattr(module, "stride")

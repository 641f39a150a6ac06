"""Layers page: what each layer of a trained network makes of one picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import streamlit as st
import torch
from numpy.typing import NDArray
from torch import nn

from cnnviz.base.locale import N_
from cnnviz.base.text import plain
from cnnviz.charts.gallery import enlarge
from cnnviz.charts.maps import limits, paint
from cnnviz.engine import evaluate
from cnnviz.engine.card import Card
from cnnviz.inspection.capture import filters, has_filters
from cnnviz.inspection.value_trace import ValueTrace, as_maps, explain, has_value_trace, value_trace
from cnnviz.models.summary import LayerInfo
from cnnviz.ui.shared import cache, mount, pictures
from cnnviz.ui.shared.checkpoints import choose_checkpoint, choose_epoch
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.link_parameters import MOST_UNITS
from cnnviz.ui.shared.map_sheet import legend, map_sheet, show_trace
from cnnviz.ui.shared.page import errors_as_sentences, start, theme_type

MAP = "layers_map"  # the number chosen, counted from 1, in the session and in the link
_MATRIX_WIDTH = 840  # CSS pixels


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
            layer = choose_layer(model, card)
        with controls[2]:
            chosen_map = choose_map(layer)

        side, middle = st.columns([1, 2.4], gap="large")
        below = st.container()
        names = pictures.class_names(card)
        with middle, errors_as_sentences(), side:  # what is wrong is said where there is room
            answer = st.container()
            chosen = pictures.choose_picture(card, "layers")
            if chosen is not None:
                view = view_of(model, card, layer, chosen.picture, names)
                with answer:
                    pictures.crisp(seen_picture(view, card), _("The picture the network was shown"))
                    pictures.answer(probabilities(view), names, chosen.true)
                with middle:
                    show_maps(view, chosen_map)
                with below:
                    show_value_trace(view, chosen_map)
        with below:
            show_filters(model, layer.name, chosen_map)


@dataclass(frozen=True, eq=False)
class View:
    """One layer of a network that was shown one picture."""

    model: nn.Module
    info: LayerInfo
    x: NDArray[np.float32]  # (c, h, w): the picture as the network gets it, normalised
    outputs: dict[str, NDArray[np.float32]]
    names: list[str]  # of the classes

    @property
    def before(self) -> list[str]:
        """The layers on the way from the picture to this one, of branches the first."""
        channels, height, width = self.x.shape
        inputs = {info.name: info.inputs for info in cache.summary(self.model, (channels, height, width))}
        way = [self.info.name]
        while inputs[way[-1]] and inputs[way[-1]][0]:
            way.append(inputs[way[-1]][0])
        return way[:0:-1]

    @property
    def maps(self) -> NDArray[np.float32]:
        """(n, h, w)"""
        return as_maps(self.outputs[self.info.name])

    @property
    def are_units(self) -> bool:
        return len(self.info.output_shape) == 1

    @property
    def are_classes(self) -> bool:
        """Whether this is the layer that answers."""
        return self.info.name == list(self.outputs)[-1]


def choose_layer(model: nn.Module, card: Card) -> LayerInfo:
    """The select box "Layer"."""
    channels, height, width = card.input_size
    layers = {info.name: info for info in cache.summary(model, (channels, height, width))}
    return layers[str(st.selectbox(_("Layer"), list(layers), key="layers_layer", bind="query-params"))]


def view_of(model: nn.Module, card: Card, info: LayerInfo, picture: NDArray[np.uint8], names: list[str]) -> View:
    """Run `picture` (c, h, w) through the network and look at the layer of `info`."""
    x = evaluate.prepare(card, picture[None])  # (1, c, h, w)
    return View(model, info, x[0].numpy(), cache.layer_outputs(model, x), names)


def seen_picture(view: View, card: Card) -> NDArray[np.uint8]:
    """The picture as the network gets it, normalisation undone: uint8 (c, h, w)."""
    mean, std = (np.array(values).reshape(-1, 1, 1) for values in (card.mean, card.std))
    return np.clip(np.rint((view.x * std + mean) * 255), 0, 255).astype(np.uint8)


def probabilities(view: View) -> NDArray[np.float64]:
    """The softmax of what the last layer answers. Raises AnswerError if that is not a number."""
    return evaluate.probabilities(torch.from_numpy(list(view.outputs.values())[-1]).double()[None])[0].numpy()


def show_maps(view: View, chosen: int) -> None:
    """The layer's maps with their heading, sentence and legend; `chosen` is an index, shown as its number."""
    info, maps = view.info, view.maps
    st.subheader(_heading(view, plain), anchor=False)
    said = explain(view.model.get_submodule(info.name) if info.module else info.kind)
    st.markdown(_(said.template, **said.values))
    scale = limits(maps)
    numbers = range(1, len(maps) + 1)
    captions = view.names if view.are_classes else [str(number) for number in numbers]
    names = [_name(view, index) for index in range(len(maps))]
    map_sheet(maps, names, captions, _heading(view), "layers_sheet", chosen, lambda: _choose("layers_sheet"), scale)
    legend(scale)
    st.caption(_facts(view))


def show_value_trace(view: View, chosen: int) -> None:
    """How the map with index `chosen` comes about from the layer before."""
    info = view.info
    if info.kind == "Flatten" or not has_value_trace(view.model, info.name):
        return
    own = value_trace(view.model, info.name, chosen, view.x, view.outputs, view.before)
    st.subheader(_trace_heading(view, chosen), anchor=False)
    says = _says(own, view.are_units).replace("{map}", str(chosen + 1))
    show_trace(own, limits(view.maps), says, "layers_trace")


def show_filters(model: nn.Module, layer: str, chosen: int) -> None:
    """What the layer has learnt: a convolution's filters as tiles, a fully connected layer's weights as one picture.

    Needs no picture. The filter with index `chosen` is marked.
    """
    if not has_filters(model, layer):
        return
    learnt = filters(model, layer)
    scale = limits(learnt)
    if learnt.ndim == 4:
        count, channels, height, width = learnt.shape
        st.subheader(_("The {count} filters it has learnt", count=count), anchor=False)
        sides = {"channels": channels, "height": height, "width": width}
        text = _("Each is {channels} × {height} × {width} weights: one square for every channel it reads.", **sides)
        st.markdown(text)
        numbers = range(1, count + 1)
        names = [_("filter {number}", number=number) for number in numbers]
        captions = [str(number) for number in numbers]
        label = _("Filters of {layer}", layer=layer)
        map_sheet(learnt, names, captions, label, "layers_filters", chosen, lambda: _choose("layers_filters"), scale)
    else:
        _show_matrix(learnt, layer)
    legend(scale)


def _show_matrix(learnt: NDArray[np.float32], layer: str) -> None:
    units, inputs = learnt.shape
    st.subheader(_("The {count} weights it has learnt", count=f"{learnt.size:,}"), anchor=False)
    st.markdown(
        _(
            "One row for each of the {units} units, one column for each of the {inputs} inputs.",
            units=units,
            inputs=inputs,
        )
    )
    zoom = max(1, _MATRIX_WIDTH // inputs)
    picture = enlarge(paint(learnt, limits(learnt), theme_type()), zoom)
    alt = _("Weights of {layer}: {units} rows, {inputs} columns", layer=layer, units=units, inputs=inputs)
    st.image(picture, alt=alt, output_format="PNG")


def _choose(sheet: str) -> None:
    """A tile was clicked: the number box follows."""
    chosen = mount.whole(sheet, "chosen", 0, MOST_UNITS - 1)
    if chosen is not None:
        st.session_state[MAP] = chosen + 1


def _heading(view: View, shown: Callable[[str], str] = str) -> str:
    """`shown` writes the layer's name."""
    info = view.info
    if view.are_units:
        return _("{layer}: {count} values", layer=shown(info.name), count=info.output_shape[0])
    count, height, width = info.output_shape
    return _(
        "{layer}: {count} feature maps of {height} × {width}",
        layer=shown(info.name),
        count=count,
        height=height,
        width=width,
    )


def _name(view: View, index: int) -> str:
    """What a tile is called. Units of the last layer have their class beside their number: unit 8 answers "7"."""
    if view.are_classes:
        return _("unit {number}, class {name}", number=index + 1, name=view.names[index])
    return _("unit {number}", number=index + 1) if view.are_units else _("map {number}", number=index + 1)


def _trace_heading(view: View, index: int) -> str:
    if view.are_classes:
        return _("Unit {number}, class {name}, step by step", number=index + 1, name=plain(view.names[index]))
    message = N_("Unit {number}, step by step") if view.are_units else N_("Map {number}, value by value")
    return _(message, number=index + 1)


def _facts(view: View) -> str:
    """Shapes, weights, work and reach in one line."""
    info = view.info
    parts = [_("{before} in, {after} out", before=_size(info.input_shape), after=_size(info.output_shape))]
    if info.params:
        parts.append(_("{count} weights, biases included", count=f"{info.params:,}"))
        parts.append(_("{count} multiplications for each picture", count=f"{info.macs:,}"))
    if not view.are_units:
        side = info.receptive_field
        parts.append(_("each value sees {side} × {side} pixels of the picture", side=side))
    return " · ".join(parts)


def _size(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape))


def _says(own: ValueTrace, is_unit: bool) -> str:
    """The sentence under the trace; its gaps are filled in the browser."""
    place = _("Unit {map}: ") if is_unit else _("Map {map}, row {row}, column {column}: ")
    sentences = {
        "convolution": _("{count} products add up to {sum}; with the bias {bias} that makes {value}."),
        "sum": _("{count} products add up to {sum}; with the bias {bias} that makes {value}."),
        "largest": _("the largest of {list} is {value}."),
        "mean": _("the mean of {list} is {value}."),
        "relu": _("max(0, {before}) = {value}."),
        "sigmoid": _("1 / (1 + exp(−({before}))) = {value}."),
        "same": _("{before} stays {value}."),
    }
    return place + sentences[own.kind]


def choose_map(info: LayerInfo) -> int:
    """The number box "Feature map"; the index of the one chosen.

    One chosen before, on a layer with more maps, is taken back to the last.
    """
    count = info.output_shape[0]
    if st.session_state.get(MAP, 1) > count:
        st.session_state[MAP] = count
    return int(st.number_input(_("Feature map"), 1, count, key=MAP, bind="query-params")) - 1

"""Maps view: what the chosen layer makes of the picture, and how one value of it comes about."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from cnnviz.base.locale import N_
from cnnviz.base.text import plain
from cnnviz.charts.maps import limits
from cnnviz.inspection.value_trace import ValueTrace, explain, has_value_trace, value_trace
from cnnviz.ui.layers.view import Inspected, View, choose_unit, unit_name
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.map_sheet import legend, map_sheet, show_trace


def show(inspected: Inspected) -> None:
    """The layer's maps, and how the chosen one comes about from the layer before."""
    if inspected.view is None:
        return
    show_maps(inspected.view, inspected.unit)
    show_value_trace(inspected.view, inspected.unit)


def show_maps(view: View, chosen: int) -> None:
    """The layer's maps with their heading, sentence and legend; `chosen` is an index, shown as its number."""
    info, maps = view.info, view.maps
    st.subheader(_heading(view, plain), anchor=False)
    said = explain(view.model.get_submodule(info.name) if info.module else info.kind)
    st.markdown(_(said.template, **said.values))
    scale = limits(maps)
    numbers = range(1, len(maps) + 1)
    captions = view.names if view.are_classes else [str(number) for number in numbers]
    names = [unit_name(view, index) for index in range(len(maps))]
    map_sheet(maps, names, captions, _heading(view), "layers_sheet", chosen, lambda: choose_unit("layers_sheet"), scale)
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

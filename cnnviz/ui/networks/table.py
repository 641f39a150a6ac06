"""Layer table: what `model.summary()` prints, with bars for where the weights and the work are, and as text."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from cnnviz.base.text import memory
from cnnviz.charts.shares import Part, treemap
from cnnviz.models.export.keras_table import keras_params, keras_table
from cnnviz.models.summary import LayerInfo, Summary
from cnnviz.ui.networks.choice import Choice
from cnnviz.ui.networks.summary import counting_note, field_note, role, shape, where_most
from cnnviz.ui.shared.i18n import _, sentences
from cnnviz.ui.shared.mount import component
from cnnviz.ui.shared.page import theme_type
from cnnviz.ui.shared.plotly_chart import Cell, csv_button, plotly_chart

KEY = "networks_table"
_LONG = 60  # layers: beyond it, at first only those with weights
_MANY_LINES, _HIGHEST = 50, 700  # CSS pixels, of the text: beyond, it scrolls


def table(choice: Choice, summary: Summary, chosen: str | None, on_choice: Callable[[], None]) -> None:
    """Shares as areas, then a row for each layer, totals below.

    The name of a row clicked is in `st.session_state[KEY]["chosen"]`.
    """
    _areas(choice, summary)
    rows = list(summary)
    if len(rows) > _LONG and not st.toggle(
        _("Every layer, those without weights too"), key="networks_all_rows", bind="query-params"
    ):
        rows = [layer for layer in rows if layer.params or layer.name == chosen]
    component("layertable")(
        key=KEY,
        data={
            "label": _("The layers of {name}", name=choice.title),
            "head": _head(),
            "rows": [_row(layer) for layer in rows],
            "foot": [_("Together"), "", *_sums(summary), "", "", ""],
            "chosen": chosen,
        },
        on_chosen_change=on_choice,
    )
    st.markdown(_totals(summary))
    said = _(
        "Weights include biases. A multiplication stands for a multiplication and an addition. Memory: what the "
        "layer gives for one picture, 4 bytes a value. Sees: the side, in pixels of the picture, of what one value "
        "depends on; jump: how far apart two neighbours look; start: the first pixel that the first value sees, "
        "negative in the padding."
    )
    st.caption(sentences(said, counting_note(), *filter(None, [field_note(choice, summary)])))
    heads = [_("Memory (bytes)") if head == _("Memory") else head for head in _head()]
    csv_button(heads, [_numbers(layer) for layer in summary], KEY)
    _as_keras(choice, summary)


def _head() -> list[str]:
    return [
        _("Layer"),
        _("Output"),
        _("Weights"),
        _("Multiplications"),
        _("Memory"),
        _("Sees"),
        _("Jump"),
        _("Start"),
    ]


def _sums(summary: Summary) -> list[str]:
    """Weights, multiplications and memory of all layers together."""
    return [f"{summary.params:,}", f"{summary.macs:,}", memory(summary.activation_bytes)]


def _areas(choice: Choice, summary: Summary) -> None:
    """Where the weights and where the multiplications are, side by side: mostly not in the same layers."""
    columns = st.columns(2)
    for column, what, name in zip(columns, ("params", "macs"), (_("Weights"), _("Multiplications")), strict=True):
        if getattr(summary, what):
            parts = [Part(each.name, each.kind, role(each), getattr(each, what)) for each in summary]
            with column:
                st.markdown("**" + name + "**")
                key = f"networks_areas_{what}"
                figure = partial(treemap, parts, choice.title, theme_type())
                plotly_chart(figure, key, where_most(summary, what))
    st.caption(
        _("Each area is a layer's share of the whole. Click a block to see into it, the bar below it to come back.")
    )


def _totals(summary: Summary) -> str:
    """As Keras counts them."""
    params = keras_params(summary)
    return _(
        "Total {total} · trainable {trainable} · non-trainable {still}",
        total=f"{params.total:,}",
        trainable=f"{params.trainable:,}",
        still=f"{params.still:,}",
    )


def _row(layer: LayerInfo) -> dict[str, Any]:
    has_place = len(layer.output_shape) == 3
    return {
        "name": layer.name,
        "kind": layer.kind,
        "cells": [
            shape(layer.output_shape),
            f"{layer.params:,}",
            f"{layer.macs:,}",
            memory(layer.activation_bytes),
            _sides(*(axis.size for axis in layer.axes))
            if has_place
            else _("everything")
            if layer.kind == "Linear"
            else "–",
            _sides(*(axis.jump for axis in layer.axes)) if has_place else "–",
            _sides(*(axis.start for axis in layer.axes)) if has_place else "–",
        ],
        "shares": [layer.params, layer.macs],
    }


def _numbers(layer: LayerInfo) -> list[Cell]:
    """The same for a spreadsheet, to be computed with."""
    _shape, _params, _macs, _memory, *field = _row(layer)["cells"]
    return [layer.name, shape(layer.output_shape), layer.params, layer.macs, layer.activation_bytes, *field]


def _sides(height: int | None, width: int | None) -> str:
    """One number where height and width agree, as they mostly do."""
    texts = ["–" if value is None else str(value).replace("-", "−") for value in (height, width)]
    return texts[0] if texts[0] == texts[1] else " × ".join(texts)


def _as_keras(choice: Choice, summary: Summary) -> None:
    """The same as Keras prints it, to lay beside one's own."""
    st.subheader(_("As model.summary() of Keras prints it"), anchor=False)
    text = keras_table(summary, choice.input_size, choice.name)
    with st.container(key="networks_keras"):
        st.code(text, language=None, height=_HIGHEST if text.count("\n") > _MANY_LINES else "content")
    params = keras_params(summary)
    said = [_("An activation after a convolution or a fully connected layer is an argument in Keras, not a row.")]
    if params.still:
        said.append(
            _(
                "The {still} non-trainable ones are the running means and variances of batch norm. PyTorch keeps them "
                "too, but not as weights: its count is {trainable}.",
                still=f"{params.still:,}",
                trainable=f"{params.trainable:,}",
            )
        )
    st.caption(sentences(*said))

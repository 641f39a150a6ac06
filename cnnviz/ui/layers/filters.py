"""Filters view: what the chosen layer has learnt, with or without a picture."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from torch import nn

from cnnviz.charts.gallery import enlarge
from cnnviz.charts.maps import limits, paint
from cnnviz.inspection.capture import filters, has_filters
from cnnviz.ui.layers.view import Inspected, choose_unit
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.map_sheet import legend, map_sheet
from cnnviz.ui.shared.page import theme_type

_MATRIX_WIDTH = 840  # CSS pixels


def show(inspected: Inspected) -> None:
    """The layer's filters or weights, the chosen one marked."""
    show_filters(inspected.model, inspected.info.name, inspected.unit)


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
        map_sheet(
            learnt, names, captions, label, "layers_filters", chosen, lambda: choose_unit("layers_filters"), scale
        )
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

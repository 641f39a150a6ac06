"""Weight editor: the numbers of one filter as a grid in which each can be set by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnviz.inspection.ablation import Index
from cnnviz.inspection.capture import filters, has_filters
from cnnviz.ui.layers.switched import MOST_WEIGHTS, Switched, restore, set_weight
from cnnviz.ui.layers.view import Inspected
from cnnviz.ui.shared.i18n import _

_GRID = "layers_off_grid"


def popover(inspected: Inspected, now: Switched) -> None:
    """The button that opens it; nothing for a layer that learns no weights."""
    if not has_filters(inspected.model, inspected.info.name):
        return
    label = _("Weights by hand")
    if now.weights:
        label = _("Weights by hand ({count})", count=len(now.weights))
    with st.popover(label, icon=":material/edit:"):
        weights = filters(inspected.model, inspected.info.name)
        if weights.ndim == 4:
            _show_grid(weights, now, inspected.unit)
        else:
            _show_one(weights, now, inspected.unit)
        if now.weights:
            st.button(
                _("As it was learnt"), key="layers_off_restore", icon=":material/undo:", on_click=restore, args=(now,)
            )
        if len(now.weights) >= MOST_WEIGHTS:
            st.caption(_("At most {count} weights can be set by hand at once.", count=MOST_WEIGHTS))


def _show_grid(weights: NDArray[np.float32], now: Switched, unit: int) -> None:
    """The kernel with which filter `unit` reads one channel; which filter, the box of the page says."""
    count, channels, height, width = weights.shape
    channel = 0
    if channels > 1:
        channel = int(st.number_input(_("Channel it reads"), 1, channels, key="layers_off_channel")) - 1
    st.caption(
        _(
            "Filter {number} of {count}, channel {channel}: change a number.",
            number=unit + 1,
            count=count,
            channel=channel + 1,
        )
    )
    kernel = weights[unit, channel].astype(float)
    for index, value in now.weights.items():
        if index[:2] == (unit, channel) and index[2] < height and index[3] < width:
            kernel[index[2:]] = value
    key = f"{_GRID} {now.token} {unit} {channel} {len(now.weights)}"
    columns = {
        str(column): st.column_config.NumberColumn(str(column + 1), format="%.3f", width=56) for column in range(width)
    }
    st.data_editor(
        {str(column): kernel[:, column] for column in range(width)},
        column_config=columns,
        key=key,
        hide_index=True,
        num_rows="fixed",
        on_change=_take_grid,
        args=(key, now, (unit, channel)),
    )


def _take_grid(key: str, now: Switched, place: Index) -> None:
    """Of the cells that were changed, the last."""
    edited: dict[int, dict[str, Any]] = st.session_state[key].get("edited_rows", {})
    for row, cells in edited.items():
        for column, value in cells.items():
            if isinstance(value, (int, float)):
                set_weight(now, (*place, int(row), int(column)), float(value))


def _show_one(weights: NDArray[np.float32], now: Switched, unit: int) -> None:
    """Of a fully connected layer one weight at a time: a row has hundreds."""
    st.caption(
        _("Unit {number} of {count}: which of its inputs, and how much it counts.", number=unit + 1, count=len(weights))
    )
    column = int(st.number_input(_("Input it reads"), 1, weights.shape[1], key="layers_off_input")) - 1
    index = (unit, column)
    value = now.weights.get(index, float(weights[index]))
    key = f"layers_off_value {now.token} {unit} {column}"
    st.number_input(_("Weight"), -1e6, 1e6, value, 0.1, "%.4f", key=key, on_change=_take_one, args=(key, now, index))


def _take_one(key: str, now: Switched, index: Index) -> None:
    set_weight(now, index, float(st.session_state[key]))

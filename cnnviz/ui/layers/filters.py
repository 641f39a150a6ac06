"""Filters view: what the chosen layer has learnt, at any epoch, with or without a picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnviz.base.locale import N_
from cnnviz.base.locale.typesetting import fill
from cnnviz.base.text import number_text, plain
from cnnviz.charts.gallery import data_uri, enlarge, grid
from cnnviz.charts.maps import Limits, limits, paint, shrunk
from cnnviz.charts.weights import norms, strongest_channels, weights_chart
from cnnviz.engine.card import kept_epochs, load_arrays
from cnnviz.inspection.capture import biases, filters, has_filters
from cnnviz.inspection.value_trace import block, flattened_from
from cnnviz.models.summary import Summary
from cnnviz.ui.layers.view import MAP, Inspected
from cnnviz.ui.shared import cache, mount, state
from cnnviz.ui.shared.i18n import _, listed
from cnnviz.ui.shared.link_parameters import parameter
from cnnviz.ui.shared.map_sheet import legend, map_sheet
from cnnviz.ui.shared.page import colors, errors_as_sentences, theme_type
from cnnviz.ui.shared.plotly_chart import plotly_chart

Weights = NDArray[np.float32]

_SHEET = "layers_filters"
_FILM, _PLAYS = "layers_film", "layers_film_plays"  # the epoch shown; whether it goes on by itself
_FILM_LINK = parameter("layers_film", -1)
_EVERY = 0.8  # seconds from epoch to epoch
_HEIGHT = 330  # CSS pixels of the box of filters
_ROOM = (360, 150)  # CSS pixels of the chosen filter in full
_ORDERS = {"number": N_("By number"), "norm": N_("By norm")}
_MOST_CHANNELS = 16  # of a filter in a tile; of more the nine with the largest weights
_FEW_CHANNELS = 9
_MOST_TILES = 1 << 19  # weights of a fully connected layer whose units are tiles; else one picture


def show(inspected: Inspected) -> None:
    """The layer's filters or weights, the chosen one marked and in full, and how the weights are spread."""
    layer = inspected.info.name
    if not has_filters(inspected.model, layer):
        _say_where(inspected)
        return
    epochs = dict(kept_epochs(inspected.file.parent)) if inspected.file.stem.startswith("epoch-") else {}
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="layers_filter_options"):
        order = state.choose_view(parameter("layers_order", "number"), _ORDERS, "layers_order_switch")
        plays = len(epochs) > 1 and st.toggle(
            _("Play the epochs"), key=_PLAYS, help=_("Goes through every epoch that was kept, round and round.")
        )
    if len(epochs) > 1:
        st.fragment(_film, run_every=_EVERY if plays else None)(inspected, order, epochs)
    else:
        _show(inspected, order, filters(inspected.model, layer))


def _say_where(inspected: Inspected) -> None:
    names = [info.name for info in _summary(inspected) if has_filters(inspected.model, info.name)]
    some = listed([*names[:6], "…"] if len(names) > 6 else names)
    st.caption(
        _(
            "{layer} has no filters: it learns no pattern. Choose one of {names}.",
            layer=plain(inspected.info.name),
            names=plain(some),
        )
    )


def _film(inspected: Inspected, order: str, epochs: dict[int, Path]) -> None:
    """The filters at the epoch that is shown, on the scale of the last one: so one sees them grow."""
    if st.session_state[MAP] != inspected.unit + 1:
        st.rerun()  # another filter was clicked: that concerns the whole page
    with errors_as_sentences():
        layer, kept = inspected.info.name, list(epochs)
        epoch = _choose_epoch(kept, next((each for each, file in epochs.items() if file == inspected.file), kept[-1]))
        _show(inspected, order, _at(epochs[epoch], layer), limits(_at(epochs[kept[-1]], layer)))


def _choose_epoch(kept: list[int], now: int) -> int:
    """The slider of epochs; at first the page's own, while it plays the next one, round and round."""
    shown = st.session_state.get(_FILM)
    if st.session_state.get(_PLAYS):
        st.session_state[_FILM] = kept[(kept.index(shown) + 1) % len(kept)] if shown in kept else kept[0]
    elif shown not in kept:
        said = _FILM_LINK.read()
        st.session_state[_FILM] = said if said in kept else now
    epoch = int(
        st.select_slider(
            _("Epoch of these filters"),
            kept,
            key=_FILM,
            format_func=lambda each: _("epoch {epoch}", epoch=each),
            label_visibility="collapsed",
        )
    )
    if not st.session_state.get(_PLAYS):  # else the link would change every moment
        _FILM_LINK.put(None if epoch == now else epoch)
    return epoch


def _show(inspected: Inspected, order: str, learnt: Weights, scale: Limits | None = None) -> None:
    scale = scale or limits(learnt)
    ranks = np.argsort(-norms(learnt), kind="stable") if order == "norm" else np.arange(len(learnt))
    left, right = st.columns(2, gap="medium")
    with left:
        st.subheader(_heading(learnt), anchor=False)
        if learnt.ndim == 4 or learnt.size <= _MOST_TILES:
            _tiles(inspected, learnt, ranks, scale)
        else:
            _matrix(learnt[ranks], scale, inspected.info.name)
        legend(scale)
    with right:
        _in_full(inspected, learnt, scale)
        _spread(inspected, learnt)


def _at(file: Path, layer: str) -> Weights:
    return _kept_weights(str(file), file.stat().st_mtime_ns, layer)


@st.cache_resource(max_entries=32, show_spinner=False)  # of ResNet-18's largest layer 9 MB each; without a copy
def _kept_weights(file: str, version: int, layer: str) -> Weights:
    learnt: Weights = load_arrays(file)[f"{layer}.weight"].astype(np.float32)
    learnt.setflags(write=False)
    return learnt


def _tiles(inspected: Inspected, learnt: Weights, ranks: NDArray[np.intp], scale: Limits) -> None:
    shown = _as_pictures(inspected, learnt)[ranks]
    sizes = norms(learnt)
    message = _("unit {number}, norm {norm}") if learnt.ndim == 2 else _("filter {number}, norm {norm}")
    names = [fill(message, {"number": index + 1, "norm": number_text(float(sizes[index]))}) for index in ranks]
    chosen = int(np.flatnonzero(ranks == inspected.unit)[0])
    captions = [str(index + 1) for index in ranks]
    label = _("Filters of {layer}", layer=inspected.info.name)
    map_sheet(shown, names, captions, label, _SHEET, chosen, lambda: _choose(ranks), scale, height=_HEIGHT)


def _choose(ranks: NDArray[np.intp]) -> None:
    """A tile was clicked: the number box follows."""
    chosen = mount.whole(_SHEET, "chosen", 0, len(ranks) - 1)
    if chosen is not None:
        st.session_state[MAP] = int(ranks[chosen]) + 1


def _as_pictures(inspected: Inspected, learnt: Weights) -> Weights:
    """(n, c, kh, kw) of a convolution; of a unit its weights as the few maps it reads, or as one block."""
    if learnt.ndim == 4:
        return learnt if learnt.shape[1] <= _MOST_CHANNELS else strongest_channels(learnt, _FEW_CHANNELS)
    shape = flattened_from(_summary(inspected), inspected.info)
    drawn = shape if shape is not None and shape[0] <= _MOST_CHANNELS else block(learnt.shape[1])
    return learnt.reshape(len(learnt), *drawn)


def _summary(inspected: Inspected) -> Summary:
    channels, height, width = inspected.card.input_size
    return cache.summary(inspected.model, (channels, height, width))


def _matrix(learnt: Weights, scale: Limits, layer: str) -> None:
    """One row for each unit, one column for each input; of more than can be seen the means."""
    small = shrunk(learnt, _ROOM[0])
    units, inputs = learnt.shape
    alt = _("Weights of {layer}: {units} rows, {inputs} columns", layer=layer, units=units, inputs=inputs)
    st.image(paint(small, scale, theme_type()), alt=alt, output_format="PNG")


def _in_full(inspected: Inspected, learnt: Weights, scale: Limits) -> None:
    """Every channel of the chosen filter."""
    unit = inspected.unit
    own = learnt[unit] if learnt.ndim == 4 else _as_pictures(inspected, learnt[unit : unit + 1])[0]
    message = N_("Filter {number} in full") if learnt.ndim == 4 else N_("Unit {number} in full")
    title = _(message, number=unit + 1)
    st.subheader(title, anchor=False)
    count, height, width = own.shape
    columns = max(range(1, count + 1), key=lambda each: _fits(count, height, width, each))
    painted = grid(paint(own, scale, theme_type()), columns, gap=1, background=colors()["background"])
    zoom = max(1, min(26, _ROOM[0] // painted.shape[1], _ROOM[1] // painted.shape[0]))
    st.html(f'<img class="ly-filter" src="{data_uri(enlarge(painted, zoom))}" alt="{title}">')
    bias = float(biases(inspected.model, inspected.info.name)[unit])
    facts = {"size": " × ".join(map(str, learnt.shape[1:])), "norm": number_text(float(norms(own[None])[0]))}
    st.caption(_("{size} weights, norm {norm}; bias {bias}", **facts, bias=number_text(bias)))


def _fits(count: int, height: int, width: int, columns: int) -> float:
    """How large a pixel can be with so many channels side by side."""
    rows = -(-count // columns)
    return min(_ROOM[0] / (columns * (width + 1)), _ROOM[1] / (rows * (height + 1)))


def _spread(inspected: Inspected, learnt: Weights) -> None:
    own = learnt[inspected.unit]
    message = N_("filter {number}") if learnt.ndim == 4 else N_("unit {number}")
    names = (_("all weights of {layer}", layer=inspected.info.name), _(message, number=inspected.unit + 1))
    titles = (_("weight"), _("share"))
    spoken = _(
        "How the {count} weights are spread: mean {mean}, standard deviation {deviation}",
        count=f"{learnt.size:,}",
        mean=number_text(float(learnt.mean())),
        deviation=number_text(float(learnt.std())),
    )
    plotly_chart(lambda: weights_chart(learnt, own, names, titles, theme_type()), "layers_weights", spoken)
    st.caption(spoken)


def _heading(learnt: Weights) -> str:
    if learnt.ndim == 2:
        return _("The {count} weights it has learnt", count=f"{learnt.size:,}")
    return _("The {count} filters it has learnt", count=len(learnt))

"""Map sheets: feature maps and filters in one picture, their legend, and how one value comes about."""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from cnnviz.base.text import number_text
from cnnviz.charts.gallery import data_uri, grid, zoom_for
from cnnviz.charts.maps import Limits, Picture, Values, limits, paint
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.mount import component
from cnnviz.ui.shared.page import colors, theme_type

if TYPE_CHECKING:  # it imports torch
    from cnnviz.inspection.value_trace import ValueTrace

_UNITS_WIDTH = 480  # CSS pixels for a block of units
_MOST_CAPTIONS = 64  # more tiles than this are units of a fully connected layer: told apart by title only


def map_sheet(
    maps: Values,
    names: Sequence[str],
    captions: Sequence[str],
    label: str,
    key: str,
    chosen: int | None,
    on_choice: Callable[[], None],
    scale: Limits | None = None,
) -> None:
    """Maps (n, h, w), or filters (n, channels, h, w) with their channels side by side, as tiles to choose from.

    `captions` stand under the tiles, `names` are read out. The index of the tile chosen is in
    `st.session_state[key]["chosen"]` while `on_choice` runs.
    """
    scale = scale or limits(maps)
    painted = paint(maps, scale, theme_type())  # (n, [channels,] h, w, 3)
    tiles = [_side_by_side(channels) for channels in painted] if maps.ndim == 4 else list(painted)
    height, width = tiles[0].shape[:2]
    component("maps")(
        key=key,
        data={
            "sprite": data_uri(np.concatenate(tiles)),
            "width": width,
            "height": height,
            "zoom": _zoom(len(tiles), height, width),
            "columns": _columns(len(tiles)) if height == width == 1 and len(tiles) > 20 else None,
            "captions": list(captions) if len(captions) <= _MOST_CAPTIONS else None,
            "titles": [_title(name, values) for name, values in zip(names, maps, strict=True)],
            "chosen": chosen,
            "label": label,
        },
        on_chosen_change=on_choice,
    )


def legend(scale: Limits) -> None:
    """The colour scale with its numbers, and what its ends mean."""
    stops = ", ".join(scale.scale(theme_type()))
    numbers = [scale.low, 0.0, scale.high] if scale.signed else [0.0, scale.high]
    labels = "".join(f"<span>{number_text(value)}</span>" for value in numbers)
    words = _("orange: below zero, blue: above") if scale.signed else _("the stronger, the larger the value")
    st.html(
        f'<div class="cnn-legend"><div><div style="background:linear-gradient(90deg, {stops})"></div>'
        f"<div>{labels}</div></div><span>{words}</span></div>"
    )


def show_trace(trace: ValueTrace, scale: Limits, says: str, key: str) -> None:
    """How one value of a map comes about, followed by the finger: window, weights, products, sum.

    `says` is the translated sentence with the gaps {row} and {column} (from 1), {value}, {count}, {sum}, {bias},
    {before}, {list}.
    """
    component("trace")(
        key=key,
        data={
            "kind": trace.kind,
            "inputs": _field(trace.inputs),
            "weights": None if trace.weights is None else _field(trace.weights),
            "output": _field(trace.output[None], scale),
            "bias": trace.bias if math.isfinite(trace.bias) else 0.0,
            "kernel_size": trace.kernel_size,
            "stride": trace.stride,
            "padding": trace.padding,
            "dilation": trace.dilation,
            "counts_padding": trace.counts_padding,
            "strings": {
                "input": _what_it_reads(trace),
                "window": _("the window"),
                "weights": _("× its weights"),
                "products": _("= the products"),
                "output": _("the map: point at it, or use the arrow keys"),
                "says": says,
            },
        },
    )


def _side_by_side(channels: Picture) -> Picture:
    """The channels (c, h, w, 3) of a filter as one picture, a pixel of the page between them."""
    return grid(channels, len(channels), gap=1, background=colors()["background"])


def _zoom(count: int, height: int, width: int) -> int:
    """The whole factor that makes many tiles small and few ones large."""
    if height == width == 1:  # units of a fully connected layer
        return 48 if count <= 20 else min(40, _UNITS_WIDTH // _columns(count) - 4)
    side = 216 if width > 2 * height else 140 if count <= 8 else 112 if count <= 36 else 72
    return zoom_for(height, width, side)


def _columns(count: int) -> int:
    """Of `count` units in a block a little wider than high, full rows if that can be."""
    least = math.isqrt(count + count // 5) + 1
    return next((c for c in range(least, 2 * least) if count % c == 0), least)


def _title(name: str, values: Values) -> str:
    if values.size == 1:
        return _("{name}: {value}", name=name, value=number_text(float(values.ravel()[0])))
    low, high = float(values.min()), float(values.max())
    return _("{name}: from {low} to {high}", name=name, low=number_text(low), high=number_text(high))


def _field(values: Values, scale: Limits | None = None) -> dict[str, object]:
    scale = scale or limits(values)
    raw = np.ascontiguousarray(np.nan_to_num(values), dtype="<f4").tobytes()
    return {
        "shape": list(values.shape),
        "values": base64.b64encode(raw).decode("ascii"),
        "low": scale.low,
        "high": scale.high,
        "signed": scale.signed,
    }


def _what_it_reads(trace: ValueTrace) -> str:
    """A row of numbers is said as such, also where it is drawn in several rows."""
    if trace.inputs.size == 1:
        return _("what it reads: one number")
    if trace.flattened_from is not None:
        shape = " × ".join(map(str, trace.flattened_from))
        return _("what it reads: {count} numbers, flattened from {shape}", count=trace.inputs.size, shape=shape)
    if len(trace.input_shape) == 1:
        return _("what it reads: {count} numbers", count=trace.inputs.size)
    return _("what it reads: {shape}", shape=" × ".join(map(str, trace.input_shape)))

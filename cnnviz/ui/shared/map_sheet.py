"""Map sheets: feature maps and filters in one picture, their legend, and how one value comes about."""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from cnnviz.base.locale.typesetting import fill
from cnnviz.base.text import number_text
from cnnviz.charts.gallery import data_uri, grid
from cnnviz.charts.maps import Limits, Picture, Values, each_by_itself, limits, paint, shrunk
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.mount import component
from cnnviz.ui.shared.page import colors, theme_type

if TYPE_CHECKING:  # it imports torch
    from cnnviz.inspection.trace import ValueTrace

_HEIGHT = 318  # CSS pixels of a sheet
_UNCHANGED = ("same", "joined")  # what is read is what is given: in one colour
_IN_A_ROW = 3  # channels of a filter
_MOST_CAPTIONS = 36  # more tiles than this are told apart by title only, unless it is asked for


def map_sheet(
    maps: Values,
    names: Sequence[str],
    captions: Sequence[str],
    label: str,
    key: str,
    chosen: int | None,
    on_choice: Callable[[], None],
    scale: Limits | None = None,
    *,
    height: int = _HEIGHT,
    is_each_by_itself: bool = False,
    most_captions: int = _MOST_CAPTIONS,
) -> None:
    """Maps (n, h, w), or filters (n, channels, h, w) with their channels side by side, as tiles to choose from.

    `captions` stand under the tiles, `names` are read out. The index of the tile chosen is in
    `st.session_state[key]["chosen"]` while `on_choice` runs. All have one `scale`, unless each is to be seen by itself.
    `height`: CSS pixels; the tiles are as large as fit there, and where they would be too small it scrolls.
    More than `most_captions` tiles have no captions.
    """
    titles = _titles(names, maps)
    small = shrunk(maps, _side(len(maps)))
    scale = scale or limits(maps)
    if is_each_by_itself:
        small, scale = each_by_itself(small), Limits(-1.0, 1.0, True) if (maps < 0).any() else Limits(0.0, 1.0, False)
    painted = paint(small, scale, theme_type())  # (n, [channels,] h, w, 3)
    tiles = np.stack([_side_by_side(channels) for channels in painted]) if maps.ndim == 4 else painted
    component("maps")(
        key=key,
        data={
            "sprite": data_uri(tiles.reshape(-1, *tiles.shape[2:])),
            "width": tiles.shape[2],
            "height": tiles.shape[1],
            "most": height,
            "captions": list(captions) if len(captions) <= most_captions else None,
            "titles": titles,
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


def show_trace(trace: ValueTrace, scale: Limits, says: str, key: str, says_none: str = "") -> None:
    """How one value of a map comes about, followed by the finger: window, weights, products, sum.

    `says` is the translated sentence with the gaps {row} and {column} (from 1), {value}, {count}, {sum}, {rest},
    {bias}, {before}, {list}, {terms}; `says_none` that of a value that was dropped.
    """
    component("trace")(
        key=key,
        data={
            "kind": trace.kind,
            "inputs": _field(trace.inputs, scale if trace.kind in _UNCHANGED else None),
            "weights": None if trace.weights is None else _field(trace.weights),
            "output": _field(trace.output[None], scale),
            "bias": trace.bias if math.isfinite(trace.bias) else 0.0,
            "kernel_size": trace.kernel_size,
            "stride": trace.stride,
            "padding": trace.padding,
            "dilation": trace.dilation,
            "counts_padding": trace.counts_padding,
            "spans": trace.spans,
            "rest": None if trace.rest is None else _field(trace.rest[None]),
            "strings": {
                "input": _what_it_reads(trace),
                "window": _("the window"),
                "weights": _("× its weights"),
                "products": _("= the products"),
                "output": _("the map: point at it, or use the arrow keys"),
                "says": says,
                "saysNone": says_none,
            },
        },
    )


def _side_by_side(channels: Picture) -> Picture:
    """The channels (c, h, w, 3) of a filter as one picture, about square, a pixel of the page between them."""
    columns = len(channels) if len(channels) <= _IN_A_ROW else math.isqrt(len(channels) - 1) + 1
    return grid(channels, columns, gap=1, background=colors()["background"])


def _side(count: int) -> int:
    """About how many pixels of a map are sent where there are so many of them: more would not be seen."""
    return 112 if count <= 16 else 56


def _titles(names: Sequence[str], maps: Values) -> list[str]:
    """What each tile is called, with its value or its smallest and largest."""
    flat = np.nan_to_num(maps).reshape(len(maps), -1)
    low, high = flat.min(axis=1), flat.max(axis=1)
    if flat.shape[1] == 1:
        message = _("{name}: {value}")
        return [fill(message, {"name": n, "value": number_text(float(v))}) for n, v in zip(names, low, strict=True)]
    message = _("{name}: from {low} to {high}")
    return [
        fill(message, {"name": name, "low": number_text(float(least)), "high": number_text(float(most))})
        for name, least, most in zip(names, low, high, strict=True)
    ]


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
    if trace.kind == "added":
        return _("what it adds, place by place: {count} maps", count=len(trace.inputs))
    if trace.channels:
        shape = " × ".join(map(str, trace.input_shape))
        return _(
            "what it reads: {shape}; here the {count} maps that count most", shape=shape, count=len(trace.channels)
        )
    return _("what it reads: {shape}", shape=" × ".join(map(str, trace.input_shape)))

"""Receptive field: what a layer's values see of the picture, in theory on the layer's own map, and measured."""

from __future__ import annotations

import base64
import io
from functools import lru_cache
from weakref import WeakKeyDictionary

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from PIL import Image

from cnnviz.base.locale import N_
from cnnviz.base.text import number_text, percent
from cnnviz.charts.gallery import data_uri, rgb
from cnnviz.charts.maps import limits, paint, seen_share, veil
from cnnviz.inspection.capture import InputImage, LayerIO
from cnnviz.models.summary import LayerInfo
from cnnviz.ui.networks import activations
from cnnviz.ui.networks.choice import Choice
from cnnviz.ui.networks.weights import Weights
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.mount import component
from cnnviz.ui.shared.page import theme_type

THEORY, NOISE, PICTURE = "theory", "noise", "picture"
_WAYS = {THEORY: N_("Theory"), NOISE: N_("Random weights"), PICTURE: N_("These weights")}
_PHOTO_SIDE = 64  # pixels: what is larger is sent as JPEG, a sixth of a PNG
_QUALITY = 85
_painted: WeakKeyDictionary[LayerIO, dict[tuple[int, str], str]] = WeakKeyDictionary()  # (map, theme) -> address


def choose_way(layer: LayerInfo) -> str:
    """In theory, where there is a window; or measured with random weights, or with the weights and picture chosen."""
    ways = list(_WAYS) if has_window(layer) else [NOISE, PICTURE]
    return str(
        st.segmented_control(
            _("What each value sees"),
            ways,
            default=THEORY if THEORY in ways else PICTURE,
            required=True,
            format_func=lambda way: _(_WAYS[way]),
            key="networks_way" if THEORY in ways else "networks_way_flat",
            persist_state="session",
            help=_(
                "Theory: the box of pixels that can matter. Else how much each pixel does move the value, measured by "
                "its gradient: with fresh random weights and noise, or with these weights and this picture."
            ),
        )
    )


def has_window(layer: LayerInfo) -> bool:
    """Whether positions are left in what the layer gives, each with a box of its own in the picture."""
    jumps = [axis.jump for axis in layer.axes]
    return len(layer.output_shape) == 3 and None not in jumps and layer.output_shape[1:] != (1, 1)


def receptive_field(
    choice: Choice, weights: Weights, layer: LayerInfo, image: InputImage, layer_io: LayerIO, index: int, way: str
) -> None:
    """The layer's map `index` beside the picture, with the box of the value under the pointer; where positions are
    flattened away the picture alone, with what each of its pixels counts for the unit `index`."""
    if not has_window(layer):
        st.markdown(
            _("Values of this layer have no place: there is no window, but some pixels count more than others.")
        )
    place = st.container()  # the spinner is shown below it: nothing moves when it comes and goes
    measured = None if way == THEORY else _measured(choice, weights, layer, image, way, index)
    with place:
        component("field")(
            key="networks_field",
            data={
                **(_map(layer, layer_io, index) if has_window(layer) else {"out": None, "map": None, "axes": []}),
                "picture": list(choice.input_size[1:]),
                "source": _source(image.seen.tobytes(), image.seen.shape),
                "isPhoto": image.seen.shape[1] > _PHOTO_SIDE,
                "measured": measured,
                "credit": image.credit,
                "strings": _strings(layer, index),
            },
        )


def _strings(layer: LayerInfo, index: int) -> dict[str, str]:
    return {
        "map": _(
            "Map {number} of {layer}: point at a value, or use the arrow keys.", number=index + 1, layer=layer.name
        ),
        "picture": _("The picture, and the box that this value sees."),
        "says": _("Row {row}, column {column}: the value sees {field} pixels of the picture."),
        "cut": _(
            "Row {row}, column {column}: the value sees a box of {field} pixels, of which {seen} lie in the picture; "
            "the rest is padding."
        ),
    }


def _map(layer: LayerInfo, layer_io: LayerIO, index: int) -> dict[str, object]:
    values, theme = layer_io.after[index], theme_type()
    scale = limits(values)
    painted = _painted.setdefault(layer_io, {})
    if (index, theme) not in painted:
        painted[index, theme] = data_uri(paint(values, scale, theme))
    colors = _("orange: below zero, blue: above") if scale.signed else _("the stronger, the larger the value")
    low, high = number_text(float(values.min())), number_text(float(values.max()))
    return {
        "out": list(layer.output_shape[1:]),
        "map": painted[index, theme],
        "legend": _("From {low} to {high}; {colors}.", low=low, high=high, colors=colors),
        "axes": [{"field": axis.size, "jump": axis.jump, "start": axis.start} for axis in layer.axes],
    }


@lru_cache(maxsize=64)  # of 150 kB, what is kept of a photo
def _source(raw: bytes, shape: tuple[int, ...]) -> str:
    """The picture (channels, h, w) as an address."""
    seen = rgb(np.frombuffer(raw, np.uint8).reshape(shape))
    if shape[1] <= _PHOTO_SIDE:
        return data_uri(seen)
    packed = io.BytesIO()
    Image.fromarray(seen).save(packed, "JPEG", quality=_QUALITY)
    return "data:image/jpeg;base64," + base64.b64encode(packed.getvalue()).decode("ascii")


def _measured(
    choice: Choice, weights: Weights, layer: LayerInfo, image: InputImage, way: str, index: int
) -> dict[str, str]:
    unit = None if has_window(layer) else index
    with st.spinner(_("The gradient is on its way …")):
        if way == NOISE:
            strength = activations.influence(choice, Weights(activations.UNTRAINED), layer.name, unit, None)
        else:
            strength = activations.influence(choice, weights, layer.name, unit, image)
    return {"source": data_uri(veil(strength, theme_type())), "says": _says(layer, strength, way)}


def _says(layer: LayerInfo, strength: NDArray[np.float32], way: str) -> str:
    whose = _("with fresh random weights") if way == NOISE else _("with these weights and this picture")
    if not strength.any():
        return _("Measured {whose}: no pixel moves the value, a ReLU on the way is silent.", whose=whose)
    share, counting = percent(seen_share(strength)), percent(float((strength > 0).mean()))
    if not has_window(layer):
        return _(
            "Measured {whose}: {counting} of the pixels move this value. Half of all influence comes from {share} of "
            "the box around them.",
            whose=whose,
            counting=counting,
            share=share,
        )
    return _(
        "Measured {whose}: the pixels that move the middle values of all maps span {box}. "
        "Half of all influence comes from {share} "
        "of the pixels of that box.",
        whose=whose,
        box=_box(strength),
        share=share,
    )


def _box(strength: NDArray[np.float32]) -> str:
    rows, columns = np.flatnonzero(strength.any(axis=1)), np.flatnonzero(strength.any(axis=0))
    return f"{rows[-1] - rows[0] + 1} × {columns[-1] - columns[0] + 1}"

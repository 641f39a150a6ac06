"""Export: what is on the page Layers as files (maps as a PNG, arrays as .npz) and as a link with everything in it."""

from __future__ import annotations

import io
import re
from functools import partial
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnviz.charts.gallery import enlargement, grid
from cnnviz.charts.maps import Limits, each_by_itself, limits, paint
from cnnviz.inspection.capture import biases, filters, has_filters
from cnnviz.ui.layers.beside import BESIDE
from cnnviz.ui.layers.maps import color_scale
from cnnviz.ui.layers.strip import LAYER
from cnnviz.ui.layers.view import MAP, Inspected, View, probabilities, seen_picture
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.link_parameters import parameter
from cnnviz.ui.shared.mount import component
from cnnviz.ui.shared.page import colors, theme_type

Arrays = dict[str, NDArray[Any]]

_TILE = 96  # pixels of a map in the PNG, at least: by a whole factor, so that every value is a square
_UNIT = 24  # of a single value
_UNSAFE = re.compile(r"[^\w.-]+")


def popover(inspected: Inspected) -> None:
    """The button, and what can be taken away. Files are made when somebody asks for them."""
    with st.popover(_("Take away"), icon=":material/download:", key="layers_export"):
        view = inspected.view
        if view is not None:
            name = file_name(inspected)
            st.download_button(
                _("Maps as PNG"),
                partial(png, view, _scale(inspected, view), theme_type(), colors()["background"]),
                f"{name}-maps.png",
                "image/png",
                key="layers_export_png",
                icon=":material/image:",
                on_click="ignore",
                width="stretch",
                help=_("Every map of the layer, in its colours here, each value a square."),
            )
            st.download_button(
                _("Arrays as .npz"),
                partial(npz, inspected, view),
                f"{name}.npz",
                "application/octet-stream",
                key="layers_export_npz",
                icon=":material/data_array:",
                on_click="ignore",
                width="stretch",
                help=_(
                    "For NumPy: picture, input, output, probabilities, classes; of a layer that learns the chosen "
                    "filter's weights and bias. Read it with np.load."
                ),
            )
        component("address")(
            key="layers_export_link",
            data={
                "explicit": explicit(inspected),
                "strings": {
                    "label": _("Link to all of this"),
                    "copy": _("Copy link"),
                    "copied": _("Copied."),
                    "selected": _("Selected: press Ctrl+C to copy it."),
                },
            },
        )


def file_name(inspected: Inspected) -> str:
    """ "lenet5-mnist-conv1": the network's file and the layer, with nothing that a file system minds."""
    card = inspected.card
    stem = inspected.file.stem
    network = f"{card.model}-{card.data}-{stem}" if stem.startswith("epoch-") else stem
    return _UNSAFE.sub("_", f"{network}-{inspected.info.name}").strip("._") or "layer"


def png(view: View, scale: Limits | None, theme: str, background: str) -> bytes:
    """The layer's maps in a sheet, row by row, with 4 pixels between them. `scale` None: each map by itself."""
    from PIL import Image  # heavy

    maps = view.maps
    if scale is None:
        signed = limits(maps).signed
        maps, scale = each_by_itself(maps), Limits(-1.0 if signed else 0.0, 1.0, signed)
    count, height, width = maps.shape
    factor = _UNIT if height == width == 1 else enlargement(min(height, width), _TILE)
    columns = int(np.ceil(np.sqrt(count)))
    sheet = grid(paint(maps, scale, theme), columns, factor, background=background)
    file = io.BytesIO()
    Image.fromarray(sheet).save(file, "PNG")
    return file.getvalue()


def npz(inspected: Inspected, view: View) -> bytes:
    """The numbers themselves; `np.load(file)` reads them, nothing is pickled."""
    file = io.BytesIO()
    named: dict[str, Any] = {**arrays(inspected, view)}  # NumPy 1.26 has no parameter for pickle, and no type for names
    np.savez_compressed(file, **named)
    return file.getvalue()


def arrays(inspected: Inspected, view: View) -> Arrays:
    """Name -> array, all numbers float32 but `picture` (uint8) and `map`, which counts from 1. Axes are (c, h, w).

    picture: as the network sees it, normalisation undone; input: as it gets it; output: what the layer gives;
    weights and bias: of the chosen filter, where the layer has any; probabilities: of the classes.
    """
    unit, layer = inspected.unit, inspected.info.name
    found: Arrays = {
        "picture": seen_picture(view, inspected.card),
        "input": view.x.astype(np.float32),
        "output": view.seen.output.astype(np.float32),
        "probabilities": probabilities(view).astype(np.float32),
        "classes": np.array(inspected.card.classes),
        "layer": np.array(layer),
        "map": np.array(unit + 1),
    }
    if has_filters(inspected.model, layer):
        found["weights"] = filters(inspected.model, layer)[unit].astype(np.float32)
        found["bias"] = biases(inspected.model, layer)[unit].astype(np.float32)
    return found


def explicit(inspected: Inspected) -> dict[str, str]:
    """What the link leaves out where it is the default, here: elsewhere the default may be another one."""
    session = st.session_state
    names = ["layers_checkpoint", "layers_epoch", LAYER, MAP, "layers_source", "layers_picture"]
    if parameter("layers_view", "maps").read() == "compare":
        names += BESIDE
    said = {name: session.get(name) for name in names}
    if said["layers_source"] != "test":
        said["layers_picture"] = None
    if said["layers_source"] in ("camera", "file"):
        said["layers_source"] = None  # no link can carry such a picture
    if not inspected.file.stem.startswith("epoch-"):
        said["layers_epoch"] = None  # of another network
    return {name: str(value) for name, value in said.items() if value is not None}


def _scale(inspected: Inspected, view: View) -> Limits | None:
    """The colour scale of the view Maps."""
    chosen = parameter("layers_range", "layer").read()
    return None if chosen == "map" else color_scale(view, chosen, inspected.unit)

"""Strip of layers: the whole network at a glance, every layer with what it made of the picture, to choose from."""

from __future__ import annotations

from typing import Any

import streamlit as st

from cnnviz.charts.strip import COLUMNS, SIDE, strip_uri
from cnnviz.models.summary import LayerInfo, Summary
from cnnviz.ui.layers.view import View
from cnnviz.ui.shared import mount
from cnnviz.ui.shared.i18n import _, listed
from cnnviz.ui.shared.mount import component
from cnnviz.ui.shared.page import theme_type

LAYER = "layers_layer"  # the layer chosen, in the session and in the link
_KEY = "layers_strip"
_SIGNS = {"Add": "+", "Concat": "⊕", "Multiply": "×"}


def strip(summary: Summary, layer: LayerInfo, view: View | None) -> None:
    """A tile for each layer; the one chosen is marked. Without a picture the tiles are empty."""
    names = [info.name for info in summary]
    component("strip")(
        key=_KEY,
        data={
            "nodes": _nodes(summary),
            "chosen": names.index(layer.name),
            "sprite": None
            if view is None
            else strip_uri([view.survey.glances[name].map for name in names], theme_type()),
            "side": SIDE,
            "columns": COLUMNS,
            "label": _("The network's layers, in the order they run"),
        },
        on_chosen_change=lambda: _choose(names),
    )


def _choose(names: list[str]) -> None:
    """A tile was chosen: the box "Layer" follows."""
    chosen = mount.whole(_KEY, "chosen", 0, len(names) - 1)
    if chosen is not None:
        st.session_state[LAYER] = names[chosen]


def _nodes(summary: Summary) -> list[dict[str, Any]]:
    at = {info.name: index for index, info in enumerate(summary)}
    return [_node(info, at) for info in summary]


def _node(info: LayerInfo, at: dict[str, int]) -> dict[str, Any]:
    block, _dot, name = info.name.rpartition(".")
    size = " × ".join(map(str, info.output_shape))
    title = _("{layer}, {kind}: {size}", layer=info.name, kind=info.kind, size=size)
    if len(info.inputs) > 1:
        sources = listed(source or _("the picture") for source in info.inputs)
        title = _("{title}, of {sources}", title=title, sources=sources)
    return {
        "name": name,
        "block": block,
        "size": size.replace(" ", ""),
        "title": title,
        "sign": _SIGNS.get(info.kind, ""),
        "reads": [at.get(source, -1) for source in info.inputs],
    }

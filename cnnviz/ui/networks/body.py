"""The page Networks once PyTorch is in: the drawing with its totals, and the view that is chosen below it."""

from __future__ import annotations

import streamlit as st
from torch import nn

from cnnviz.models.registry import model_spec
from cnnviz.models.summary import Summary
from cnnviz.ui.i18n import _
from cnnviz.ui.networks import choice as choices
from cnnviz.ui.networks.choice import Choice
from cnnviz.ui.networks.dissection import dissection
from cnnviz.ui.networks.drawing import draw
from cnnviz.ui.networks.frame import figures
from cnnviz.ui.networks.layer import LAYER
from cnnviz.ui.networks.table import table, where
from cnnviz.ui.numbers import memory

_DRAWING = "networks_drawing"


def with_options(choice: Choice) -> Choice:
    """`choice` with the options the visitor set."""
    return choices.choose_options(choice)


def network(choice: Choice) -> None:
    """Totals, drawing, where it comes from."""
    summary = dissection(choice)
    spec = model_spec(choice.name)
    figures(
        [
            (_("Network"), f"{choice.title} · {spec.year}"),
            (_("Weights"), f"{summary.params:,}"),
            (_("Multiplications a picture"), f"{summary.macs:,}"),
            (_("Memory of all outputs"), memory(summary.activation_bytes)),
            (_("Number of layers"), str(len(summary))),
        ]
    )
    names = {layer.name for layer in summary}
    chosen = st.session_state.get(LAYER) or st.query_params.get(LAYER)
    if chosen not in names:
        chosen = summary[0].name
    draw(summary, choice.input_size, choice.title, _DRAWING, chosen, _choose)
    source = _("After: {source}.", source=spec.source)
    st.caption(f"{where(summary)} {source}")


def view(choice: Choice, name: str) -> None:
    """One of `frame.VIEWS`."""
    if name == "own":
        from cnnviz.ui.networks.own import own

        own(choice)
        return
    network(choice)
    summary = dissection(choice)
    if name == "table":
        table(summary, choice.title, st.session_state.get(LAYER))
    elif name == "compare":
        from cnnviz.ui.networks.compare import compare

        compare(choice, summary)
    elif name == "pace":
        from cnnviz.ui.networks.pace import pace

        pace(choice)
    elif name == "export":
        from cnnviz.ui.networks.export import export

        export(choice)
    else:
        _layer(choice, summary)


def _layer(choice: Choice, summary: Summary) -> None:
    from cnnviz.ui.networks.layer import choose_layer, show

    layer = choose_layer(summary)
    show(choice, _outline(choice), layer)


@st.cache_resource(max_entries=16, show_spinner=False)
def _outline(choice: Choice) -> nn.Module:
    """Shapes without numbers, for looking at only."""
    return choice.outline()


def _choose() -> None:
    """A block was chosen in the drawing: the select box follows."""
    chosen = st.session_state[_DRAWING].get("chosen")
    if isinstance(chosen, str):
        st.session_state[LAYER] = chosen

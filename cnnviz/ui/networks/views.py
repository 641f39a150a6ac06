"""Views of the page Networks once PyTorch is in: the drawing with its totals, and the view chosen below it."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnviz.base.text import memory
from cnnviz.models.registry import model_spec
from cnnviz.models.summary import Summary
from cnnviz.ui.networks import table
from cnnviz.ui.networks.choice import Choice, figures
from cnnviz.ui.networks.compare import compare
from cnnviz.ui.networks.diagram import draw
from cnnviz.ui.networks.editor.view import own
from cnnviz.ui.networks.export import export
from cnnviz.ui.networks.layer import LAYER, show
from cnnviz.ui.networks.learning import ALL_LEARN, Learning, choose_trainable, learning_of, training_link
from cnnviz.ui.networks.speed import time_per_epoch
from cnnviz.ui.networks.summary import changes, changes_in_words, depth, depth_note, outline_of, summary_of
from cnnviz.ui.shared import mount, state
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.link_parameters import LONGEST_NAME
from cnnviz.ui.shared.page import errors_as_sentences

_DRAWING = "networks_drawing"
_KEPT = "networks_layer_kept"  # in the session: a select box that is not shown is forgotten


def view(choice: Choice, name: str, beside: DeltaGenerator) -> None:
    """One of `page.VIEWS`; `beside` the other controls is room for what only the drawing has."""
    if name == "own":
        own(choice)
        return
    if name == "compare":
        compare(choice)
        return
    summary = summary_of(choice)
    with beside:
        trainable = choose_trainable(choice)
    network(choice, summary, trainable)
    if name == "table":
        table.table(choice, summary, _chosen(summary), _choose_row)
    elif name == "speed":
        time_per_epoch(choice)
    elif name == "export":
        export(choice)
    else:
        _layer(choice, summary)


def network(choice: Choice, summary: Summary, trainable: str) -> None:
    """Totals, what was changed, drawing, where it comes from."""
    spec = model_spec(choice.name)
    learning = ALL_LEARN
    with errors_as_sentences():
        learning = learning_of(choice, trainable)
    figures(
        [
            (_("Weights"), f"{summary.params:,}"),
            *_counts(learning),
            (_("Multiplications"), f"{summary.macs:,}"),
            (_("Memory"), memory(summary.activation_bytes)),
            (_("Layers in all"), str(len(summary))),
            (_("Depth"), str(depth(summary))),
        ],
        f"{choice.title} ·\N{NO-BREAK SPACE}{spec.year}",
    )
    if note := depth_note(choice):
        st.caption(note)
    changed = changes_in_words(changes(choice))
    if changed:
        st.markdown(changed)
    draw(summary, choice.input_size, choice.title, _DRAWING, _chosen(summary), _choose_block, learning)
    if learning.parts:
        training_link(choice, trainable)
    st.caption(_("After: {source}.", source=spec.source))
    for message, values in summary.remarks:
        st.caption(_(message, **values))


def _counts(learning: Learning) -> list[tuple[str, str]]:
    if not learning.parts:
        return []
    return [(_("Frozen"), f"{learning.frozen:,}"), (_("Trained"), f"{learning.trained:,}")]


def _chosen(summary: Summary) -> str:
    """The layer of the select box, where there is none that of the view before, or of the link; else the first."""
    names = {layer.name for layer in summary}
    said = (st.session_state.get(LAYER), st.session_state.get(_KEPT), state.given().get(LAYER))
    chosen = next((name for name in said if name in names), summary[0].name)
    st.session_state[_KEPT] = chosen
    return str(chosen)


def _layer(choice: Choice, summary: Summary) -> None:
    st.session_state.setdefault(LAYER, st.session_state[_KEPT])
    show(choice, outline_of(choice), summary)


def _choose_block() -> None:
    """A block was chosen in the drawing: the select box follows."""
    _choose(_DRAWING)


def _choose_row() -> None:
    """A row was chosen in the table: the drawing follows."""
    _choose(table.KEY)


def _choose(key: str) -> None:
    chosen = mount.words(key, "chosen", LONGEST_NAME)
    if chosen is not None:
        st.session_state[LAYER] = chosen

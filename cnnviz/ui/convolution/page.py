"""What size comes out of a convolution, and what each output reads."""

from __future__ import annotations

import streamlit as st

from cnnviz.base.locale import N_
from cnnviz.ui.convolution.panels import panels
from cnnviz.ui.convolution.stage import stage
from cnnviz.ui.shared.page import errors_as_sentences, start


def page() -> None:
    """The whole page."""
    start(
        N_("Convolution"),
        N_("Drag Stride S to 2: the output halves. Can you keep the input's size?"),
    )

    explorer()


@st.fragment
def explorer() -> None:
    """What is released on the stage runs this part of the page again, and nothing else."""
    with errors_as_sentences():
        panels(stage())

"""Training: a network learns before everybody's eyes, in a process that outlives page, tab and server."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnviz.base.locale import N_
from cnnviz.engine.config import OWN
from cnnviz.ui.shared import rerun
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.page import errors_as_sentences, foot, start
from cnnviz.ui.shared.submit import started_here, train
from cnnviz.ui.training import device, live
from cnnviz.ui.training.form.view import training_form


def page() -> None:
    """The whole page."""
    start(
        N_("Training"),
        N_("Press Train and watch the loss fall. It goes on when the browser is closed."),
    )

    controls, run = st.columns([1.25, 2.1], gap="medium")
    rest = st.container(key="training_rest")
    with controls:
        form(rest)
    with run:
        live.live_panel()
    live.live_details()


@st.fragment
def form(rest: DeltaGenerator) -> None:
    """The form of a new run, its many knobs in `rest`. One that is turned draws the form again, not the run beside."""
    with st.container(key="training_form"):
        notice, first = st.container(), st.container()
        action, about = foot("training_action"), st.container()
    wish = training_form(first, about.container(), rest)
    with notice:
        rerun.notice(wish.config)
    with action:
        is_asked = st.button(
            _("Train"),
            type="primary",
            icon=":material/play_arrow:",
            key="training_train",
            disabled=wish.needs_data,  # a number can be mended on the way to the button: that click must count
            width="stretch",
        )
        if is_asked and wish.config and not wish.problem:
            with errors_as_sentences():
                train(wish.config)
                st.rerun()  # another run is shown beside the form
        started_here()
    with about:
        if wish.config is not None and wish.config.model == OWN:
            rerun.own_network(wish.config)
        device.device_caption(wish.config if not wish.problem else None)

"""Training page: a network learns before everybody's eyes, in a process that outlives page, tab and server."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnviz.base.locale import N_
from cnnviz.engine.config import OWN, TrainConfig
from cnnviz.runs import speed
from cnnviz.ui.shared import selected_run, warmup
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.page import errors_as_sentences, foot, start
from cnnviz.ui.shared.run_text import device_text, duration
from cnnviz.ui.shared.selected_run import started_here, submit_and_show
from cnnviz.ui.training import live
from cnnviz.ui.training.form.view import training_form

_WAITED = "training_waited"


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
    """The form of a new run, most of it in `rest`. What is changed draws the form again, not the run beside."""
    with st.container(key="training_form"):
        notice, first = st.container(), st.container()
        action, about = foot("training_action"), st.container()
    wish = training_form(first, about.container(), rest)
    with notice:
        selected_run.rerun_notice(wish.config)
    with action:
        is_asked = st.button(
            _("Train"),
            type="primary",
            icon=":material/play_arrow:",
            key="training_train",
            disabled=wish.needs_data,  # a number can be fixed on the way to the button: that click must count
            width="stretch",
        )
        if is_asked and wish.config and not wish.problem:
            with errors_as_sentences():
                submit_and_show(wish.config)
                st.rerun()  # another run is shown beside the form
        started_here()
    with about:
        if wish.config is not None and wish.config.model == OWN:
            selected_run.own_network_notice(wish.config)
        device_caption(wish.config if not wish.problem else None)


def device_caption(config: TrainConfig | None = None) -> None:
    """What trains here, as soon as torch is in and can say so, and how long it will take, if that was measured."""
    st.fragment(_device, run_every=1.0 if warmup.underway() else None)(config)


def _device(config: TrainConfig | None) -> None:
    waited, is_known = st.session_state.get(_WAITED, False), not warmup.underway()
    st.session_state[_WAITED] = not is_known
    if is_known and waited:
        st.rerun()  # without the timer
    name = device_text(_detected_device()) if is_known else None
    st.caption(_("Trains on: {device}", device=name) if name else _("Trains on: … (PyTorch is being loaded)"))
    predicted = speed.kept(config, _detected_device()) if config is not None and is_known else None
    if config is not None and predicted is not None:
        epoch, whole = (duration(epochs * predicted.seconds_per_epoch) for epochs in (1, config.epochs))
        st.caption(_("Predicted: {epoch} an epoch, {whole} in all.", epoch=epoch, whole=whole))


@st.cache_resource(show_spinner=False)
def _detected_device() -> str:
    from cnnviz.engine.device import choose_device  # heavy
    from cnnviz.engine.device import device_name as name_of  # heavy

    return name_of(choose_device())

"""What trains here, in words."""

from __future__ import annotations

import streamlit as st

from cnnviz.base.machine import device_message
from cnnviz.engine.config import TrainConfig
from cnnviz.runs import speed
from cnnviz.ui.shared import warmup
from cnnviz.ui.shared.durations import duration
from cnnviz.ui.shared.i18n import _

_WAITED = "training_waited"


def device_caption(config: TrainConfig | None = None) -> None:
    """What trains here, as soon as torch is in and can say so, and how long it will take, if that was measured."""
    st.fragment(_device, run_every=1.0 if warmup.underway() else None)(config)


def _device(config: TrainConfig | None) -> None:
    waited, is_known = st.session_state.get(_WAITED, False), not warmup.underway()
    st.session_state[_WAITED] = not is_known
    if is_known and waited:
        st.rerun()  # without the timer
    name = in_words(_detected_device()) if is_known else None
    st.caption(_("Trains on: {device}", device=name) if name else _("Trains on: … (PyTorch is being loaded)"))
    predicted = speed.kept(config, _detected_device()) if config is not None and is_known else None
    if config is not None and predicted is not None:
        epoch, whole = (duration(epochs * predicted.seconds_per_epoch) for epochs in (1, config.epochs))
        st.caption(_("Predicted: {epoch} an epoch, {whole} in all.", epoch=epoch, whole=whole))


def in_words(device: str) -> str:
    """The device's name in the visitor's language."""
    message, values = device_message(device)
    return _(message, **values)


@st.cache_resource(show_spinner=False)
def _detected_device() -> str:
    from cnnviz.engine.device import choose_device
    from cnnviz.engine.device import device_name as name_of

    return name_of(choose_device())

"""Seconds an epoch will take here, measured on request, beside what finished runs took."""

from __future__ import annotations

import json
from dataclasses import replace

import streamlit as st

from cnnviz.data.registry import DATASETS, dataset
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.pace import Pace
from cnnviz.locale import N_
from cnnviz.models.names import TRAINABLE_NAMES
from cnnviz.models.registry import model_spec
from cnnviz.runs import scheduler
from cnnviz.runs.measuring import Taken, measured_pace, taken
from cnnviz.ui.convolution.markup import table
from cnnviz.ui.i18n import _
from cnnviz.ui.networks.choice import Choice
from cnnviz.ui.page import errors_as_sentences, page_link
from cnnviz.ui.training_view import duration

_MEASURED = "networks_paces"  # in the session: config's JSON -> Pace


def choose_data(key: str, wanted: str = "mnist") -> str | None:
    """The select box "Data set", of those that are here."""
    present = [name for name, spec in DATASETS.items() if spec.is_present()]
    if not present:
        return None
    index = present.index(wanted) if wanted in present else 0
    return str(st.selectbox(_("Data set"), present, index=index, key=key, bind="query-params"))


def pace(choice: Choice) -> None:
    """Data set, batch size, the button, and both figures."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        data = choose_data("networks_data")
        batch_size = int(st.number_input(_("Batch size"), 1, 8192, 128, key="networks_batch_size", bind="query-params"))
    if data is None:
        return
    config = _config(choice, data, batch_size)
    if config is None:
        message = _(
            "{name} wants larger pictures than {data} has, or gives no classes. These of the list can be trained here: "
            "{names}."
        )
        st.markdown(message.format(name=choice.title, data=data, names=", ".join(TRAINABLE_NAMES)))
        return
    if st.button(_("Measure on this device"), icon=":material/timer:", key="networks_pace"):
        with errors_as_sentences(), st.spinner(_("A few steps are trained, timed, and thrown away …")):
            st.session_state.setdefault(_MEASURED, {})[config.to_json()] = measured_pace(config)
    predicted = st.session_state.get(_MEASURED, {}).get(config.to_json())
    show(predicted, taken(scheduler.store(), config))
    page_link(
        "training",
        N_("Train it on the page Training"),
        ":material/model_training:",
        {"training_model": choice.name, "training_data": data, "training_batch_size": str(batch_size)},
    )


def show(predicted: Pace | None, found: Taken | None) -> None:
    """What was predicted, and what was measured afterwards."""
    if predicted is None and found is None:
        st.markdown(_("Neither measured yet nor ever trained here: press the button."))
        return
    rows = []
    if predicted is not None:
        rows.append(
            (
                _("Predicted, training alone"),
                duration(predicted.seconds_per_epoch),
                _("{images} pictures a second, {steps} steps timed on {device}",
                  images=f"{predicted.images_per_second:,.0f}", steps=predicted.steps, device=predicted.device_name),
            )
        )  # fmt: skip
    if found is not None:
        rows.append(
            (
                _("Measured in runs, the test after each epoch included"),
                duration(found.seconds_per_epoch),
                _("median of {count} runs", count=found.runs),
            )
        )
    st.html(table(_("Seconds an epoch"), ("", _("One epoch"), ""), rows))


def _config(choice: Choice, data: str, batch_size: int) -> TrainConfig | None:
    """The training to time; None if pictures of this data set never reach the end of the network."""
    spec = dataset(data)
    height, width = model_spec(choice.name).input_size[1:]
    if choice.num_classes is None or max(height, width) > 64:
        return None
    if not model_spec(choice.name).trains_on((spec.image_size[0], height, width)):
        return None
    config = TrainConfig(model=choice.name, data=data, batch_size=batch_size)
    options = dict(choice.options)
    return replace(config, model_options=json.dumps(options, sort_keys=True)) if options else config

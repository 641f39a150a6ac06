"""Time per epoch here: predicted on request, measured by finished runs, and how far off that was."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import streamlit as st

from cnnviz.base.errors import CnnvizError
from cnnviz.base.locale import N_
from cnnviz.data.registry import DATASETS, available, dataset
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.device import choose_device, device_name
from cnnviz.engine.speed import IMAGENET, IMAGENET_IMAGES, TimePerEpoch
from cnnviz.models.zoo import TRAINABLE_NAMES
from cnnviz.runs import scheduler, speed
from cnnviz.runs.speed import Taken, taken
from cnnviz.ui.networks.choice import Choice
from cnnviz.ui.networks.summary import shape
from cnnviz.ui.shared import state
from cnnviz.ui.shared.html import table
from cnnviz.ui.shared.i18n import _, sentence, sentences
from cnnviz.ui.shared.names import data_name
from cnnviz.ui.shared.page import errors_as_sentences, page_link
from cnnviz.ui.shared.run_text import device_text, duration
from cnnviz.ui.shared.selected_run import RUN, submit

_LARGE = 64  # pixels: networks for larger pictures are for ImageNet
_EPOCHS_OF_IMAGENET = 90  # of the published AlexNet and ResNets
_RUN = "networks_speed_run"  # in the session: the run that was started to compare with


def choose_data(key: str, wanted: str = "mnist") -> str | None:
    """The select box "Data set", of those that are here."""
    present = [name for name in available() if name not in DATASETS or DATASETS[name].is_present()]
    if not present:
        return None
    usual = wanted if wanted in present else present[0]
    return state.choose_code(_("Data set"), present, key=key, name_of=data_name, default=usual)


def time_per_epoch(choice: Choice) -> None:
    """What is trained on, then `time_per_epoch_of`, and a training to hold it against."""
    if max(choice.input_size[1:]) > _LARGE:
        config = _config(choice, IMAGENET)
        st.markdown(
            _(
                "ImageNet-1k: {count} pictures of {shape} (not here: only the time is estimated, with random pictures)",
                count=f"{IMAGENET_IMAGES:,}",
                shape=shape((3, *choice.input_size[1:])),
            )
        )
        time_per_epoch_of(config)
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        data = choose_data("networks_data")
        batch_size = int(st.number_input(_("Batch size"), 1, 8192, 128, key="networks_batch_size", bind="query-params"))
    if data is None:
        return
    _fitting(choice, data)
    config = replace(_config(choice, data), batch_size=batch_size)
    time_per_epoch_of(config)
    _one_epoch(config)


def time_per_epoch_of(config: TrainConfig) -> None:
    """The button that measures, and predicted beside measured, for any training: of the zoo or one's own."""
    with errors_as_sentences():
        here, is_live = device_name(choose_device(config.device)), _is_underway(config)
        st.fragment(_panel, run_every=1.0 if is_live else None)(config, here, is_live)


def _is_underway(config: TrainConfig) -> bool:
    """Whether figures for it may still come: it is being measured, or such a run trains or waits."""
    last = speed.latest()
    if last is not None and not last.is_over and speed.is_alike(last.config, config):
        return True
    return any(speed.is_alike(run.config, config) for run in scheduler.store().records(20, ("running", "queued")))


def _panel(config: TrainConfig, here: str, is_live: bool) -> None:
    with errors_as_sentences():
        if _is_underway(config) != is_live:
            st.rerun()  # the whole page: a fragment cannot change its own timer
        with st.container(horizontal=True, vertical_alignment="center"):
            _button(config)
        last = speed.latest()
        if last is not None and last.problem is not None and speed.is_alike(last.config, config):
            st.error(sentence(last.problem), icon=":material/error:")
        predicted = speed.kept(config, here)
        found = taken(scheduler.store(), config, here)
        if predicted is not None or found is not None:
            show(predicted, found)
        elif not is_live:
            st.markdown(_("Neither measured yet nor ever trained here: press the button."))
        if predicted is not None and config.data == IMAGENET:
            whole = duration(_EPOCHS_OF_IMAGENET * predicted.seconds_per_epoch)
            st.caption(_("The usual {epochs} epochs: {whole}.", epochs=_EPOCHS_OF_IMAGENET, whole=whole))


def _button(config: TrainConfig) -> None:
    """Measure, or why that has to wait."""
    last = speed.latest()
    is_busy = last is not None and not last.is_over
    st.button(
        _("Measure on this device"),
        icon=":material/timer:",
        key="networks_speed",
        disabled=is_busy,
        on_click=_begin,
        args=(config,),
    )
    if last is not None and is_busy and speed.is_alike(last.config, config):
        seconds = f"{time.monotonic() - last.begun:.0f}"
        st.markdown(_("A few steps are trained, timed, and thrown away: {seconds} s …", seconds=seconds))
    elif is_busy:
        st.markdown(_("Another visitor is measuring. Try again in ten seconds."))
    elif scheduler.store().records(1, ("running",)):
        st.markdown(_("A network is being trained now: what is measured meanwhile is too slow."))


def _begin(config: TrainConfig) -> None:
    try:
        speed.begin(config)
    except CnnvizError as error:
        st.toast(sentence(error))


def show(predicted: TimePerEpoch | None, found: Taken | None) -> None:
    """What was predicted, what was measured afterwards, and how far off that was."""
    rows, notes = [], []
    if predicted is not None:
        rows.append((_("Predicted"), *_parts(predicted)))
        notes.append(
            _(
                "Predicted: {images} pictures a second; {steps} steps of {batch_size} timed on {device}.",
                images=_rate(predicted.images_per_second),
                steps=predicted.steps,
                batch_size=predicted.batch_size,
                device=device_text(predicted.device_name),
            )
        )
    if found is not None:
        rows.append((_("Measured"), *_parts(found)))
        notes.append(_("Measured: runs {runs}, epochs {epochs} (median).", epochs=found.epochs, runs=found.runs))
    if predicted is not None and found is not None:
        rows.append((_("Prediction off by"), *_errors(predicted, found)))
    head = ("", _("One epoch"), _("Training"), _("Test and saving"))
    st.html(table(_("Seconds an epoch"), head, rows))
    st.caption(sentences(*notes))


def _parts(found: TimePerEpoch | Taken) -> tuple[str, str, str]:
    """The whole epoch, its training, its test."""
    test = duration(found.test_seconds) if found.test_seconds else "–"
    return duration(found.seconds_per_epoch), duration(found.train_seconds), test


def _errors(predicted: TimePerEpoch, found: Taken) -> tuple[str, str, str]:
    """Of the whole, of the training, of the test: per cent of what was measured, + too long."""
    pairs = (
        (predicted.seconds_per_epoch, found.seconds_per_epoch),
        (predicted.train_seconds, found.train_seconds),
        (predicted.test_seconds, found.test_seconds),
    )
    whole, trained, tested = (
        f"{guess / real - 1:+.0%}".replace("-", "−") if guess and real else "–" for guess, real in pairs
    )
    return whole, trained, tested


def _rate(images_per_second: float) -> str:
    return f"{images_per_second:,.0f}" if images_per_second >= 10 else f"{images_per_second:.2g}"


def _fitting(choice: Choice, data: str) -> None:
    """What a data set of other shapes makes of the network, in a sentence."""
    spec = dataset(data)
    channels, classes = spec.image_size[0], len(spec.classes)
    if (choice.in_channels, choice.num_classes) == (channels, classes):
        return
    text = N_("Trained on {data}: input channels {channels}, outputs {classes}.")
    st.caption(_(text, data=data_name(data), channels=channels, classes=classes))


def _config(choice: Choice, data: str) -> TrainConfig:
    """The training to time. Channels and classes are the data set's."""
    options = dict(choice.options)
    return TrainConfig(
        model=choice.name, data=data, model_options=json.dumps(options, sort_keys=True) if options else ""
    )


def _one_epoch(config: TrainConfig) -> None:
    """A training of one epoch to hold the prediction against, and where to watch it or train on."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            _("Train one epoch to compare"),
            icon=":material/play_arrow:",
            key="networks_speed_train",
            on_click=_train,
            args=(config,),
        )
        run = st.session_state.get(_RUN)
        if run is not None:
            parameters = {RUN: str(run)}
            page_link("training", N_("Watch it on the page Training"), ":material/model_training:", parameters)
        elif config.model in TRAINABLE_NAMES and not config.model_options:
            parameters = {f"training_{name}": str(getattr(config, name)) for name in ("model", "data", "batch_size")}
            page_link("training", N_("Train it on the page Training"), ":material/model_training:", parameters)


def _train(config: TrainConfig) -> None:
    try:
        st.session_state[_RUN] = submit(replace(config, epochs=1))
    except CnnvizError as error:
        st.toast(sentence(error))

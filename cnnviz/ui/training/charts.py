"""Run charts: heading, progress strips, figures and curves of one run. What they read is a record and a history."""

from __future__ import annotations

from html import escape
from typing import Any

import streamlit as st

from cnnviz.base.locale import NC_
from cnnviz.base.text import loss_text, memory, percent
from cnnviz.charts.training import Chart, Words, accuracy_chart, loss_chart, newest_loss
from cnnviz.runs.history import History
from cnnviz.runs.run import LOADING, LR_SCALABLE, RunRecord, default_name
from cnnviz.ui.shared.cache import curves_of, once
from cnnviz.ui.shared.i18n import _, language, sentences
from cnnviz.ui.shared.mount import component, css
from cnnviz.ui.shared.names import data_name, name_of, network_name
from cnnviz.ui.shared.run_text import duration

CSS = css("training/charts")


def invitation() -> None:
    """What is where the curve will be, before anything was trained here."""
    text = _("Nothing has been trained here yet. Press Train: the loss is drawn here while the network learns.")
    st.html(f'<p class="cnn-invitation">{escape(text)}</p>')


def heading(record: RunRecord) -> None:
    """Which run this is, and with which settings."""
    config = record.config
    settings = _(
        "{model} on {data} · batch size {batch_size} · {optimizer}, learning rate {learning_rate} · seed {seed}",
        model=network_name(config),
        data=data_name(config.data),
        batch_size=config.batch_size,
        optimizer=name_of("optimizer", config.optimizer),
        learning_rate=f"{config.learning_rate:g}",
        seed=config.seed,
    )
    title = _("Run {number}", number=record.id)
    name = "" if record.name == default_name(config) else f" <small>{escape(record.name)}</small>"
    st.html(f'<div class="cnn-run"><h2>{escape(title)}{name}</h2><span>{escape(settings)}</span></div>')


def progress(record: RunRecord, history: History) -> None:
    """Two strips: the epochs of the run, and the batches of the present one."""
    component("progress")(key="training_place", data=_progress_data(record, history))


def _progress_data(record: RunRecord, history: History) -> dict[str, Any]:
    now, started = history.progress[-1] if history.progress else None, history.started
    steps = started.steps_per_epoch if started else 1
    is_between = now is None or now.epoch <= record.epochs_done  # an epoch is done, the next has not reported yet
    epoch = record.epochs_done + 1 if now is None else now.epoch
    step = now.step if now is not None else 0
    is_over = record.epochs_done >= record.config.epochs
    return {
        "live": record.status == "running",
        "epochs": record.config.epochs,
        "epoch": min(epoch, record.config.epochs),
        "done": round(float(record.epochs_done) if is_between else history.position, 4),
        "steps": steps,
        "step": step,
        "words": {
            "epoch": _("All {epochs} epochs are done") if is_over else _("Epoch {epoch} of {epochs}"),
            "batch": _("Batch {step} of {steps} in this epoch") if started else _("Batches of this epoch"),
            "epochName": _("Epochs of this run"),
            "batchName": _("Batches of this epoch"),
            "epochCell": [_("one cell: one epoch"), _("one cell: {count} epochs")],
            "batchCell": [_("one cell: one batch"), _("one cell: {count} batches")] if started else ["", ""],
            "sentence": _batches_in_words(record, history),
            "terms": [
                [_("Epoch"), _("every training picture was looked at once.")],
                [_("Batch"), _("the pictures that are looked at together.")],
                [_(NC_("training", "Step")), _("one batch forward and backward, then all weights change once.")],
            ],
        },
    }


def _batches_in_words(record: RunRecord, history: History) -> str:
    """How many pictures make how many batches; the last one may be smaller, or left out."""
    if history.started is None:  # not counted yet
        return _("Epoch, batch, step")
    images, steps, size = history.started.train_images, history.started.steps_per_epoch, record.config.batch_size
    values = {"images": f"{images:,}", "steps": f"{steps:,}", "size": f"{size:,}"}
    if steps == 1:
        return _("{images} pictures = one batch: one step an epoch.", **values)
    rest = images - (steps - 1) * size
    if steps * size < images:
        return _(
            "{images} pictures = {steps} batches of {size}, {rest} left out: {steps} steps an epoch.",
            rest=f"{images - steps * size:,}",
            **values,
        )
    if steps * size == images:
        return _("{images} pictures = {steps} batches of {size}: {steps} steps an epoch.", **values)
    return _(
        "{images} pictures = {steps} batches of {size}, the last of {rest}: {steps} steps an epoch.",
        rest=f"{rest:,}",
        **values,
    )


def figures(record: RunRecord, history: History) -> None:
    """The numbers one looks for from the last row."""
    last, now = history.epoch(record.config.epochs), history.progress[-1] if history.progress else None
    facts = []
    if last is not None:
        facts.append((_("Test accuracy"), percent(last.test_accuracy), "test"))
        facts.append((_("Test loss"), loss_text(last.test_loss), "test"))
    if now is not None:
        facts.append((_("Training loss"), loss_text(newest_loss(curves_of(record, history))), "train"))
    if last is not None and last.held_out_accuracy is not None:
        facts.append((_("Held-out accuracy"), percent(last.held_out_accuracy), "held"))
    if now is not None:
        facts.append((_("Pictures / s"), f"{now.images_per_second:,.0f}", ""))
    if now is not None and record.status in LR_SCALABLE and record.reason != LOADING:
        facts.append((_("Time left"), duration(now.seconds_left), ""))
    elif record.seconds:
        facts.append((_("Training time"), duration(record.seconds), ""))
    if now is not None and now.memory_bytes:
        facts.append((_("Memory"), memory(now.memory_bytes), ""))
    cells = (
        f'<div><dt>{escape(name)}</dt><dd class="{kind}">{escape(value)}</dd></div>' for name, value, kind in facts
    )
    st.html(f'<dl class="cnn-figures">{"".join(cells)}</dl>')


def loss(record: RunRecord, history: History) -> None:
    """The curve that everybody watches."""
    is_live = record.status == "running"
    chart = once(record, history, ("loss", language(), is_live), lambda: _loss_chart(record, history, is_live))
    component("curves")(key="training_loss", data=chart)


def _loss_chart(record: RunRecord, history: History, is_live: bool) -> Chart:
    return loss_chart(curves_of(record, history), chart_words(), loss_in_words(record, history), is_live)


def epochs(record: RunRecord, history: History) -> None:
    """The accuracies after each epoch; the confusion matrices are in the film."""
    st.subheader(_("Accuracy after each epoch"), anchor=False)
    chart = accuracy_chart(curves_of(record, history), chart_words(), accuracy_in_words(history))
    component("curves")(key="training_accuracy", data=chart)


def loss_in_words(record: RunRecord, history: History) -> str:
    """The loss chart for those who do not see it."""
    if not history.progress:
        return _("Loss: no batch is done yet.")
    values = {"first": loss_text(history.progress[0].loss), "now": loss_text(newest_loss(curves_of(record, history)))}
    if not history.epochs:
        return _("Loss on the training pictures: {first} at first, now {now}.", **values)
    last = history.epochs[-1]
    said = _(
        "Loss on the training pictures: {first} at first, now {now}; on the test pictures {test} after epoch {epoch}.",
        test=loss_text(last.test_loss),
        epoch=last.epoch,
        **values,
    )
    thaws = (_("From epoch {epoch} on {layers} learns too.", epoch=t.epoch, layers=t.title) for t in history.thaws)
    return sentences(said, *thaws)


def accuracy_in_words(history: History) -> str:
    """The accuracy chart for those who do not see it."""
    first, last = history.epochs[0], history.epochs[-1]
    return _(
        "Accuracy on the test pictures: {first} after epoch {start}, {last} after epoch {end}; "
        "on the training pictures {train}.",
        first=percent(first.test_accuracy),
        start=first.epoch,
        last=percent(last.test_accuracy),
        end=last.epoch,
        train=percent(last.train_accuracy),
    )


def chart_words() -> Words:
    """For the charts of loss, learning rate and accuracy."""
    return Words(
        epoch=_("Epoch"),
        loss=_("Loss"),
        loss_log=_("Loss (log scale)"),
        accuracy=_("Accuracy"),
        train=_("training pictures"),
        test=_("test pictures"),
        held_out=_("held-out pictures"),
        mean=_("epoch mean"),
        rate=_("Learning rate"),
    )

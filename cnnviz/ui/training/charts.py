"""What a run looks like: its charts, figures and confusion matrix. What it reads is a record and a history."""

from __future__ import annotations

from html import escape

import streamlit as st

from cnnviz.base.text import loss_text, memory, percent
from cnnviz.charts.training import Chart, Words, accuracy_chart, loss_chart, newest_loss
from cnnviz.runs.history import History
from cnnviz.runs.rows import default_name
from cnnviz.runs.run import LOADING, STEERABLE, RunRecord
from cnnviz.ui.shared.history import curves_of, once
from cnnviz.ui.shared.i18n import _, language
from cnnviz.ui.shared.mount import component
from cnnviz.ui.shared.names import data_name, name_of, network_name
from cnnviz.ui.shared.run_text import duration

CSS = """
.cnn-run { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 0.9rem; }
.cnn-run h2 { padding: 0; margin: 0; font-size: 1.35rem; }
.cnn-run small { margin-left: 0.4rem; font-size: 1.1rem; font-weight: 400; overflow-wrap: anywhere; }
.cnn-run span { text-wrap: pretty; color: var(--cnn-muted); font-variant-numeric: tabular-nums; }
.cnn-figures { display: flex; flex-wrap: wrap; gap: 0.3rem 0.8rem; margin: 0; }
dl.cnn-figures { padding: 0 !important; } /* Streamlit indents lists */
.cnn-figures div { min-width: 4rem; white-space: nowrap; }
.cnn-figures dt { color: var(--cnn-muted); font-size: 0.88rem; }
.cnn-figures dd { margin: 0; font-size: 1.18rem; line-height: 1.3; font-variant-numeric: tabular-nums; }
.cnn-figures dd.test { color: var(--cnn-test); font-weight: 600; }
.cnn-figures dd.held { color: var(--cnn-output); font-weight: 600; }
.cnn-figures dd.train { color: var(--cnn-train); font-weight: 600; }
.cnn-invitation { display: grid; place-items: center; min-height: 24rem; margin: 0; padding: 2rem; text-align: center;
  border: 2px dashed var(--cnn-line); border-radius: 0.75rem; color: var(--cnn-muted); font-size: 1.2rem;
  text-wrap: balance; }
[data-stale="true"] { opacity: 1 !important; } /* what is drawn anew twice a second must not fade each time */
.st-key-training_details h3 { font-size: 1.3rem; scroll-margin-top: 4rem; }
.st-key-training_form [data-testid="stHorizontalBlock"] > * { min-width: 0; flex: 1 1 0; }
.st-key-training_rate button { min-height: 2.2rem; min-width: 2.4rem; padding: 0.15rem 0.3rem; }
.st-key-training_rate { gap: 0.3rem !important; } /* one line beside the form at 1280 */
.st-key-training_rate p { font-size: 0.95rem; font-variant-numeric: tabular-nums; }
.st-key-training_runs p { font-variant-numeric: tabular-nums; }
"""


def invitation() -> None:
    """What stands where the curve will be, before anything was trained here."""
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
    if now is not None and record.status in STEERABLE and record.reason != LOADING:
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
    return _(
        "Loss on the training pictures: {first} at first, now {now}; on the test pictures {test} after epoch {epoch}.",
        test=loss_text(last.test_loss),
        epoch=last.epoch,
        **values,
    )


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

"""Training log in the lesson's words: every tenth batch of the newest epochs, each epoch's end, the report by class."""

from __future__ import annotations

from collections.abc import Iterator

import streamlit as st

from cnnviz.base.locale import N_
from cnnviz.base.text import loss_text
from cnnviz.charts.training import factor_text
from cnnviz.engine.events import EpochEnd, LrScaleChanged, Progress, Thawed
from cnnviz.engine.learning_rate import diverged
from cnnviz.runs.history import History
from cnnviz.runs.run import RunRecord
from cnnviz.ui.shared.cache import once
from cnnviz.ui.shared.i18n import _, language, listed, sentence_as_text
from cnnviz.ui.shared.mount import component
from cnnviz.ui.shared.run_text import class_names, device_text

Line = tuple[str, str]  # (kind, text): start, batch, rate, epoch, end

PARTS = 10  # of an epoch
FULL = 3  # newest epochs that are logged batch by batch
MOST_EPOCHS = 100  # that are logged at all
_STARTED = N_("Training starts on {device}: {weights} weights, {train} training pictures, {test} test pictures")


def log(record: RunRecord, history: History) -> None:
    """The text, with a button that copies it."""
    st.subheader(_("Log"), anchor=False)
    words = {
        "name": _("Log of the training"),
        "copy": _("Copy the log"),
        "copied": _("Copied"),
        "selected": _("Press Ctrl+C to copy what is marked"),
    }
    logged = once(record, history, ("log", language()), lambda: list(lines(record, history)))
    component("log")(key="training_log", data={"lines": logged, "words": words})


def lines(record: RunRecord, history: History) -> Iterator[Line]:
    """In order, at most about MOST_EPOCHS + PARTS * FULL of them."""
    if history.started is not None:
        yield "start", _start(history)
        if measured := history.started.compute_mode.sentence(_):
            yield "start", measured
    left_out = max(0, len(history.epochs) - MOST_EPOCHS)
    if left_out:
        yield "batch", _("… the first {count} epochs are left out here; the page Runs has them all", count=left_out)
    yield from (line for _place, line in sorted(_middle(record, history, left_out), key=lambda each: each[0]))
    yield from _ending(record, history)


def _start(history: History) -> str:
    assert history.started is not None
    started = history.started
    return _(
        _STARTED,
        device=device_text(started.device_name),
        weights=f"{started.parameters:,}",
        train=f"{started.train_images:,}",
        test=f"{started.test_images:,}",
    )


def _middle(record: RunRecord, history: History, left_out: int) -> Iterator[tuple[tuple[int, int, int], Line]]:
    """((epoch, step, which of a kind), line)"""
    epochs = record.config.epochs
    for report in _tenths(history):
        yield (report.epoch, report.step, 1), ("batch", _batch(report, epochs))
    for change in history.lr_changes:
        yield (change.epoch, change.step, 2), ("rate", _lr_change(change, epochs))
    for thawed in history.thaws:
        yield (thawed.epoch, 0, 2), ("rate", _thaw(thawed, epochs))
    for end in history.epochs[left_out:]:
        yield (end.epoch, 1 << 60, 3), ("epoch", _epoch(end))


def _tenths(history: History) -> list[Progress]:
    """Of the newest epochs the first report in each tenth, and the last of each epoch."""
    if not history.progress:
        return []
    oldest = history.progress[-1].epoch - FULL + 1
    chosen: dict[tuple[int, int], Progress] = {}
    for report in reversed(history.progress):
        if report.epoch < oldest:
            break
        tenth = PARTS * report.step // max(1, report.steps_per_epoch)
        if tenth:
            chosen[report.epoch, tenth] = report
    return list(chosen.values())


def _batch(report: Progress, epochs: int) -> str:
    return _(
        "Epoch {epoch}/{epochs}, batch {step}/{steps}, loss {loss}",
        epoch=report.epoch,
        epochs=epochs,
        step=report.step,
        steps=report.steps_per_epoch,
        loss=loss_text(report.loss, 4),
    )


def _lr_change(change: LrScaleChanged, epochs: int) -> str:
    return _(
        "Epoch {epoch}/{epochs}, batch {step}: the learning rate is changed to {factor} of the schedule's",
        epoch=change.epoch,
        epochs=epochs,
        step=change.step + 1,
        factor=factor_text(change.lr_scale),
    )


def _thaw(thawed: Thawed, epochs: int) -> str:
    return _(
        "Epoch {epoch}/{epochs}: {layers} thaws, {count} weights learn now",
        epoch=thawed.epoch,
        epochs=epochs,
        layers=thawed.title,
        count=f"{thawed.trainable:,}",
    )


def _epoch(end: EpochEnd) -> str:
    right, total = _right(end.confusion)
    text = _(
        "After epoch {epoch}: test loss {loss}, {right} of {total} right ({share})",
        epoch=end.epoch,
        loss=loss_text(end.test_loss, 4),
        right=f"{right:,}",
        total=f"{total:,}",
        share=f"{end.test_accuracy:.2%}",
    )
    if end.held_out_loss is None or end.held_out_accuracy is None:
        return text
    held_out = _(
        "held out: loss {loss}, {share} right",
        loss=loss_text(end.held_out_loss, 4),
        share=f"{end.held_out_accuracy:.2%}",
    )
    return listed((text, held_out), "; ")


def _ending(record: RunRecord, history: History) -> Iterator[Line]:
    """How it ended, and then the lesson's report, class by class."""
    end = history.end
    if end is None:
        return
    if end.reason == "diverged":
        yield "end", sentence_as_text(diverged(record.config, end))
        return
    if end.reason == "early":
        yield "end", _("Ended early: the best was epoch {best}", best=end.best_epoch)
    if history.epochs:
        yield from _classes(record, history.epochs[-1].confusion)


def _classes(record: RunRecord, confusion: tuple[tuple[int, ...], ...]) -> Iterator[Line]:
    for index, name in enumerate(class_names(record, len(confusion))):
        yield "end", _score(_("Test accuracy of {name}", name=name), confusion[index][index], sum(confusion[index]))
    yield "end", _score(_("Test accuracy (overall)"), *_right(confusion))


def _score(name: str, right: int, total: int) -> str:
    """As the lesson prints it: "Test accuracy of 0: 99% (977/980)"."""
    share = f"{100 * right // total}%" if total else "–"  # of no picture no share is right
    return _("{name}: {value}", name=name, value=f"{share} ({right}/{total})")


def _right(confusion: tuple[tuple[int, ...], ...]) -> tuple[int, int]:
    return sum(row[index] for index, row in enumerate(confusion)), sum(map(sum, confusion))

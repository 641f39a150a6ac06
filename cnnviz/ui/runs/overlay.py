"""Overlay: the chosen runs laid over each other in one chart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from cnnviz.charts.overlay import MOST_RUNS, RunCurves, elapsed, overlay
from cnnviz.runs.history import History
from cnnviz.runs.run import RunRecord
from cnnviz.ui.runs import selection
from cnnviz.ui.shared import mount
from cnnviz.ui.shared.cache import history_of
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.link_parameters import parameter
from cnnviz.ui.shared.mount import component
from cnnviz.ui.shared.run_text import label

KEY = "runs_overlay"
_DEFAULT = {"metric": "test_accuracy", "x": "epoch", "log": False, "smooth": 0.0}
_VIEW = {name: parameter(f"runs_{name}", default) for name, default in _DEFAULT.items()}


def show(records: Sequence[RunRecord]) -> None:
    """The chart of at most `MOST_RUNS` runs."""
    curves = [curves_of(record, history_of(record), line) for line, record in enumerate(records[:MOST_RUNS])]
    component("overlay")(
        key=KEY,
        data={"runs": overlay(curves), "view": view(), "words": _words()},
        on_view_change=_take,
    )
    if len(records) > MOST_RUNS:
        st.caption(
            _("The chart shows the first {most} of the {count} chosen runs.", most=MOST_RUNS, count=len(records))
        )


def curves_of(record: RunRecord, history: History, line: int) -> RunCurves:
    """What a run has told, as arrays."""
    reports, epochs = history.progress, history.epochs
    epoch_seconds = np.cumsum([each.seconds for each in epochs]) if epochs else np.empty(0)
    steps = reports[-1].steps_per_epoch if reports else history.started.steps_per_epoch if history.started else 1
    return RunCurves(
        run=record.id,
        label=label(record),
        line=line,
        steps_per_epoch=steps,
        at=np.array([each.epoch - 1 + each.step / max(1, each.steps_per_epoch) for each in reports], float),
        seconds=elapsed(
            np.array([each.seconds for each in reports], float),
            np.array([each.epoch for each in reports], float),
            epoch_seconds,
        ),
        loss=np.array([each.loss for each in reports], float),
        epochs=np.array([each.epoch for each in epochs], float),
        epoch_seconds=epoch_seconds,
        test_loss=np.array([each.test_loss for each in epochs], float),
        train_accuracy=np.array([each.train_accuracy for each in epochs], float),
        test_accuracy=np.array([each.test_accuracy for each in epochs], float),
    )


def view() -> dict[str, Any]:
    """What is drawn over what, as the link has it."""
    return {name: each.read() for name, each in _VIEW.items()}


def _take() -> None:
    """The browser shows something else: the link follows."""
    wanted = mount.said(KEY, "view")
    if not isinstance(wanted, dict):
        return
    for name, each in _VIEW.items():
        value = wanted.get(name)
        is_alike = isinstance(value, type(each.default)) or (name == "smooth" and type(value) is int)
        each.put(value if is_alike else None)
    selection.LINK.keep()


def _words() -> dict[str, Any]:
    accuracy = {"train_accuracy": _("Training accuracy"), "test_accuracy": _("Test accuracy")}
    return {
        "controls": _("What the chart shows"),
        "shown": _("Drawn"),
        "over": _("Over"),
        "metrics": {"loss": _("Training loss"), "test_loss": _("Test loss"), **accuracy},
        "errors": {
            "train_accuracy": _("Errors on the training pictures (log scale)"),
            "test_accuracy": _("Errors on the test pictures (log scale)"),
        },
        "axes": {"epoch": _("Epoch"), "step": _("Steps"), "seconds": _("Seconds")},
        "smoothing": _("Smoothing"),
        "log": _("Log scale"),
        "hint": _("Point at the chart, or use the arrow keys in it, to read every run's value."),
        "nothing": _("These runs have nothing to show yet."),
        "at": _("{axis} {x} · {metric}: {values}"),
        "alt": _("{metric} over {axis}, newest values: {values}"),
        "table": _("The same as a table"),
        "run": _("Run"),
        "epochs": _("Epochs"),
        "best": _("Best test accuracy"),
    }

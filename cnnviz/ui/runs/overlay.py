"""Overlay: the chosen runs laid over each other in one chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from functools import partial

import numpy as np
import streamlit as st

from cnnviz.base.text import percent
from cnnviz.charts.overlay import AXES, METRICS, MOST_RUNS, RunCurves, View, elapsed, lines_of, overlay
from cnnviz.charts.training import Floats
from cnnviz.runs.history import History
from cnnviz.runs.run import RunRecord
from cnnviz.ui.runs import selection
from cnnviz.ui.shared.cache import history_of
from cnnviz.ui.shared.i18n import _, listed
from cnnviz.ui.shared.link_parameters import parameter
from cnnviz.ui.shared.page import theme_type
from cnnviz.ui.shared.plotly_chart import Cell, plotly_chart, same_as_table
from cnnviz.ui.shared.run_text import label

KEY = "runs_overlay"
_DEFAULT = View()
_VIEW = {name: parameter(f"runs_{name}", default) for name, default in asdict(_DEFAULT).items()}


def show(records: Sequence[RunRecord]) -> None:
    """What the chart shows, and the chart of at most `MOST_RUNS` runs."""
    chosen = _controls()
    curves = [curves_of(record, history_of(record), line) for line, record in enumerate(records[:MOST_RUNS])]
    if any(len(line.x) for line in lines_of(curves, chosen)):
        x, y = _titles(chosen)
        figure = partial(overlay, curves, chosen, x, y, theme_type())
        plotly_chart(figure, KEY, _sentence(curves, chosen), is_zoomed=True)
        st.caption(
            _(
                "Point at the chart to read every run's value. Drag over a part to enlarge it, double-click to see all "
                "again; click on a name to hide its line."
            )
        )
        _table(curves)
    else:
        st.caption(_("These runs have nothing to show yet."))
    if len(records) > MOST_RUNS:
        st.caption(
            _("The chart shows the first {most} of the {count} chosen runs.", most=MOST_RUNS, count=len(records))
        )


def view() -> View:
    """What is drawn over what, as the link has it."""
    return View(**{name: each.read() for name, each in _VIEW.items()})


def _controls() -> View:
    """Metric, axis, smoothing and scale, kept in the link by hand: Streamlit would write translated words into it."""
    now = view()
    metrics, axes = _metrics(), _axes()
    with st.container(key="runs_overlay_controls"):
        with st.container(horizontal=True):
            metric = _one_of(_("Drawn"), metrics, now.metric, "metric")
            x = _one_of(_("Over"), axes, now.x, "x")
        with st.container(horizontal=True, vertical_alignment="center"):
            smooth = st.slider(_("Smoothing"), 0.0, 1.0, now.smooth, 0.01, key=f"{KEY}_smooth", width=220)
            log = st.toggle(_("Log scale"), now.log, key=f"{KEY}_log")
    chosen = View(metric, x, log, smooth)
    for name, value in asdict(chosen).items():
        _VIEW[name].put(value)
    selection.LINK.keep()
    return chosen


def _one_of(label: str, names: dict[str, str], now: str, key: str) -> str:
    return str(
        st.segmented_control(
            label,
            list(names),
            default=now,
            required=True,
            format_func=names.__getitem__,
            key=f"{KEY}_{key}",
            label_visibility="collapsed",
        )
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


def _metrics() -> dict[str, str]:
    words = (_("Training loss"), _("Test loss"), _("Training accuracy"), _("Test accuracy"))
    return dict(zip(METRICS, words, strict=True))


def _axes() -> dict[str, str]:
    return dict(zip(AXES, (_("Epoch"), _("Steps"), _("Seconds")), strict=True))


def _titles(view: View) -> tuple[str, str]:
    """Of the two axes."""
    if view.is_share and view.log:
        errors = {
            "train_accuracy": _("Errors on the training pictures (log scale)"),
            "test_accuracy": _("Errors on the test pictures (log scale)"),
        }
        return _axes()[view.x], errors[view.metric]
    return _axes()[view.x], _metrics()[view.metric]


def _sentence(curves: Sequence[RunCurves], view: View) -> str:
    """The newest value of every run, for those who do not see the chart."""
    values = listed(f"{run.label} {_newest(getattr(run, view.metric), view.metric)}" for run in curves)
    metric, axis = _metrics()[view.metric], _axes()[view.x]
    return _("{metric} over {axis}, newest values: {values}", metric=metric, axis=axis, values=values)


def _newest(values: Floats, metric: str) -> str:
    known = values[np.isfinite(values)]
    return _number(known[-1], metric) if len(known) else "–"


def _number(value: float, metric: str) -> str:
    return percent(float(value), 2) if metric.endswith("accuracy") else f"{value:.4g}"


def _table(curves: Sequence[RunCurves]) -> None:
    """Every run's newest values: what the chart shows, for those who do not see it."""
    heads = [_("Run"), _("Epochs"), *_metrics().values(), _("Best test accuracy")]
    rows: list[list[Cell]] = [
        [
            run.label,
            len(run.epochs),
            *(_newest(getattr(run, metric), metric) for metric in METRICS),
            _number(run.test_accuracy.max(), "test_accuracy") if len(run.test_accuracy) else "–",
        ]
        for run in curves
    ]
    same_as_table(heads, rows, KEY)

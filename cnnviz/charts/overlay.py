"""Several runs in one chart: what the browser component `overlay` draws. NumPy in, plain data out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnnviz.charts.training import Floats, thinned

METRICS = ("loss", "test_loss", "train_accuracy", "test_accuracy")  # as in cnnviz/ui/runs/component/overlay/series.js
AXES = ("epoch", "step", "seconds")
MOST_RUNS = 8  # that can be told apart
_MOST_POINTS = 160  # of a line: smoothed in the browser, and several lines travel at once


@dataclass(frozen=True)
class RunCurves:
    """What one run has told. Losses may be infinite or not a number."""

    run: int
    label: str
    line: int  # its colour and dash, 0..7
    steps_per_epoch: int
    at: Floats  # (reports,) epochs done at each report, e.g. 1.25
    seconds: Floats  # (reports,) of training until then
    loss: Floats  # (reports,) mean since the report before
    epochs: Floats  # (done,) 1, 2, ...
    epoch_seconds: Floats  # (done,) of training until the end of the epoch, evaluation included
    test_loss: Floats
    train_accuracy: Floats  # 0..1
    test_accuracy: Floats


def overlay(runs: Sequence[RunCurves]) -> list[dict[str, Any]]:
    """JSON-ready, at most `_MOST_POINTS` points a line, 4 significant digits."""
    return [_run(run) for run in runs]


def _run(run: RunCurves) -> dict[str, Any]:
    finite = np.where(np.isfinite(run.loss), run.loss, np.nan)
    at, loss = thinned(run.at, finite, _MOST_POINTS)
    seconds, _ = thinned(run.seconds, finite, _MOST_POINTS)
    epochs, _ = thinned(run.epochs, run.epochs, _MOST_POINTS)
    epoch_seconds, _ = thinned(run.epoch_seconds, run.epochs, _MOST_POINTS)
    by_epoch = {
        name: _values(thinned(run.epochs, getattr(run, name), _MOST_POINTS)[1])
        for name in ("test_loss", "train_accuracy", "test_accuracy")
    }
    return {
        "id": run.run,
        "label": run.label,
        "line": run.line,
        "steps": run.steps_per_epoch,
        "at": _places(at),
        "seconds": _places(seconds),
        "loss": _values(loss),
        "epochs": _places(epochs),
        "epoch_seconds": _places(epoch_seconds),
        **by_epoch,
    }


def elapsed(seconds: Floats, epochs: Floats, epoch_seconds: Floats) -> Floats:
    """Seconds since the run began, from seconds since it was last resumed.

    `seconds` starts from 0 again wherever the run was resumed, which is after a complete epoch: what the complete
    epochs took until there is added. `epochs` says in which epoch (1, 2, ...) each report was made, `epoch_seconds`
    the total at the end of each.

    >>> elapsed(np.array([1.0, 2.0, 0.5]), np.array([1, 1, 2]), np.array([2.5, 5.0])).tolist()
    [1.0, 2.0, 3.0]
    """
    result = np.empty_like(seconds)
    offset, before = 0.0, 0.0
    for index, (value, epoch) in enumerate(zip(seconds, epochs, strict=True)):
        if value < before:
            done = min(int(epoch) - 1, len(epoch_seconds))
            offset = float(epoch_seconds[done - 1]) if done else 0.0
        before = float(value)
        result[index] = offset + value
    return result


def _places(values: Floats) -> list[float]:
    return [float(f"{value:.5g}") for value in values]


def _values(values: Floats) -> list[float | None]:
    return [float(f"{value:.5g}") if np.isfinite(value) else None for value in values]

"""Several runs in one chart."""

from __future__ import annotations

import json

import numpy as np
import pytest

from cnnviz.charts.overlay import RunCurves, elapsed, overlay

NOTHING = np.empty(0)


def curves(reports: int = 0, epochs: int = 0, **more: object) -> RunCurves:
    numbers, done = np.arange(1, reports + 1, dtype=float), np.arange(1, epochs + 1, dtype=float)
    values = {
        "at": numbers / 10,
        "seconds": numbers,
        "loss": 1 / numbers,
        "epochs": done,
        "epoch_seconds": 2 * done,
        "test_loss": 1 / done,
        "train_accuracy": 1 - 0.5**done,
        "test_accuracy": 1 - 0.6**done,
        **more,
    }
    return RunCurves(run=7, label="#7 x", line=1, steps_per_epoch=12, **values)  # type: ignore[arg-type]


def test_a_short_run_is_drawn_as_it_is() -> None:
    """Every value at its place."""
    [run] = overlay([curves(3, 2)])
    assert (run["at"], run["seconds"], run["loss"]) == ([0.1, 0.2, 0.3], [1.0, 2.0, 3.0], [1.0, 0.5, 0.33333])
    assert (run["epochs"], run["epoch_seconds"], run["test_loss"]) == ([1.0, 2.0], [2.0, 4.0], [1.0, 0.5])
    assert (run["id"], run["line"], run["steps"]) == (7, 1, 12)


def test_a_long_run_stays_small() -> None:
    """However many reports: at most 160 points a line, all lists of a line equally long, the end where it was."""
    [run] = overlay([curves(1024, 1000)])
    assert len(run["at"]) == len(run["loss"]) == len(run["seconds"]) <= 160
    assert len(run["epochs"]) == len(run["test_accuracy"]) == len(run["epoch_seconds"]) <= 160
    assert (run["at"][-1], run["seconds"][-1], run["epochs"][-1]) == (102.4, 1024.0, 1000.0)
    assert len(json.dumps(run)) < 10_000


def test_what_is_not_finite_is_a_gap() -> None:
    """JSON has no infinity."""
    [run] = overlay([curves(3, loss=np.array([1.0, np.inf, np.nan]))])
    assert run["loss"] == [1.0, None, None]
    json.dumps(run, allow_nan=False)


def test_a_run_that_has_told_nothing() -> None:
    """Empty lists."""
    [run] = overlay([curves()])
    assert run["at"] == run["loss"] == run["epochs"] == []


@pytest.mark.parametrize(
    ("seconds", "epochs", "expected"),
    [
        ([1, 2, 3], [1, 1, 2], [1, 2, 3]),  # never interrupted
        ([1, 2, 0.5, 1], [1, 1, 2, 2], [1, 2, 3.0, 3.5]),  # resumed after epoch 1, which ended at 2.5
        ([1, 0.5, 1.5], [1, 1, 1], [1, 0.5, 1.5]),  # resumed before the first epoch was done: from the start
        ([1, 2, 0.5, 0.25], [1, 2, 3, 3], [1, 2, 5.5, 5.25]),  # resumed twice after epoch 2, which ended at 5
        ([], [], []),
    ],
)
def test_seconds_go_on_after_a_resume(seconds: list[float], epochs: list[int], expected: list[float]) -> None:
    """The clock of each stretch starts again; the chart's does not."""
    ends = np.array([2.5, 5.0])
    assert elapsed(np.array(seconds, float), np.array(epochs, float), ends).tolist() == expected

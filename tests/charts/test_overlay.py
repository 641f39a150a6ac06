"""Several runs in one chart."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from cnnviz.charts.overlay import METRICS, MOST_RUNS, RunCurves, View, apart, elapsed, overlay
from cnnviz.charts.theme import series

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


def drawn(runs: list[RunCurves], **view: object) -> tuple[list[dict], dict]:
    """Traces and layout as the browser gets them."""
    figure = json.loads(overlay(runs, View(**view), "x", "y", "light").to_json())  # type: ignore[arg-type]
    return figure["data"], figure["layout"]


def test_a_short_run_is_drawn_as_it_is() -> None:
    """Every value at its place, by report or by epoch, over each of the three axes."""
    run = curves(3, 2)
    for view, x, y in [
        ({"metric": "loss", "x": "epoch"}, [0.1, 0.2, 0.3], [1.0, 0.5, 0.33333]),
        ({"metric": "loss", "x": "step"}, [1.2, 2.4, 3.6], [1.0, 0.5, 0.33333]),
        ({"metric": "loss", "x": "seconds"}, [1.0, 2.0, 3.0], [1.0, 0.5, 0.33333]),
        ({"metric": "test_accuracy", "x": "epoch"}, [1.0, 2.0], [0.4, 0.64]),
        ({"metric": "test_accuracy", "x": "step"}, [12.0, 24.0], [0.4, 0.64]),
        ({"metric": "test_accuracy", "x": "seconds"}, [2.0, 4.0], [0.4, 0.64]),
    ]:
        [line], _layout = drawn([run], **view)
        assert (line["x"], line["y"], line["meta"]) == (pytest.approx(x), y, 7)


def test_smoothing_keeps_the_raw_line_behind() -> None:
    """At the slider's left end there is one line, the values themselves; else a faint one and its average."""
    [only], _layout = drawn([curves(9)], metric="loss")
    raw, smooth = drawn([curves(9)], metric="loss", smooth=1.0)[0]
    assert raw["y"] == only["y"] != smooth["y"]
    assert (raw["hoverinfo"], raw["showlegend"], raw["legendgroup"]) == ("skip", False, smooth["legendgroup"])


def test_shares_on_a_logarithmic_axis_are_errors() -> None:
    """98% and 99% right are 2% and 1% wrong: there they can be told apart."""
    run = curves(epochs=2, test_accuracy=np.array([0.75, 0.95]))
    [line], layout = drawn([run], log=True)
    assert line["y"] == pytest.approx([0.25, 0.05])
    assert layout["yaxis"]["type"] == "log"
    low, high = layout["yaxis"]["range"]
    assert low < np.log10(0.05) < np.log10(0.25) < high


@pytest.mark.parametrize(
    ("accuracies", "low"), [([0.1, 0.5], 0), ([0.75, 0.95], 0.7), ([0.98, 0.99], 0.97), ([0.999, 0.9995], 0.99)]
)
def test_the_axis_of_shares_starts_where_it_is_of_use(accuracies: list[float], low: float) -> None:
    """At 0 while a network still guesses, higher once all are good; the top is 100%."""
    _lines, layout = drawn([curves(epochs=2, test_accuracy=np.array(accuracies))])
    assert layout["yaxis"]["range"] == pytest.approx([low, 1], abs=0.01)


def test_numbers_at_the_ends_do_not_touch() -> None:
    """Heights are moved apart by as little as needed, in their order, within the picture."""
    assert apart([50, 52, 10, 51], 15, 0, 100) == [50, 80, 10, 65]
    assert apart([98, 99, 100], 15, 0, 100) == [70, 85, 100]
    _lines, layout = drawn([curves(epochs=3), replace(curves(epochs=3), run=8, line=2)])
    assert [each["text"] for each in layout["annotations"]] == ["#7", "#8"]
    assert layout["annotations"][1]["yshift"] - layout["annotations"][0]["yshift"] >= 15


def test_a_long_run_stays_small() -> None:
    """However many reports: at most 160 points a line, the end where it was."""
    [line], _layout = drawn([curves(1024, 1000)], metric="loss")
    assert len(line["x"]) == len(line["y"]) <= 160
    assert line["x"][-1] == 102.4
    [line], _layout = drawn([curves(1024, 1000)], x="seconds")
    assert len(line["x"]) == len(line["y"]) <= 160
    assert line["x"][-1] == 2000


def test_what_is_not_finite_is_a_gap() -> None:
    """JSON has no infinity."""
    [line], _layout = drawn([curves(3, loss=np.array([1.0, np.inf, np.nan]))], metric="loss")
    assert line["y"] == [1.0, None, None]


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("metric", METRICS)
def test_a_run_that_has_told_nothing(metric: str, log: bool) -> None:
    """A line without points, and axes all the same; so with no run at all."""
    [line], _layout = drawn([curves()], metric=metric, log=log)
    assert line["x"] == line["y"] == []
    assert drawn([], metric=metric, log=log)[0] == []


def test_names_are_text() -> None:
    """Plotly reads HTML in names: what a visitor called a run is shown as it was typed."""
    [line], _layout = drawn([replace(curves(2), label="<b>x</b>")], metric="loss")
    assert line["name"] == "&lt;b&gt;x&lt;/b&gt;"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_line_looks_different(theme: str) -> None:
    """By colour and by dash, in the theme of the page."""
    runs = [replace(curves(3), run=index, line=index) for index in range(MOST_RUNS)]
    figure = json.loads(overlay(runs, View("loss"), "x", "y", theme).to_json())
    assert [line["line"]["color"] for line in figure["data"]] == list(series(theme))
    assert len({line["line"]["dash"] for line in figure["data"]}) == MOST_RUNS


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

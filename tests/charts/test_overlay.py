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
    """Traces and layout as the browser gets them, without the numbers at the lines' ends."""
    figure = json.loads(overlay(runs, View(**view), "x", "y", "light").to_json())  # type: ignore[arg-type]
    return [trace for trace in figure["data"] if trace["mode"] != "text"], figure["layout"]


def numbers(runs: list[RunCurves], **view: object) -> dict[str, float]:
    """The numbers at the lines' ends, and how high each is."""
    figure = json.loads(overlay(runs, View(**view), "x", "y", "light").to_json())  # type: ignore[arg-type]
    return {trace["text"][0].strip(): trace["y"][0] for trace in figure["data"] if trace["mode"] == "text"}


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
    """Heights are moved apart by as little as needed, in their order, within the picture; also by powers of ten."""
    assert apart([50, 52, 10, 51], 15, 0, 100) == [36, 66, 10, 51]
    assert apart([98, 99, 100], 15, 0, 100) == [70, 85, 100]
    assert apart([0, 1], 15, 0, 100) == [0, 15]
    assert apart([], 15, 0, 100) == []
    pair = [curves(epochs=3), replace(curves(epochs=3), run=8, line=2)]
    heights = numbers(pair)
    assert heights["#8"] - heights["#7"] >= 0.05
    heights = numbers(pair, log=True)
    assert heights["#8"] / heights["#7"] > 1.05
    assert numbers([curves()]) == {}


def test_runs_of_different_lengths_are_read_together() -> None:
    """Plotly reads together what has the same x: places that all share, each with a run's nearest value."""
    long, short = curves(epochs=40), replace(curves(epochs=20), run=8)
    lines, _layout = drawn([long, short])
    assert [line["hoverinfo"] for line in lines[:2]] == ["skip", "skip"]
    read = lines[2:]
    assert read[0]["x"] == read[1]["x"]
    assert {value for value in read[1]["y"] if value is not None} <= set(lines[1]["y"])
    assert read[0]["y"][-1] == lines[0]["y"][-1]
    assert read[1]["y"][-1] is None
    assert len(drawn([long, replace(long, run=8)])[0]) == 2  # alike: the lines themselves are read


def test_names_say_the_newest_value() -> None:
    """What a run has come to stands with its name; a share is one also where errors are drawn."""
    run = curves(9, 2, test_accuracy=np.array([0.75, 0.95]))
    for view, said in [
        ({"metric": "test_accuracy"}, "95.00%"),
        ({"log": True}, "95.00%"),
        ({"metric": "loss"}, "0.11"),
    ]:
        [line], _layout = drawn([run], **view)
        assert said in line["name"]
    assert "–" in drawn([curves()])[0][0]["name"]


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
    assert line["name"].startswith("&lt;b&gt;x&lt;/b&gt; ")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_line_looks_different(theme: str) -> None:
    """By colour and by dash, in the theme of the page."""
    runs = [replace(curves(3), run=index, line=index) for index in range(MOST_RUNS)]
    figure = json.loads(overlay(runs, View("loss"), "x", "y", theme).to_json())
    lines = [trace for trace in figure["data"] if trace["mode"] == "lines"]
    assert [line["line"]["color"] for line in lines] == list(series(theme))
    assert len({line["line"]["dash"] for line in lines}) == MOST_RUNS


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
def test_seconds_continue_after_a_resume(seconds: list[float], epochs: list[int], expected: list[float]) -> None:
    """The clock of each stretch starts again; the chart's does not."""
    ends = np.array([2.5, 5.0])
    assert elapsed(np.array(seconds, float), np.array(epochs, float), ends).tolist() == expected

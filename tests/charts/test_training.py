"""The charts of a training as data: ranges, bounded sizes, what is not finite."""

from __future__ import annotations

import json

import numpy as np
import pytest

from cnnviz.charts.training import (
    MOST_POINTS,
    Curves,
    Words,
    accuracy_chart,
    factor_text,
    loss_chart,
    rate_chart,
    share_floor,
    smoothed,
    thinned,
)

WORDS = Words()


def curves(reports: int = 20, planned: int = 5, done: int = 2, **changes: object) -> Curves:
    positions = np.linspace(0.1, 2.0, reports)
    epochs = np.arange(1.0, done + 1)
    values = {
        "positions": positions,
        "losses": 2.3 / (1 + positions),
        "epochs": epochs,
        "test_loss": 1 / (1 + epochs),
        "train_accuracy": 1 - 0.5 / epochs,
        "test_accuracy": 1 - 0.6 / epochs,
        "planned": planned,
    }
    return Curves(**{**values, **changes})  # type: ignore[arg-type]


def test_the_axis_is_the_whole_run_from_the_start() -> None:
    """One sees how much is left: five epochs planned, two done, the axis ends after five."""
    chart = loss_chart(curves(), WORDS)
    assert (chart["x"]["from"], chart["x"]["to"]) == (0, pytest.approx(5.05))
    assert max(chart["lines"][0]["x"]) == 2.0
    assert [line["name"] for line in chart["lines"]] == ["", "training pictures", "test pictures"]
    assert chart["lines"][2]["x"] == [1.0, 2.0]


def test_train_and_test_differ_in_more_than_colour() -> None:
    """Role, line and mark tell them apart."""
    train, test = accuracy_chart(curves(), WORDS)["lines"]
    assert (train["role"], train["style"], train["mark"]) == ("train", "strong", "circle")
    assert (test["role"], test["style"], test["mark"]) == ("test", "dashed", "diamond")
    assert test["y"] == [0.4, 0.7]


def test_an_empty_run_is_an_empty_chart() -> None:
    """Before the first batch there are axes and no line, and nothing divides by nothing."""
    none = np.array([])
    empty = curves(positions=none, losses=none, epochs=none, test_loss=none, train_accuracy=none, test_accuracy=none)
    assert [line["x"] for line in loss_chart(empty, WORDS)["lines"]] == [[], [], []]
    assert loss_chart(empty, WORDS)["y"]["to"] == 2.5
    assert accuracy_chart(empty, WORDS)["y"]["from"] == 0.0


def test_what_is_not_finite_is_a_gap() -> None:
    """Infinite losses leave a hole, valid JSON, and a smoothed line that goes on."""
    chart = loss_chart(curves(3, positions=np.array([0.5, 1, 1.5]), losses=np.array([2.0, np.inf, np.nan])), WORDS)
    assert chart["lines"][0]["y"] == [2.0, None, None]
    assert chart["lines"][1]["y"] == [2.0, 2.0, 2.0]
    json.dumps(chart, allow_nan=False)


def test_an_exploding_loss_gets_a_log_scale() -> None:
    """Nothing is squashed when the loss grows a millionfold; below that the axis starts at zero."""
    calm = loss_chart(curves(), WORDS)["y"]
    assert (calm["log"], calm["from"], calm["title"]) == (False, 0, "Loss")
    wild = loss_chart(curves(2, positions=np.array([0.5, 1.0]), losses=np.array([2.0, 2e6])), WORDS)["y"]
    assert (wild["log"], wild["title"]) == (True, "Loss (log scale)")
    assert 0 < wild["from"] < 0.5
    assert wild["to"] == pytest.approx(3e6)


def test_good_accuracies_are_told_apart() -> None:
    """When all are above 95% the axis does not start at 0."""
    good = np.array([0.97, 0.99])
    assert accuracy_chart(curves(train_accuracy=good, test_accuracy=good), WORDS)["y"]["from"] == 0.9
    assert accuracy_chart(curves(), WORDS)["y"]["from"] == 0.0
    assert [share_floor(low) for low in (0.0, 0.5, 0.51, 0.97)] == [0.0, 0.0, 0.4, 0.9]
    assert [share_floor(low, is_fine=True) for low in (0.5, 0.95, 0.97, 0.995)] == [0.0, 0.9, 0.96, 0.99]


def test_long_runs_travel_light() -> None:
    """A thousand reports and a thousand epochs weigh less than 30 kB, and end where the run is."""
    long = curves(1024, planned=1000, done=1000, positions=np.linspace(0.5, 1000, 1024), losses=np.full(1024, 0.5))
    chart = loss_chart(long, WORDS)
    assert all(len(line["x"]) <= MOST_POINTS for line in chart["lines"])
    assert chart["lines"][0]["x"][-1] == 1000.0
    assert chart["lines"][2]["mark"] is None
    assert len(json.dumps(chart)) < 30_000


def test_smoothing_keeps_a_constant_and_follows_a_step() -> None:
    """A constant stays itself from the first report on; after a step the line gets there."""
    positions = np.arange(1, 101) / 100
    assert smoothed(positions, np.full(100, 3.0), 0.05) == pytest.approx(np.full(100, 3.0))
    step = np.where(positions < 0.5, 2.0, 1.0)
    result = smoothed(positions, step, 0.05)
    assert result[48] == pytest.approx(2.0)
    assert 1.0 < result[55] < 2.0
    assert result[-1] == pytest.approx(1.0, abs=1e-3)


def test_thinning_averages_neighbours() -> None:
    """Ten points to at most four: groups of three, their mean at their end."""
    positions, values = thinned(np.arange(1.0, 11), np.arange(1.0, 11), most=4)
    assert positions.tolist() == [3, 6, 9, 10]
    assert values.tolist() == [2, 5, 8, 10]


def test_the_rate_s_strip_lies_under_the_loss() -> None:
    """The same axis, the same changes; every 20th of 1,000 values, but the newest always."""
    positions = np.linspace(0.005, 5, 1000)
    rates = np.linspace(0.1, 0.0001, 1000)
    scaled = curves(1000, positions=positions, rates=rates, lr_changes=((1.25, 0.5),))
    strip = rate_chart(scaled, WORDS)
    loss = loss_chart(scaled, WORDS)
    assert (strip["x"]["from"], strip["x"]["to"]) == (loss["x"]["from"], loss["x"]["to"])
    assert strip["lrScales"] == loss["lrScales"] == [{"x": 1.25, "text": "÷2"}]
    assert (strip["lines"][0]["x"][-1], strip["lines"][0]["y"][-1]) == (5.0, 0.0001)
    assert len(strip["lines"][0]["x"]) <= MOST_POINTS


def test_a_rate_scaled_far_gets_a_log_strip() -> None:
    """Ten times as much leaves the rest to be seen; a schedule that ends at nearly nothing does not fill the strip."""
    rates = np.array([0.01, 0.1, 1e-12])
    far = curves(3, positions=np.array([1.0, 2.0, 3.0]), rates=rates, lr_changes=((1.0, 10.0),))
    assert rate_chart(far, WORDS)["y"]["log"]
    assert rate_chart(far, WORDS)["y"]["from"] > 1e-6
    assert not rate_chart(curves(3, rates=rates), WORDS)["y"]["log"]


def test_held_out_pictures_are_drawn_where_there_are_some() -> None:
    """Told apart from the test pictures by role and mark; a run without them has no such line."""
    held = np.array([0.6, 0.4])
    for chart in (loss_chart, accuracy_chart):
        lines = chart(curves(held_out_loss=held, held_out_accuracy=held), WORDS)["lines"]
        assert (lines[-1]["role"], lines[-1]["mark"], lines[-1]["y"]) == ("held", "triangle", [0.6, 0.4])
        none = np.array([np.nan, np.nan])
        lines = chart(curves(held_out_loss=none, held_out_accuracy=none), WORDS)["lines"]
        assert "held" not in [line["role"] for line in lines]


def test_the_mean_of_an_epoch_is_marked_without_a_line() -> None:
    """Loss by batch is the line, loss by epoch the marks on it; too many would touch."""
    line = loss_chart(curves(train_loss=np.array([1.0, 0.5])), WORDS)["lines"][3]
    assert (line["style"], line["mark"], line["x"], line["y"]) == ("none", "circle", [1.0, 2.0], [1.0, 0.5])
    long = curves(done=200, train_loss=np.full(200, 0.5))
    assert len(loss_chart(long, WORDS)["lines"]) == 3


@pytest.mark.parametrize(
    ("factor", "text"), [(1, "×1"), (0.1, "÷10"), (0.001, "÷1000"), (0.3, "×0.3"), (2000, "×2000"), (2.5, "×2.5")]
)
def test_factors_are_said_as_one_says_them(factor: float, text: str) -> None:
    """What is below one is a division, and nothing is written in powers of ten."""
    assert factor_text(factor) == text

"""Runs laid over each other: which are drawn, and the view of the chart in the link."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.engine.config import TrainConfig
from cnnviz.runs import scheduler
from tests.pages.runs import chart, data, drawn, overlay, page, recorded, texts
from tests.runs.conftest import close_store, fake_workers  # noqa: F401 - fixtures

pytestmark = pytest.mark.usefixtures("fake_workers", "close_store")


def test_chosen_runs_are_laid_over_each_other() -> None:
    """The chart has exactly the chosen ones, in their order, with the store's numbers."""
    one, two, three = recorded(0.9), recorded(0.8), recorded(0.7)
    app = page(runs=f"{three},{one}")
    assert drawn(app) == [three, one]
    for view, x, y in [
        ({}, [1.0, 2.0], [0.6, 0.7]),
        ({"runs_x": "seconds"}, [1.5, 3.0], [0.6, 0.7]),
        ({"runs_x": "step"}, [12.0, 24.0], [0.6, 0.7]),
    ]:
        line = chart(page(runs=f"{three},{one}", **view))[0]
        assert (line["x"], line["y"]) == (x, y)
    assert [row["line"] for row in data(app, "runs_table")["rows"]] == [0, None, 1]
    assert two not in drawn(app)
    assert overlay(app).alt.startswith(f"Test accuracy over Epoch, newest values: #{three} ")
    assert "70.00%" in texts(app)


def test_without_a_choice_the_newest_are_shown() -> None:
    """At first the newest three with something to show, and a sentence that says so."""
    runs = [recorded() for _ in range(4)]
    scheduler.store().add(TrainConfig())
    app = page()
    assert drawn(app) == runs[1:]
    assert "The newest runs; tick others" in texts(app)


def test_more_than_eight_are_said() -> None:
    """Eight lines can be told apart; the rest is not left out in silence."""
    runs = [recorded() for _ in range(10)]
    app = page(runs=",".join(map(str, runs)))
    assert drawn(app) == runs[:8]
    assert "The chart shows the first 8 of the 10 chosen runs." in texts(app)


def test_the_view_of_the_chart_is_in_the_link() -> None:
    """Metric, axis, scale and smoothing come back; what makes no sense is the usual."""
    recorded()
    app = page(runs_metric="loss", runs_x="seconds", runs_log="true", runs_smooth="0.5")
    assert overlay_view(app) == ("loss", "seconds", True, 0.5)
    app.button_group(key="runs_overlay_metric").set_value("test_loss").run()
    assert app.query_params["runs_metric"] in ("test_loss", ["test_loss"])
    app = page(runs_metric="fame", runs_x="z", runs_log="perhaps", runs_smooth="nan")
    assert overlay_view(app) == ("test_accuracy", "epoch", False, 0.0)


def overlay_view(app: AppTest) -> tuple[object, ...]:
    """What the controls of the chart say."""
    metric, x = (app.button_group(key=f"runs_overlay_{name}").value for name in ("metric", "x"))
    return metric, x, app.toggle(key="runs_overlay_log").value, app.slider(key="runs_overlay_smooth").value

"""Sweeps on the page Runs: what is typed is what is swept, and what came of it is shown."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import SelectSlider

from cnnviz.engine.config import TrainConfig
from cnnviz.runs import scheduler
from cnnviz.runs.sweeps import store
from cnnviz.runs.sweeps.plan import SweepParameter, SweepPlan, kind_of, parsed, sweepable
from cnnviz.ui.runs import sweep_lines
from cnnviz.ui.runs.sweep_form import options_of, suggested
from tests.pages.runs import data, page, recorded, texts
from tests.polling import PATIENCE
from tests.runs.conftest import close_store  # noqa: F401 - fixture
from tests.runs.sweeps.conftest import Workers, workers  # noqa: F401 - fixture

pytestmark = pytest.mark.usefixtures("close_store", "workers")

PLAN = SweepPlan(TrainConfig(epochs=4), (SweepParameter("learning_rate", (0.01, 0.02, 0.005, 0.03, 0.5)),), prune=True)


def start(app: AppTest) -> AppTest:
    return app.button(key="runs_sweep_start").click().run()


def figure(app: AppTest, key: str) -> list[dict]:
    """The traces of a Plotly chart."""
    [found] = [each.proto for each in app.get("plotly_chart") if key in each.proto.id]
    return list(json.loads(found.spec)["data"])


def chosen(app: AppTest) -> list[int]:
    """The runs in the link."""
    found = app.query_params["runs"]
    return [int(run) for run in (found if isinstance(found, str) else found[0]).split(",")]


def slider(app: AppTest, label: str) -> SelectSlider:
    """What is kept of an axis."""
    [found] = [each for each in app.select_slider if each.label == label]
    return found


def bar(app: AppTest) -> str:
    """What stands over the bar."""
    [found] = app.get("progress")
    return str(found.proto.text)


def test_the_first_visit_invites_and_one_click_sweeps() -> None:
    """With nothing touched a small grid over digits starts, and is shown."""
    app = page(runs_view="sweeps")
    assert "No sweep yet." in texts(app)
    assert "12 combinations: 12 runs." in texts(app)
    start(app)
    [sweep] = store.sweeps(scheduler.store())
    assert (sweep.plan.method, sweep.plan.base.data, sweep.plan.size) == ("grid", "digits", 12)
    assert app.query_params["runs_sweep"] in ("1", ["1"])
    assert "trains; it goes on when you leave this page" in texts(app)


def test_what_is_typed_is_what_is_swept() -> None:
    """Method, parameters, ranges, budget, name and the base reach the plan; the sweep is its visitor's."""
    app = page(runs_view="sweeps")
    app.segmented_control(key="runs_sweep_method").set_value("random")
    app.multiselect(key="runs_sweep_hyperparameters").set_value(["learning_rate", "batch_size"])
    app.run()
    app.text_input(key="runs_hyperparameter_learning_rate_low").set_value("0.0001")
    app.text_input(key="runs_hyperparameter_learning_rate_high").set_value("1e-1")
    app.text_input(key="runs_hyperparameter_batch_size_low").set_value("16")
    app.text_input(key="runs_hyperparameter_batch_size_high").set_value("128")
    app.number_input(key="runs_sweep_runs").set_value(7)
    app.number_input(key="runs_sweep_minutes").set_value(2.5)
    app.number_input(key="runs_sweep_0_epochs").set_value(3)
    app.toggle(key="runs_sweep_prune").set_value(False)
    app.text_input(key="runs_sweep_name").set_value("which rate?")
    start(app.run())
    [sweep] = store.sweeps(scheduler.store())
    assert sweep.plan == SweepPlan(
        TrainConfig(epochs=3),
        (
            SweepParameter("learning_rate", low=0.0001, high=0.1, log=True),
            SweepParameter("batch_size", low=16.0, high=128.0, log=True),
        ),
        "random",
        7,
        2.5,
        False,
    )
    assert (sweep.name, sweep.owner) == ("which rate?", app.session_state["visitor_id"])


def test_a_value_typed_twice_counts_once() -> None:
    """What is going to be done is said, and is what is swept."""
    app = page(runs_view="sweeps")
    app.text_input(key="runs_hyperparameter_learning_rate").set_value("0.001,0.001,0.03").run()
    assert "6 combinations: 6 runs." in texts(app)
    start(app)
    [sweep] = store.sweeps(scheduler.store())
    assert sweep.plan.parameters[0].values == (0.001, 0.03)


def test_the_rest_can_be_a_runs() -> None:
    """Everything the parameters leave alone is as in the chosen run."""
    run = recorded(optimizer="sgd", seed=5, model="lenet5-valid", batch_size=32)
    app = page(runs_view="sweeps")
    app.selectbox(key="runs_sweep_base").select(run).run()
    app.multiselect(key="runs_sweep_hyperparameters").set_value(["learning_rate"]).run()
    start(app)
    [sweep] = store.sweeps(scheduler.store())
    base = sweep.plan.base
    assert (base.optimizer, base.seed, base.model, base.batch_size) == ("sgd", 5, "lenet5-valid", 32)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("0.1, many", "Learning rate takes numbers. Got many; try 0.005."),
        ("![x](y)", "Learning rate takes numbers. Got \\!\\[x\\]\\(y\\); try 0.005."),  # no picture comes of it
        ("", "Learning rate needs 1 to 50 different values to choose from. Got 0."),
        ("0.1, 99", "Learning rate must be a number greater than 0 and at most 10. Got 99; try 0.005."),
    ],
)
def test_absurd_values_get_one_sentence_and_start_nothing(typed: str, sentence: str) -> None:
    """The sentence names the parameter as the page does; the button rests."""
    app = page(runs_view="sweeps")
    app.text_input(key="runs_hyperparameter_learning_rate").set_value(typed).run()
    assert [error.value for error in app.error] == [sentence]
    assert app.button(key="runs_sweep_start").disabled
    app.number_input(key="runs_sweep_0_epochs").set_value(0).run()
    assert "Epochs must be a whole number from 1 to 1000. Got 0; try 1." in app.error[0].value
    app.number_input(key="runs_sweep_0_epochs").set_value(2)
    app.number_input(key="runs_sweep_runs").set_value(0)
    app.text_input(key="runs_hyperparameter_learning_rate").set_value("0.1").run()
    assert "At most runs must be a whole number from 1 to 500. Got 0; try 1." in app.error[0].value


def test_a_missing_data_set_starts_nothing() -> None:
    """One sentence that names the page Data."""
    app = page(runs_view="sweeps")
    app.selectbox(key="runs_sweep_0_data").select("mnist").run()
    start(app)
    assert "MNIST is not on this machine yet" in app.error[0].value
    assert store.sweeps(scheduler.store()) == []


def test_a_sweep_shows_what_came_of_it(workers: Workers) -> None:  # noqa: F811
    """Progress, best run, those ended early, lines, importance and the table are the store's."""
    sweep = scheduler.start_sweep(PLAN, name="rates")
    workers.work()
    app = page(runs_view="sweeps", runs_sweep=str(sweep))
    said = texts(app)
    trials = store.trials(scheduler.store(), sweep)
    assert "<dt>Best test accuracy</dt><dd>94.00%</dd>" in said
    assert f"<dt>Best run</dt><dd>#{trials[0].run}</dd>" in said
    assert "<dt>Ended early</dt><dd>1</dd>" in said
    assert "Finished. All its runs are in the list" in said
    lines = {line["meta"]: line for line in figure(app, "runs_parallel") if line["mode"] == "lines"}
    assert {run: line["line"]["dash"] != "solid" for run, line in lines.items()} == {
        t.run: t.status == "pruned" for t in trials
    }
    assert lines[trials[0].run]["hovertemplate"].startswith(f"#{trials[0].run}: Learning rate 0.01 → 94.00%")
    [bars] = figure(app, "runs_importance")
    assert bars["y"] == ["Learning rate"]
    table = said[said.index("<caption>Runs of the sweep") :]
    assert table.index(f"#{trials[0].run}<") < table.index(f"#{trials[1].run}<") < table.index(f"#{trials[4].run}<")
    assert "ended early" in table


def test_what_is_kept_of_the_runs_is_compared(workers: Workers) -> None:  # noqa: F811
    """Sliders keep a part of an axis: a sentence says how many lie there, the best of them lead to the comparison."""
    sweep = scheduler.start_sweep(PLAN)
    workers.work()
    app = page(runs_view="sweeps", runs_sweep=str(sweep))
    trials = store.trials(scheduler.store(), sweep)
    rate = slider(app, "Learning rate")
    assert rate.options == ["0.005", "0.01", "0.02", "0.03", "0.5"]
    rate.set_value(("0.02", "0.5")).run()
    assert "3 of 5 runs lie there. The best: " in texts(app)
    inside = {trial.run for trial in trials if trial.config.learning_rate >= 0.02}
    drawn = [line for line in figure(app, "runs_parallel") if line["mode"] == "lines"]
    assert {line["meta"] for line in drawn if "hovertemplate" in line} == inside
    app.button(key="runs_sweep_compare").click().run()
    assert set(chosen(app)) == inside


def test_a_box_keeps_what_it_crosses(workers: Workers) -> None:  # noqa: F811
    """As drawn in the chart, and again by the button; a run that is brought out is said and drawn thick."""
    sweep = scheduler.start_sweep(PLAN)
    workers.work()
    app = page(runs_view="sweeps", runs_sweep=str(sweep))
    best = max(store.trials(scheduler.store(), sweep), key=lambda trial: trial.accuracy or 0.0)
    app.session_state["runs_sweep_kept"], app.session_state["runs_sweep_times"] = {sweep: {1: (0.9, None)}}, 1
    assert "1 of 5 runs lie there." in texts(app.run())
    assert slider(app, "Test accuracy").value == ("94.00%", "94.00%")
    app.button(key="runs_sweep_keep_all").click().run()
    assert "Point at a line to read it." in texts(app)
    box = app.selectbox(key="runs_sweep_picked")
    assert box.options[0] == f"#{best.run}: Learning rate 0.01 → 94.00%"
    box.select(box.options[0]).run()
    assert f"#{best.run}: Learning rate 0.01 → 94.00%" in texts(app)
    [thick] = [line for line in figure(app, "runs_parallel") if line["mode"] == "lines" and line["line"]["width"] == 5]
    assert thick["meta"] == best.run


def test_stop_and_resume(workers: Workers) -> None:  # noqa: F811
    """The buttons do what they say, and the sentence follows."""
    sweep = scheduler.start_sweep(PLAN)
    workers.work(1)
    app = page(runs_view="sweeps", runs_sweep=str(sweep))
    app.button(key="runs_sweep_stop").click().run()
    assert store.sweep(scheduler.store(), sweep).status == "stopped"
    workers.work()  # the one that trains obeys
    assert "Stopped; what was learnt is kept." in texts(app.run())
    assert bar(app) == "1 of 5 runs, 2 stopped"
    app.button(key="runs_sweep_resume").click().run()
    assert store.sweep(scheduler.store(), sweep).status == "running"
    assert bar(app) == "1 of 5 runs"
    workers.work()
    assert bar(app.run()) == "5 of 5 runs"


def test_its_runs_are_ordinary_ones(workers: Workers) -> None:  # noqa: F811
    """In the list each says which sweep it belongs to."""
    sweep = scheduler.start_sweep(PLAN)
    workers.work()
    listed = data(page(), "runs_table")["rows"]
    assert {row["sweep"] for row in listed} == {f"sweep {sweep}"}


def test_a_second_sweep_is_refused_in_a_sentence() -> None:
    """One for each visitor."""
    app = start(page(runs_view="sweeps"))
    start(app)
    assert "Your sweep 1 is running: stop it first, or wait until it ends." in [error.value for error in app.error]


@pytest.mark.parametrize("name", sweepable())
def test_every_hyperparameter_has_something_sensible(name: str) -> None:
    """Words have options to choose from, numbers values that all make a configuration."""
    base = TrainConfig(
        model="resnet-small" if name == "blocks" else "lenet5", trainable="last" if name == "thaw" else "all"
    )
    if kind_of(name) not in ("whole", "number"):
        values = parsed(name, options_of(name))
        assert len(values) >= 1
    else:
        values = tuple(int(value) if kind_of(name) == "whole" else value for value in suggested(name, base))
        assert len(values) >= 3
    plan = SweepPlan(base, (SweepParameter(name, values),))
    assert json.loads(plan.to_json())["parameters"][0]["name"] == name


@pytest.mark.parametrize("wanted", ["99", "x", "²", "-1"])
def test_a_link_to_no_sweep_shows_the_newest(wanted: str) -> None:
    """A stale link is no error."""
    sweep = store.start(scheduler.store(), PLAN)
    app = page(runs_view="sweeps", runs_sweep=wanted)
    assert not app.exception
    assert f"Sweep {sweep}" in next(box for box in app.selectbox if box.label == "Sweep").options[0]


def test_a_box_said_again_is_no_new_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a busy browser does once all are kept again; drawn anew after it was let go, it counts."""
    monkeypatch.setattr(sweep_lines, "brushed", lambda drawn, across, upwards: {0: across})

    def script() -> None:
        import streamlit as st

        from cnnviz.ui.runs import sweep_lines

        box = {"selection": {"box": [{"x": [0.0, 0.5], "y": [0.1, 0.9]}]}}
        kept = []
        for said in (box, "keep all", box, {"selection": {"box": []}}, box):
            if said == "keep all":
                sweep_lines._keep_all(1)
            else:
                st.session_state["runs_parallel"] = said
                sweep_lines._take(1, [])
            kept.append(dict(sweep_lines._brushes(1)))
        st.json(kept)

    [told] = AppTest.from_function(script, default_timeout=PATIENCE).run().json
    assert json.loads(told.value) == [{"0": [0.0, 0.5]}, {}, {}, {}, {"0": [0.0, 0.5]}]

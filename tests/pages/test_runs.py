"""The page Runs: the list, the chart and the differences are the store's; what is done to runs reaches it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnnviz.engine.config import TrainConfig
from cnnviz.runs import annotations, scheduler
from tests.pages.runs import LIN, data, drawn, page, recorded, rows
from tests.runs.conftest import close_store, fake_workers  # noqa: F401 - fixtures

pytestmark = pytest.mark.usefixtures("fake_workers", "close_store")


@pytest.mark.slow
def test_an_empty_store_is_no_error() -> None:
    """Before the first training the list is there, empty, in words; nothing else."""
    app = page()
    assert not app.exception
    assert (data(app, "runs_table")["total"], rows(app)) == (0, [])
    assert data(app, "runs_table")["none"].startswith("No run yet. Train one")
    assert data(page(runs_text="x"), "runs_table")["none"].startswith("No run is like that. Take a filter")
    assert not app.get("plotly_chart")


@pytest.mark.slow
def test_the_list_is_searched_by_what_it_shows() -> None:
    """Names of networks and data sets find the runs, their codes too; every word must fit."""
    lenet, keras = recorded(), scheduler.store().add(TrainConfig(model="keras-cnn", data="fashion-mnist"))
    for text, found in (
        ("LeNet-5", [lenet]),
        ("lenet5", [lenet]),
        ("Keras Fashion-MNIST", [keras]),
        ("Keras Digits", []),
        ("digits", [lenet]),
    ):
        assert rows(page(runs_text=text)) == found, text
    assert rows(page(runs_text="手写", lang="zh")) == [lenet]


def test_the_list_is_the_store(own_home: Path) -> None:
    """Each row says what is known of its run, newest first."""
    annotations.call_visitor(scheduler.store(), LIN, "Lin")
    run = recorded(0.9875, owner=LIN, name="first try")
    waiting = scheduler.store().add(TrainConfig(model="lenet5-valid", epochs=7))
    annotations.set_tags(scheduler.store(), run, ["class 3"])
    app = page()
    assert rows(app) == [waiting, run]
    row = data(app, "runs_table")["rows"][1]
    assert data(app, "runs_table")["rows"][0]["called"] == f"Run {waiting}"  # network and data have their columns
    expected = {"name": "first try", "tags": ["class 3"], "who": "Lin", "accuracy": "98.75%", "epochs": "2/2"}
    assert {name: row[name] for name in expected} == expected
    assert (row["network"], row["data"], row["statusText"], row["seconds"]) == (
        "LeNet-5",
        "Digits 8 × 8",
        "finished",
        "3.0 s",
    )


@pytest.mark.slow
def test_a_link_reproduces_the_list() -> None:
    """Words, status, tag, order and page of the list are in the link; nonsense in it is as if it were not there."""
    first, second = recorded(0.9, name="alpha"), recorded(0.8, "stopped", name="beta")
    annotations.set_tags(scheduler.store(), second, ["x"])
    assert rows(page(runs_text="ALPHA")) == [first]
    assert rows(page(runs_status="stopped")) == [second]
    assert rows(page(runs_tag="x")) == [second]
    assert rows(page(runs_sort="-accuracy")) == [first, second]
    assert rows(page(runs_sort="accuracy")) == [second, first]
    app = page(runs_status="nothing", runs_sort="; DROP", runs_page="-3", runs="x,-1,²,99999999999999999999")
    assert not app.exception
    assert rows(app) == [second, first]


@pytest.mark.slow
def test_nonsense_in_a_link_is_said() -> None:
    """What it was and that it is left out, as text; the rest of the link counts, and a button closes the words."""
    run = recorded()
    nonsense = {"runs_view": "nonsense", "runs_sweep": "77", "runs_sort": "; DROP", "runs_metric": "fame"}
    app = page(runs=f"{run},99999,abc,<script>", **nonsense)
    [warning] = app.warning
    assert "runs that are not in the list: 99999, abc, \\<script\\>. They are left out." in warning.value
    assert "runs\\_view = nonsense, which must be one of compare, sweeps, board" in warning.value
    assert "runs\\_sweep = 77, which is not found here" in warning.value
    assert warning.value.count("The link") == 5
    assert [name for name in app.query_params if name.startswith("runs")] == ["runs"]
    assert drawn(app) == [run]
    assert app.run().warning
    assert not app.button(key="link_close").click().run().warning
    assert not page(runs=str(run), runs_view="board", runs_sort="-accuracy", runs_page="2").warning


def test_pages_of_the_list() -> None:
    """A page has a dozen; a page beyond the last is the last."""
    runs = [scheduler.store().add(TrainConfig()) for _ in range(15)]
    assert rows(page()) == runs[:2:-1]
    assert rows(page(runs_page="2")) == runs[2::-1]
    assert rows(page(runs_page="9")) == runs[2::-1]


def test_only_mine_are_this_browsers() -> None:
    """What another browser started is not mine."""
    recorded(owner=LIN)
    app = page(runs_mine="true")
    assert rows(app) == []
    mine = recorded(owner=app.session_state["visitor_id"])
    assert rows(app.run()) == [mine]


def test_what_the_browser_sends_is_checked() -> None:
    """Only a list of run numbers and a query of known fields is taken; all else changes nothing."""
    from cnnviz.ui.runs.selection import Query, understood

    good = {
        "query": {"text": "a", "status": "", "tag": "", "mine": False, "sort": "-accuracy", "page": 1},
        "chosen": [2],
    }
    assert understood(good) == (Query("a", "", "", False, "-accuracy", 1), (2,))
    for bad in (
        None,
        {},
        {**good, "chosen": ["2"]},
        {**good, "chosen": [-2]},
        {**good, "query": {**good["query"], "sort": "x"}},
        {**good, "query": {**good["query"], "page": -1}},
        {**good, "query": {**good["query"], "status": "lost"}},
        {**good, "query": {"text": "a"}},
    ):
        assert understood(bad) is None


def test_chinese_page() -> None:
    """The page speaks Chinese: labels, states and sentences."""
    recorded()
    app = page(lang="zh")
    assert data(app, "runs_table")["rows"][0]["statusText"] == "已完成"
    assert app.slider(key="runs_overlay_smooth").label == "平滑"

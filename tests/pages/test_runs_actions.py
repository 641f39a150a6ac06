"""What is done to runs: started again, deleted and restored, renamed, taken away as a table."""

from __future__ import annotations

import csv
import io
import time

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.engine.config import TrainConfig
from cnnviz.runs import annotations, scheduler
from cnnviz.runs.export import as_csv
from cnnviz.runs.run import Origin
from cnnviz.ui.runs import actions
from cnnviz.ui.shared import selected_run
from tests.conftest import REPOSITORY
from tests.pages.runs import LIN, drawn, page, recorded, rows, texts
from tests.polling import PATIENCE
from tests.runs.conftest import close_store, fake_workers, sleepy_workers  # noqa: F401 - fixtures

pytestmark = pytest.mark.usefixtures("fake_workers", "close_store")


def test_again_fills_the_page_training_in() -> None:
    """Every setting of the run is in the link, and the run it comes from; the form takes them."""
    run = recorded(optimizer="sgd", learning_rate=0.0123, batch_size=32, seed=9, augmentation="shift", epochs=3)
    link = selected_run.rerun_link(scheduler.store().record(run))
    assert (link["training_parent"], link["training_learning_rate"]) == (str(run), "0.0123")
    app = AppTest.from_file(REPOSITORY / "pages" / "training.py", default_timeout=PATIENCE)
    app.query_params.update(link)
    app.run()
    assert f"Again with the initial weights of run {run} (seed 9)" in app.info[0].value
    app.button(key="training_train").click().run()
    child = scheduler.store().records(1)[0]
    assert (child.config, child.parent) == (scheduler.store().record(run).config, run)


def test_another_seed_is_said_to_be_other_weights() -> None:
    """Made from a run, but with another seed: the sentence changes; forgotten, no run is named any more."""
    run = recorded(seed=9)
    app = AppTest.from_file(REPOSITORY / "pages" / "training.py", default_timeout=PATIENCE)
    app.query_params.update(selected_run.rerun_link(scheduler.store().record(run)))
    app.run()
    app.number_input(key="training_seed").set_value(1.0).run()
    assert "but with other initial weights" in app.info[0].value
    app.button(key="training_parent_forget").click().run()
    assert not app.info
    app.button(key="training_train").click().run()
    assert scheduler.store().records(1)[0].parent is None


@pytest.mark.slow
def test_a_third_run_of_a_visitor_is_refused_in_a_sentence() -> None:
    """One trains and one waits; another visitor's run still goes into the queue, and is the next."""
    visitors_pages = []
    for seeds in ((1, 2, 3), (4,)):
        app = AppTest.from_file(REPOSITORY / "pages" / "training.py", default_timeout=PATIENCE).run()
        for seed in seeds:
            app.number_input(key="training_epochs").set_value(500.0)
            app.number_input(key="training_seed").set_value(float(seed)).run()
            app.button(key="training_train").click().run()
        visitors_pages.append(app)
    first, second = visitors_pages
    assert [error.value for error in first.error] == [
        "Each visitor may have 2 runs that train or wait, 1 of them training; yours are 1, 2. "
        "Stop one of them, or wait until one ends."
    ]
    assert not second.error
    assert [record.config.seed for record in scheduler.store().records()] == [4, 2, 1]
    assert [scheduler.store().before_in_queue(run) for run in (3, 2)] == [0, 1]


def buttons(app: AppTest, start: str) -> list[str]:
    """The keys of the buttons that begin so."""
    return [str(button.key) for button in app.button if str(button.key).startswith(start)]


def test_delete_and_restore() -> None:
    """Deleted runs leave list, chart and link; every visitor can bring them back, also after a reload."""
    app = page()
    mine = app.session_state["visitor_id"]
    kept, gone = recorded(owner=mine), recorded(owner=mine, name="first try")
    app.query_params["runs"] = f"{kept},{gone}"
    app.run().button(key="runs_delete").click().run()
    assert rows(app) == []
    [fold] = app.expander
    assert (fold.label, fold.proto.expanded) == ("Deleted in the last 15 minutes", True)
    assert f"run {kept} (LeNet-5, Digits 8 × 8, yours), run {gone} (first try, LeNet-5" in texts(app)
    other = page()
    assert not other.expander[0].proto.expanded
    other.button(key=f"runs_restore_{kept}").click().run()
    assert sorted(rows(other)) == sorted(rows(app.run())) == [kept, gone]
    assert set(drawn(other)) == {kept, gone}
    assert not buttons(app, "runs_restore")
    assert not buttons(other, "runs_restore")


def test_others_runs_are_deleted_after_a_question() -> None:
    """Once: no keeps all, "Only mine" the others'; one's own go without a question."""
    app = page()
    mine, others = recorded(owner=app.session_state["visitor_id"]), [recorded(owner=LIN), recorded()]
    app.query_params["runs"] = ",".join(map(str, [mine, *others]))
    app.run().button(key="runs_delete").click().run()
    assert len(rows(app)) == 3
    assert "Not yours: #2, #3. Delete all the same?" in texts(app)
    app.button(key="runs_delete_none").click().run()
    assert (len(rows(app)), buttons(app, "runs_delete_")) == (3, [])
    app.button(key="runs_delete").click().run()
    app.button(key="runs_delete_mine").click().run()
    assert sorted(rows(app)) == others
    app.button(key="runs_delete").click().run()
    assert buttons(app, "runs_delete_") == ["runs_delete_all", "runs_delete_none"]
    app.button(key="runs_delete_all").click().run()
    assert rows(app) == []


def test_what_cannot_be_restored_is_said() -> None:
    """Somebody was faster, or the time is over: a sentence, and nothing breaks."""
    app = page()
    runs = [recorded(owner=app.session_state["visitor_id"]) for _ in range(2)]
    app.query_params["runs"] = ",".join(map(str, runs))
    app.run().button(key="runs_delete").click().run()
    annotations.restore(scheduler.store(), runs[:1])
    app.button(key=f"runs_restore_{runs[0]}").click().run()
    assert "Some of them are gone for good" in app.error[0].value
    assert sorted(rows(app)) == runs


def test_many_deletions_are_all_within_reach() -> None:
    """Beyond a dozen lines the oldest share one."""
    runs = [recorded() for _ in range(15)]
    for run in runs:
        annotations.delete(scheduler.store(), [run])
    app = page()
    assert len(buttons(app, "runs_restore")) == 13
    assert "run 3 (" in texts(app)
    app.button(key=f"runs_restore_{runs[2]}").click().run()
    assert sorted(rows(app)) == runs[:3]


def test_a_run_under_way_is_not_deleted() -> None:
    """It stays, and a sentence beside the button says what to do first; the callback itself draws nothing."""
    run, _ = scheduler.store().add_here(TrainConfig())
    app = page(runs=str(run))
    app.button(key="runs_delete").click().run()
    assert rows(app) == [run]
    assert [error.value for error in app.error] == [f"Run {run} is still under way: stop it first, then delete it."]
    assert not app.toast
    other = recorded()
    app.query_params["runs"] = str(other)
    assert not app.run().error


def test_restoring_is_not_offered_when_it_is_too_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a quarter of an hour the fold-out is gone, and so are the runs."""
    run = recorded()
    annotations.delete(scheduler.store(), [run])
    assert buttons(page(), "runs_restore")
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + annotations.UNDO_SECONDS + 1)
    assert not page().expander
    assert annotations.restore(scheduler.store(), [run]) == []


def test_csv_has_a_row_for_every_event() -> None:
    """Reports and epochs of the chosen runs with their own numbers; a name is never a formula."""
    run = recorded(0.9, name="=1+1")
    parsed = list(csv.DictReader(io.StringIO(actions._csv((run,)).decode("utf-8-sig"))))
    assert [(row["kind"], row["epoch"], row["step"]) for row in parsed] == [
        ("step", "1", "12"),
        ("epoch", "1", "12"),
        ("step", "2", "24"),
        ("epoch", "2", "24"),
    ]
    assert (parsed[3]["test_accuracy"], parsed[3]["loss"], parsed[2]["loss"]) == ("0.9", "", str(2.3 / 3))
    assert parsed[0]["name"] == "'=1+1"
    assert as_csv([]).count("\n") == 1


@pytest.mark.usefixtures("sleepy_workers")
def test_the_box_of_a_run_edits_it() -> None:
    """Name, tags and notes are saved; its settings and where it comes from are listed."""
    parent = recorded()
    store = scheduler.store()
    run = store.add(TrainConfig(seed=4), Origin(LIN, parent=parent))
    app = page()
    app.session_state["runs_open"] = run
    said = texts(app.run())
    assert texts(app.run()) == said  # drawn anew for whatever reason, it stays
    assert f"run {parent}" in said
    assert '<th scope="row">Seed</th><td>4</td>' in said
    app.text_input(key=f"runs_name_{run}").set_value("better")
    app.text_area(key=f"runs_notes_{run}").set_value("two\nlines")
    [save] = [button for button in app.button if button.label == "Save"]
    save.click().run()
    record = scheduler.store().record(run)
    assert (record.name, record.notes) == ("better", "two\nlines")
    assert not [button for button in app.run().button if button.label == "Save"]

"""The page Runs: the list, the chart and the differences are the store's; what is done to runs reaches it."""

from __future__ import annotations

import csv
import io
import json
import re
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.engine.card import card_path, epoch_path
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.events import EpochEnd, Event, LrScaleChanged, Progress, RunEnd, RunStarted
from cnnviz.models.editor.blueprint import Blueprint
from cnnviz.models.editor.formats import to_line
from cnnviz.models.editor.row import Row
from cnnviz.runs import annotations, scheduler
from cnnviz.runs.export import as_csv
from cnnviz.runs.run import Origin, Status
from cnnviz.ui.runs import actions
from cnnviz.ui.shared import selected_run
from tests.conftest import REPOSITORY
from tests.polling import PATIENCE
from tests.runs.conftest import close_store, fake_workers  # noqa: F401 - fixtures

pytestmark = pytest.mark.usefixtures("fake_workers", "close_store")

LIN = "1" * 32
STARTED = RunStarted("cpu", "CPU, 2 cores", 61_706, 1437, 360, 12, 5, 1)
GOOD, BAD = ((36, 0), (1, 35)), ((30, 6), (4, 32))


def told(accuracy: float, epochs: int = 2, confusion: tuple[tuple[int, ...], ...] = GOOD) -> list[Event]:
    """Each epoch one report and its end; the accuracy rises to `accuracy`."""
    events: list[Event] = [STARTED]
    for epoch in range(1, epochs + 1):
        reached = accuracy - 0.1 * (epochs - epoch)
        events += [Progress(epoch, 12, 12, 2.3 / (epoch + 1), 0.005, 1234.0, epoch * 1.0, 9.5)]
        events += [EpochEnd(epoch, 0.4 / epoch, 0.9, 0.5 / epoch, reached, confusion, 1.5, 1234.0)]
    return [*events, RunEnd("finished", epochs, 3.0)]


def recorded(
    accuracy: float = 0.9,
    status: Status = "finished",
    owner: str = "",
    name: str = "",
    confusion: tuple[tuple[int, ...], ...] = GOOD,
    **config: object,
) -> int:
    """A run in the store that has come this far, and that no process has."""
    store = scheduler.store()
    run, token = store.add_here(TrainConfig(**{"epochs": 2, **config}), Origin(owner, name))  # type: ignore[arg-type]
    for event in told(accuracy, confusion=confusion):
        store.append(run, token, event)
    store.end(run, token, status)
    return run


def page(**query: str) -> AppTest:
    """The page, run once, with a link's parameters."""
    app = AppTest.from_file(REPOSITORY / "pages" / "runs.py", default_timeout=PATIENCE)
    app.query_params.update(query)
    return app.run()


def data(app: AppTest, key: str) -> dict:
    """The data handed to the component with this key."""
    [found] = [each.proto for each in app.get("bidi_component") if key in each.proto.id]
    return json.loads(found.json)[0]


def overlay(app: AppTest) -> Any:
    """The chart of the chosen runs, as it is sent."""
    [found] = [each.proto for each in app.get("plotly_chart") if "runs_overlay" in each.proto.id]
    return found


def chart(app: AppTest) -> list[dict]:
    """The lines of the chart, one for each run."""
    return [line for line in json.loads(overlay(app).spec)["data"] if "meta" in line]


def drawn(app: AppTest) -> list[int]:
    return [line["meta"] for line in chart(app)]


def texts(app: AppTest) -> str:
    """Everything the page says, its own HTML included."""
    blocks = [*app.markdown, *app.caption, *app.error, *app.warning, *app.info]
    return "\n".join([*(str(block.value) for block in blocks), *(block.proto.body for block in app.get("html"))])


def rows(app: AppTest) -> list[int]:
    return [row["id"] for row in data(app, "runs_ledger")["rows"]]


@pytest.mark.slow
def test_an_empty_store_is_no_error() -> None:
    """Before the first training the list is there, empty, in words; nothing else."""
    app = page()
    assert not app.exception
    assert (data(app, "runs_ledger")["total"], rows(app)) == (0, [])
    assert data(app, "runs_ledger")["none"].startswith("No run yet. Train one")
    assert data(page(runs_text="x"), "runs_ledger")["none"].startswith("No run is like that. Take a filter")
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
    row = data(app, "runs_ledger")["rows"][1]
    assert data(app, "runs_ledger")["rows"][0]["called"] == f"Run {waiting}"  # network and data have their columns
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
    assert "runs\\_sweep = 77, which is nothing that is here" in warning.value
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
    assert [row["line"] for row in data(app, "runs_ledger")["rows"]] == [0, None, 1]
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


def test_what_differs_is_named_and_marked() -> None:
    """Only settings that differ are in the table; values other than the usual one are highlighted."""
    runs = [recorded(0.9), recorded(0.95, optimizer="sgd"), recorded(0.8, seed=3, label_smoothing=0)]
    said = texts(page(runs=",".join(map(str, runs))))
    assert (
        "They differ in <b>Learning rate</b>, <b>Optimizer</b>, <b>Weight decay</b>, <b>Seed</b>, <b>Momentum</b>;"
        in said
    )
    table = said[said.index("<caption>What differs") :]
    assert '<td class="rn-odd" title="SGD">SGD</td>' in table
    assert '<td class="rn-odd" title="3">3</td>' in table
    assert '<td class="" title="AdamW">AdamW</td>' in table
    assert "Batch size" not in table
    assert "Label smoothing" not in table  # 0 and 0.0 are the same
    assert '<td class="rn-best" title="95.00%">95.00%</td>' in table


def test_options_of_the_network_differ_one_by_one() -> None:
    """By name, with what the network has by itself where nothing was said; "–" where it has no such option."""
    models = ({"model_options": '{"dropout": 0.5}'}, {}, {"model": "resnet-small"})
    runs = [recorded(**options) for options in models]
    said = texts(page(runs=",".join(map(str, runs))))
    row = said[said.index(">Dropout</th>") :]
    row = row[: row.index("</tr>")]
    assert [cell in row for cell in (">0.5</td>", ">0</td>", ">–</td>")] == [True] * 3
    assert "{&quot;dropout" not in said


def test_networks_of_ones_own_differ_in_words() -> None:
    """By name and rows, not by the text they are kept as; those that read the same are told apart by a number."""
    networks = [
        Blueprint("mine", (1, 8, 8), 10, (Row.of("flatten"), Row.of("linear", out_features=size), Row.of("linear")))
        for size in (5, 6)
    ]
    runs = [recorded(model="own", blueprint=to_line(network)) for network in networks]
    said = texts(page(runs=",".join(map(str, runs))))
    assert "They differ in <b>Network of one&#x27;s own</b>;" in said
    assert [f">mine, 3 rows ({number})</td>" in said for number in (1, 2)] == [True, True]
    assert "input_size" not in said


def test_the_list_says_which_runs_are_ones_own() -> None:
    """As the page Training does: nobody knows that he is visitor 3."""
    app = page()
    mine, others = recorded(owner=app.session_state["visitor_id"]), recorded(owner=LIN)
    whose = {row["id"]: row["who"] for row in data(app.run(), "runs_ledger")["rows"]}
    assert whose[mine] == "yours"
    assert whose[others].startswith("Visitor ")


def test_a_run_without_a_name_is_offered_to_be_named() -> None:
    """The name it is kept under, "lenet5-digits", is a code; left empty it stays so."""
    run = recorded()
    app = page()
    app.session_state["runs_open"] = run
    box = app.run().text_input(key=f"runs_name_{run}")
    assert (box.value, box.placeholder) == ("", "LeNet-5 · Digits 8 × 8")
    [save] = [button for button in app.button if button.label == "Save"]
    save.click().run()
    assert scheduler.store().record(run).name == "lenet5-digits"


def turned_run() -> int:
    """Two epochs, gone on after the first with ten times the rate, turned back in the middle of the second."""
    run = recorded()
    store = scheduler.store()
    store.ask_resume_from(run, 1, lr_scale=10.0)
    start = store.claim_next(9, lambda holder: False)
    assert start is not None
    later = [
        replace(STARTED, first_epoch=2),
        LrScaleChanged(2, 0, 10.0),
        *told(0.8)[3:4],
        LrScaleChanged(2, 6, 1.0),
        *told(0.8)[4:],
    ]
    for event in later:
        store.append(run, start.token, event)
    store.end(run, start.token, "finished")
    return run


def test_what_was_done_by_hand_differs() -> None:
    """A turned learning rate and going on from an epoch are no settings, but named, in the table and in the box."""
    plain, turned = recorded(), turned_run()
    app = page(runs=f"{plain},{turned}")
    said = texts(app)
    assert "They differ in <b>Learning rate turned</b>, <b>Resumed after</b>; the other" in said
    table = said[said.index("<caption>What differs") :]
    assert '<td class="rn-odd" title="×10 at epoch 1, ×1 at epoch 1.5">' in table
    assert '<td class="rn-odd" title="epoch 1">epoch 1</td>' in table
    app.session_state["runs_open"] = turned
    assert '<th scope="row">Learning rate turned</th><td>×10 at epoch 1, ×1 at epoch 1.5</td>' in texts(app.run())
    assert "Learning rate turned" not in texts(page(runs=f"{plain},{recorded()}"))


def test_the_box_names_each_thing_once() -> None:
    """One row a name; what Training calls initial weights is called so here, their fingerprint is explained."""
    run = turned_run()
    app = page()
    app.session_state["runs_open"] = run
    said = texts(app.run())
    names = re.findall(r'<th scope="row">(.*?)</th>', said)
    assert sorted(names) == sorted(set(names))
    assert {"Initial weights", "Fingerprint of the initial weights"} <= set(names)
    assert "The fingerprint is worked out from the weights" in said


def test_equal_runs_say_so() -> None:
    """No setting differs: one sentence."""
    runs = [recorded(), recorded()]
    assert "All settings are the same." in texts(page(runs=f"{runs[0]},{runs[1]}"))


def test_equal_initial_weights_are_proved_by_their_files() -> None:
    """The fingerprint of the weights before the first step says whether two runs began alike."""
    runs = [recorded(), recorded(seed=1)]
    for run, digest in zip(runs, ("a" * 64, "b" * 64), strict=True):
        write_card(run, digest)
    said = texts(page(runs=f"{runs[0]},{runs[1]}"))
    assert "They began with different initial weights." in said
    assert "<code>aaaaaaaa</code>" in said
    write_card(runs[1], "a" * 64)
    assert "They began with the very same initial weights." in texts(page(runs=f"{runs[0]},{runs[1]}"))


def write_card(run: int, digest: str) -> None:
    card = json.loads((REPOSITORY / "checkpoints" / "lenet5-mnist.json").read_text(encoding="utf-8"))
    path = card_path(epoch_path(scheduler.store().record(run).directory, 0))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**card, "sha256": digest}), encoding="utf-8")


def test_the_difference_of_two_matrices_is_in_words_and_cells() -> None:
    """From the first chosen run to the second, mistakes counted by hand."""
    bad, good = recorded(0.8, confusion=BAD), recorded(0.9, confusion=GOOD)
    app = page(runs=f"{bad},{good}")
    said = texts(app)
    assert f"<b>Run {good} makes 9 mistakes fewer than run {bad}.</b>" in said
    assert "Most of all: 6 fewer 0 taken for 1, 3 fewer 1 taken for 0." in said
    matrix = data(app, "runs_matrix")
    assert (matrix["before"], matrix["counts"]) == ([list(row) for row in BAD], [list(row) for row in GOOD])
    assert matrix["strings"]["fewer"].startswith(f"{{difference}} fewer in run {good} than in run {bad}")


def test_runs_on_other_data_are_not_compared() -> None:
    """A matrix of other pictures: one sentence, no matrix."""
    one, other = recorded(), recorded(confusion=((10, 0, 0), (0, 10, 0), (0, 0, 10)), data="mnist")
    app = page(runs=f"{one},{other}")
    assert "only mistakes on the same pictures can be compared" in texts(app)
    assert not [each for each in app.get("bidi_component") if "runs_matrix" in each.proto.id]


def test_the_two_runs_can_be_chosen() -> None:
    """The boxes decide which matrix is taken from which, and the link keeps it."""
    runs = [recorded(confusion=BAD), recorded(), recorded(confusion=BAD)]
    chosen = ",".join(map(str, runs))
    app = page(runs=chosen, runs_from=str(runs[1]), runs_to=str(runs[2]))
    assert f"<b>Run {runs[2]} makes 9 mistakes more than run {runs[1]}.</b>" in texts(app)
    app = page(runs=chosen)
    box = next(box for box in app.selectbox if box.label == "to run")
    box.select(runs[2]).run()
    assert app.query_params["runs_to"] in (str(runs[2]), [str(runs[2])])
    assert "Both runs make equally many mistakes" in texts(app)


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


def test_the_leaderboard_ranks_visitors() -> None:
    """Best first, equals share a place, one's own row is marked, names can be given."""
    store = scheduler.store()
    annotations.call_visitor(store, LIN, "Lin")
    recorded(0.9, owner=LIN)
    recorded(0.95, owner=LIN)
    app = page(runs_view="board")
    mine = app.session_state["visitor_id"]
    recorded(0.95, owner=mine)
    [box] = [box for box in app.text_input if box.label == "Your name on the board"]
    box.set_value("Wang <b>").run()
    assert annotations.visitor(store, mine).name == "Wang <b>"
    said = texts(app)
    assert "Wang &lt;b&gt; (you)" in said
    cells = re.findall(r'<tr class="(.*?)"><td class="rn-number">(\d+)</td><td class=""><b>(.*?)</b>', said)
    assert cells == [("", "1", "Lin"), ("rn-tr-mine", "1", "Wang &lt;b&gt; (you)")]
    assert "95.00%" in said


@pytest.mark.slow
def test_visitors_are_numbered_by_their_first_run() -> None:
    """Without gaps: neither a second run nor a look at the board takes a number."""
    page(runs_view="board")
    owners = ["2" * 32, "2" * 32, "3" * 32, "2" * 32, "4" * 32]
    runs = [recorded(owner=owner) for owner in owners]
    assert [scheduler.store().record(run).visitor for run in runs] == [1, 1, 2, 1, 3]
    app = page(runs_view="board")
    [box] = [box for box in app.text_input if box.label == "Your name on the board"]
    assert box.placeholder == ""
    box.set_value("Wang").run()
    assert annotations.visitor(scheduler.store(), app.session_state["visitor_id"]) == annotations.Visitor(4, "Wang")


def test_the_board_without_runs_invites() -> None:
    """Nobody has finished an epoch: a sentence, no table."""
    assert "Be the first." in texts(page(runs_view="board"))


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
    assert data(app, "runs_ledger")["rows"][0]["statusText"] == "已完成"
    assert app.slider(key="runs_overlay_smooth").label == "平滑"

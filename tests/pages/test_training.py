"""The page Training: what is typed is what is trained, every visitor sees the same run, nothing absurd starts."""

from __future__ import annotations

import dataclasses
import json
import os
import sys

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.base.errors import MissingDataError
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.events import (
    FASTEST,
    ComputeMode,
    EpochEnd,
    Event,
    LrScaleChanged,
    Progress,
    RunEnd,
    RunStarted,
    Trial,
)
from cnnviz.models.registry import MODELS
from cnnviz.models.zoo import MODEL_NAMES
from cnnviz.runs import annotations as run_notes
from cnnviz.runs import process, scheduler
from cnnviz.runs.history import History
from cnnviz.runs.run import Status
from tests.conftest import REPOSITORY
from tests.polling import PATIENCE, until
from tests.runs.conftest import close_store, fake_workers, until_status  # noqa: F401 - fixtures

pytestmark = pytest.mark.usefixtures("fake_workers", "close_store")


def page(**query: str) -> AppTest:
    """The page, run once, with a link's parameters."""
    app = AppTest.from_file(REPOSITORY / "pages" / "training.py", default_timeout=PATIENCE)
    app.query_params.update(query)
    return app.run()


def train(app: AppTest) -> AppTest:
    return app.button(key="training_train").click().run()


def texts(app: AppTest) -> str:
    """Everything the page says, its own HTML included."""
    blocks = [*app.markdown, *app.caption, *app.error, *app.warning, *app.info]
    return "\n".join([*(str(block.value) for block in blocks), *(block.proto.body for block in app.get("html"))])


def buttons(app: AppTest) -> set[str]:
    others = ("training_open", "training_rate", "training_from", "training_preset")
    return {button.key for button in app.button if button.key and not button.key.startswith(others)}


def chart(app: AppTest, key: str) -> dict:
    """The data handed to the component with this key."""
    [found] = [each.proto for each in app.get("bidi_component") if key in each.proto.id]
    return json.loads(found.json)[0]


STARTED = RunStarted("cpu", "CPU, 2 cores", 61_706, 1437, 360, 12, 5, 1)
CONFUSION = ((30, 6), (0, 36))
FIVE = TrainConfig(epochs=5)


def told(epochs: int = 2, end: RunEnd | None = None) -> list[Event]:
    """What a run of `epochs` epochs, and half of the next, has told."""
    events: list[Event] = [STARTED]
    for epoch in range(1, epochs + 1):
        events += [Progress(epoch, 12, 12, 2.3 / (epoch + 1), 0.005, 1234.0, epoch * 1.0, 9.5)]
        events += [EpochEnd(epoch, 0.4 / epoch, 0.9, 0.5 / epoch, 0.9 + 0.01 * epoch, CONFUSION, 61.0, 1234.0)]
    return [*events, end or Progress(epochs + 1, 6, 12, 0.25, 0.005, 1234.0, 3.0, 200.0)]


def recorded(
    status: Status,
    events: list[Event] | None = None,
    error: MissingDataError | None = None,
    config: TrainConfig = FIVE,
) -> int:
    """A run in the store that has come this far, and that no process has."""
    store = scheduler.store()
    run, token = store.add_here(config)
    for event in told() if events is None else events:
        store.append(run, token, event)
    if status == "interrupted":
        store.interrupt(run, token)
    elif status == "paused":
        store.ask_pause(run)
        store.set_paused(run, token)
        store.release_paused(run, token)
    else:
        store.end(run, token, status, error)
    return run


def test_a_run_with_a_name_is_shown_by_it() -> None:
    """A name given on the page Runs stands in the heading, as it was typed; the usual one says nothing new."""
    run = recorded("finished")
    assert "<h2>Run 1</h2>" in texts(page())
    run_notes.rename(scheduler.store(), run, "<b>first</b> try")
    assert "<h2>Run 1 <small>&lt;b&gt;first&lt;/b&gt; try</small></h2>" in texts(page())


def test_the_names_without_torch_are_the_models() -> None:
    """What the form lists before torch is there is exactly what the registry has."""
    assert tuple(MODELS) == MODEL_NAMES


def test_the_first_visit_invites_and_one_click_trains() -> None:
    """With nothing touched, Train starts LeNet-5 on the embedded digits."""
    app = page()
    assert "Nothing has been trained here yet" in texts(app)
    train(app)
    [record] = scheduler.store().records()
    assert record.config == TrainConfig()
    assert (record.config.model, record.config.data) == ("lenet5", "digits")
    assert app.query_params["training_run"] in ("1", ["1"])
    assert "Run 1 is training." in [each.value for each in app.caption]
    assert buttons(app) == {"training_train", "training_pause", "training_stop"}


def beside_the_button(app: AppTest) -> list[str]:
    """What is said of the run that was started here."""
    return [each.value for each in app.caption if each.value.startswith("Run ")]


def test_what_is_said_of_a_run_follows_its_state() -> None:
    """Waiting with its place in the queue, training, paused, ended, deleted."""
    others = [scheduler.submit(TrainConfig(epochs=500, seed=seed), f"{seed:032x}") for seed in (7, 8)]
    app = train(page(training_epochs="500"))
    assert beside_the_button(app) == ["Run 3 waits: number 2 in the queue."]
    scheduler.stop(others[1])
    assert beside_the_button(app.run()) == ["Run 3 waits for the run that is training now: it is next."]
    scheduler.stop(others[0])
    until_status(others[0], "stopped")
    scheduler.dispatch()
    assert beside_the_button(app.run()) == ["Run 3 is training."]
    scheduler.pause(3)
    until_status(3, "paused")
    assert beside_the_button(app.run()) == ["Run 3 is paused."]
    scheduler.stop(3)
    until_status(3, "stopped")
    assert beside_the_button(app.run()) == ["Run 3 has ended: stopped."]
    run_notes.delete(scheduler.store(), [3])
    assert beside_the_button(app.run()) == []


def test_a_missing_data_set_is_said_and_starts_nothing() -> None:
    """One sentence that names the page Data and the way without a network; no button that does nothing."""
    for query in ({"training_data": "mnist"}, {"training_preset": "lesson-lenet"}):
        app = page(**query)
        assert app.button(key="training_train").disabled
        [error] = app.error
        assert "is not on this machine yet: fetch it on the page Data, or train on digits" in error.value
        assert app.get("plotly_chart")  # the schedule; the rest of the form is as ever
        assert "--data mnist" in next(each.value for each in app.get("code"))
    assert scheduler.store().records() == []


def test_a_double_click_is_one_run() -> None:
    """Two quick clicks on Train start one run; other settings are another run."""
    app = train(train(page()))
    assert len(scheduler.store().records()) == 1
    app.number_input(key="training_seed").set_value(1.0).run()
    train(app)
    assert [record.config.seed for record in scheduler.store().records()] == [1, 0]


def test_every_visitor_sees_the_same_run_and_can_control_it() -> None:
    """Without a link the newest run that trains is shown; pause, resume and stop work from any session."""
    run = scheduler.submit(TrainConfig(epochs=500))
    one, other = page(), page()
    one.button(key="training_pause").click().run()
    until_status(run, "paused")
    assert buttons(other.run()) == {"training_train", "training_resume", "training_stop"}
    other.button(key="training_resume").click().run()
    until_status(run, "running")
    one.run().button(key="training_stop").click().run()
    until_status(run, "stopped")
    assert "Stopped after" in texts(other.run())
    assert buttons(other) == {"training_train", "training_again"}


@pytest.mark.parametrize(
    ("status", "sentence", "expected"),
    [
        (
            "paused",
            "Paused. Its memory was given back: Resume goes on after epoch 2",
            {"training_resume", "training_stop"},
        ),
        ("interrupted", "Resume goes on with epoch 3 of 5.", {"training_resume", "training_stop"}),
        ("stopped", "Stopped after 2 of 5 epochs.", {"training_again"}),
        ("finished", "Finished: 92.0% of the test pictures right.", {"training_again"}),
    ],
)
def test_each_state_says_what_one_can_do(status: Status, sentence: str, expected: set[str]) -> None:
    """One sentence for each state, and only the buttons that make sense in it."""
    recorded(status)
    app = page()
    assert sentence in texts(app)
    assert buttons(app) == {"training_train", *expected}


def test_a_failure_is_its_sentence() -> None:
    """A failed run shows what went wrong, and can be resumed when it is fixed."""
    recorded("failed", [], MissingDataError("{title} is not on this machine.", title="MNIST"))
    app = page()
    assert "MNIST is not on this machine." in texts(app)
    assert buttons(app) == {"training_train", "training_resume", "training_stop"}


def test_a_run_that_learned_nothing_says_so() -> None:
    """Finished at the level of guessing is not called a success."""
    guessed = EpochEnd(1, 2.3, 0.1, 2.3, 0.1, CONFUSION, 1.0, 900.0)
    recorded("finished", [STARTED, guessed, RunEnd("finished", 1, 1.0)])
    assert "Finished, but no better than guessing: 10.0% right." in texts(page())


def test_the_queue_is_told() -> None:
    """A waiting run says where in the queue it is."""
    scheduler.submit(TrainConfig(epochs=500))
    waiting = [scheduler.submit(TrainConfig(epochs=2, seed=seed)) for seed in (1, 2)]
    assert "it is next" in texts(page(training_run=str(waiting[0])))
    assert "Waits: number 2 in the queue." in texts(page(training_run=str(waiting[1])))


def test_figures_charts_and_confusion_matrix_are_the_run_s_own() -> None:
    """What is shown are the recorded numbers."""
    recorded("stopped")
    app = page()
    said = texts(app)
    for figure in ("92.0%", "0.250", "1,234", "2 min 02 s"):
        assert f">{figure}<" in said
    loss = chart(app, "training_loss")
    assert loss["lines"][0]["x"] == [1.0, 2.0, 2.5]
    assert loss["lines"][0]["y"] == [1.15, 0.7667, 0.25]
    assert loss["lines"][2]["y"] == [0.5, 0.25]
    assert loss["alt"] == (
        "Loss on the training pictures: 1.150 at first, now 0.251; on the test pictures 0.250 after epoch 2."
    )
    accuracy = chart(app, "training_accuracy")
    assert [line["y"] for line in accuracy["lines"]] == [[0.9, 0.9], [0.91, 0.92]]
    assert "92.0% after epoch 2" in accuracy["alt"]
    strip = chart(app, "training_rate_strip")
    assert strip["lines"][0]["y"] == [0.005] * 3
    assert strip["x"] == loss["x"] | {"title": ""}


def test_the_list_opens_runs() -> None:
    """The list shows everybody's runs; a click shows one, and puts it into the link."""
    first, second = recorded("stopped"), recorded("finished", told(3))
    app = page()
    assert "finished · LeNet-5 · Digits 8 × 8 · 93.0%" in texts(app)
    app.button(key=f"training_open_{first}").click().run()
    assert app.query_params["training_run"] in (str(first), [str(first)])
    assert "Stopped after 2 of 5 epochs." in texts(app)
    assert f"training_open_{second}" in {button.key for button in app.button}


@pytest.mark.parametrize("wanted", ["999", "-1", "abc", "9" * 40, "1 OR 1=1", "²"])
def test_a_link_to_no_run_shows_the_newest(wanted: str) -> None:
    """A stale or broken link is no error."""
    recorded("stopped")
    app = page(training_run=wanted)
    assert not app.exception
    assert "Stopped after 2 of 5 epochs." in texts(app)


def test_a_look_at_the_run_leaves_the_link_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is in the link is not sent again: on the way to another page it would replace that page's own link."""
    from streamlit.runtime.state.query_params import QueryParams

    app = page(training_run=str(recorded("stopped")))
    sent: list[str] = []
    monkeypatch.setattr(QueryParams, "_send_query_param_msg", lambda self: sent.append(str(self)))
    app.run()
    assert sent == []


def test_again_starts_the_same_once_more() -> None:
    """Again submits the shown run's settings and shows the new one."""
    run = recorded("finished")
    app = page()
    app.button(key="training_again").click().run()
    assert scheduler.store().records()[0].config == scheduler.store().record(run).config
    assert app.query_params["training_run"] in ("2", ["2"])


def test_a_home_that_cannot_be_used_is_a_sentence(own_home, monkeypatch: pytest.MonkeyPatch) -> None:
    """The controls stay, and what is wrong is said; no traceback."""
    (own_home / "file").write_text("in the way")
    monkeypatch.setenv("CNNVIZ_HOME", str(own_home / "file" / "home"))
    app = train(page())
    assert not app.exception
    assert app.number_input(key="training_epochs").value == 10
    assert "set CNNVIZ_HOME to a folder of your own" in app.error[0].value


def test_chinese_is_complete_on_this_page() -> None:
    """Controls, states and errors in Chinese."""
    recorded("stopped")
    app = page(lang="zh", training_epochs="0")
    assert [app.number_input(key="training_epochs").label, app.selectbox(key="training_data").label] == [
        "轮数",
        "数据集",
    ]
    assert "已停止，完成了 2 轮（共 5 轮）。" in texts(app)
    assert [error.value for error in app.error] == ["轮数必须是 1 到 1000 之间的整数。现在是 0，可以试试 1。"]


def test_a_poll_is_cheap() -> None:
    """A look at a run does not read again what was read before."""
    from cnnviz.runs.history import Follower

    asked: list[int] = []

    def read(seq: int) -> list[tuple[int, Event]]:
        asked.append(seq)
        return list(enumerate(told(), 1)) if seq == 0 else []

    follower = Follower(read)
    assert follower.history() is follower.history()
    assert asked == [0, len(told())]


@pytest.mark.slow
def test_the_form_alone_needs_no_torch() -> None:
    """The modules behind the page do not import torch by themselves."""
    import subprocess

    program = "import sys, cnnviz.ui.training.live, cnnviz.ui.training.form.view; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=REPOSITORY, check=False).returncode == 0


def log(app: AppTest) -> list[str]:
    """The lines of the log."""
    return [text for _kind, text in chart(app, "training_log")["lines"]]


def test_before_the_first_report_no_batches_are_counted() -> None:
    """While PyTorch is loaded nobody knows how many there are: not "batch 0 of 1"."""
    run, _token = scheduler.store().add_here(FIVE)
    words = chart(page(training_run=str(run)), "training_place")["words"]
    assert (words["batch"], words["batchCell"], words["sentence"]) == (
        "Batches of this epoch",
        ["", ""],
        "Epoch, batch, step",
    )


def test_the_place_in_epoch_and_run_is_what_was_reported() -> None:
    """Half of epoch 3 of 5: both strips, and how many pictures make how many batches."""
    recorded("stopped")
    place = chart(page(), "training_place")
    assert [place[name] for name in ("epoch", "epochs", "done", "step", "steps")] == [3, 5, 2.5, 6, 12]
    assert place["words"]["sentence"] == ("1,437 pictures = 12 batches of 64, 669 left out: 12 steps an epoch.")


def test_an_epoch_that_is_done_fills_both_strips() -> None:
    """After the last epoch nothing is left open, also before the next has told anything."""
    recorded("finished", told(5)[:-1])
    place = chart(page(), "training_place")
    assert (place["epoch"], place["done"], place["step"]) == (5, 5.0, 12)
    assert place["words"]["epoch"] == "All {epochs} epochs are done"


def test_a_run_that_goes_on_speaks_of_where_it_goes_on() -> None:
    """Before its process has begun: epoch 3 of 5, its figures, and no time left of the segment that is over."""
    run = recorded("finished", [*told(5)[:-1], RunEnd("finished", 5, 9.0)])
    store = scheduler.store()
    store.ask_resume_from(run, 3)
    assert store.claim_next(1, lambda _holder: False) is not None
    app = page()
    place = chart(app, "training_place")
    assert (place["words"]["epoch"], place["epoch"], place["done"]) == ("Epoch {epoch} of {epochs}", 3, 3.0)
    assert ">93.0%<" in texts(app)
    assert "Time left" not in texts(app)


@pytest.mark.slow
def test_the_learning_rate_is_changed_by_anybody() -> None:
    """A button multiplies what is in force; two quick clicks add up; everybody sees it; ×1 is the schedule again."""
    run = scheduler.submit(TrainConfig(epochs=500))
    until(lambda: scheduler.store().record(run).seq > 3)
    one, other = page(), page()
    scheduler.store().ask_lr_scale(run, 0.5)
    until(lambda: scheduler.store().record(run).lr_scale == 0.5)
    one.button(key="training_rate_tenth").click().run()
    until(lambda: scheduler.store().record(run).lr_scale == 0.05)
    assert "= schedule ÷20" in texts(other.run())
    other.button(key="training_rate_schedule").click().run()
    until(lambda: scheduler.store().record(run).lr_scale == 1.0)
    assert "= schedule ×1" in texts(one.run())
    assert one.button(key="training_rate_schedule").disabled
    assert [each["text"] for each in chart(one, "training_loss")["lrScales"]] == ["÷2", "÷20", "×1"]


def test_too_large_a_scale_is_one_sentence_and_no_change() -> None:
    """Beyond ×1000 the run stays as it is; the sentence goes with the next good one."""
    run = scheduler.submit(TrainConfig(epochs=500))
    until(lambda: scheduler.store().record(run).seq > 3)
    scheduler.store().ask_lr_scale(run, 200.0)
    until(lambda: scheduler.store().record(run).lr_scale == 200.0)
    app = page()
    app.button(key="training_rate_tenfold").click().run()
    assert [error.value for error in app.error] == [
        "The learning rate can be changed from ÷1000 to ×1000 of the schedule's. Got ×2000; it stays at ×200."
    ]
    assert scheduler.store().record(run).asked_lr_scale is None
    app.button(key="training_rate_tenth").click().run()
    assert list(app.error) == []


def test_the_log_speaks_as_the_lesson_does() -> None:
    """Batches of the newest epochs, what was changed, the end of every epoch, and at last each class."""
    events = told(2)[:-1]
    events.insert(1, LrScaleChanged(1, 4, 0.1))
    recorded("finished", [*events, RunEnd("finished", 2, 122.0)])
    assert log(page()) == [
        "Training starts on CPU, 2 cores: 61,706 weights, 1,437 training pictures, 360 test pictures",
        "Epoch 1/5, batch 5: the learning rate is changed to ÷10 of the schedule's",
        "Epoch 1/5, batch 12/12, loss 1.1500",
        "After epoch 1: test loss 0.5000, 66 of 72 right (91.00%)",
        "Epoch 2/5, batch 12/12, loss 0.7667",
        "After epoch 2: test loss 0.2500, 66 of 72 right (92.00%)",
        "Test accuracy of 0: 83% (30/36)",
        "Test accuracy of 1: 100% (36/36)",
        "Test accuracy (overall): 91% (66/72)",
    ]


@pytest.mark.parametrize(
    ("lang", "box", "about", "said"),
    [
        (
            "en",
            ("Number format", ["float32", "the fastest here", "TF32", "bfloat16"]),
            "the fastest here: float32 or bfloat16, whichever is faster here: measured as the run begins, and kept",
            "Chosen by timing a hundred pictures forwards and backwards: bfloat16, 1 thread: 5.4 ms; "
            "float32, 1 thread: 9 ms; bfloat16, 2 threads: not possible for this network",
        ),
        (
            "zh",
            ("数值格式", ["float32", "本机最快", "TF32", "bfloat16"]),
            "本机最快：float32 或 bfloat16，哪个在本机更快就用哪个：训练开始时实测，之后不变",
            "按一百张图片前向加反向一次的实测用时选定：bfloat16（1 个线程）：5.4 毫秒；float32（1 个线程）：9 毫秒；"
            "bfloat16（2 个线程）：不适用于这个网络",
        ),
    ],
)
def test_the_fastest_compute_mode_is_said(lang: str, box: tuple[str, list[str]], about: str, said: str) -> None:
    """By its name in the form, also where the preset Fast has chosen it; what was measured is the log's second line."""
    trials = (Trial("bfloat16", 1, 5.4), Trial("float32", 1, 9.0), Trial("bfloat16", 2, None))
    started = dataclasses.replace(STARTED, compute_mode=ComputeMode("bfloat16", 1, trials))
    recorded("finished", [started, RunEnd("finished", 5, 1.0)], config=TrainConfig(epochs=5, precision=FASTEST))
    for query in ({"training_precision": FASTEST}, {"training_preset": "fast"}):
        app = page(lang=lang, **query)
        found = app.selectbox(key="training_precision")
        assert (found.label, found.options, found.value) == (*box, FASTEST)
        assert about in [caption.value for caption in app.caption]
        assert log(app)[1] == said


def test_the_log_of_a_long_run_is_short() -> None:
    """Every tenth of the newest epochs, and at most a hundred epochs before."""
    from cnnviz.runs.history import extend
    from cnnviz.ui.training.log import lines

    reports = [
        Progress(epoch, step, 600, 0.5, 0.1, 1.0, 1.0, 1.0) for epoch in range(140, 151) for step in range(1, 601)
    ]
    ends = [EpochEnd(epoch, 0.4, 0.9, 0.5, 0.9, CONFUSION, 1.0, 1.0) for epoch in range(1, 150)]
    run = recorded("stopped", [])
    history = extend(History(), enumerate([STARTED, *ends, *reports], 1))
    said = [text for _kind, text in lines(scheduler.store().record(run), history)]
    assert len(said) == 1 + 1 + 100 + 3 * 10
    assert said[1].startswith("… the first 49 epochs are left out here")
    assert said[-1] == "Epoch 150/5, batch 600/600, loss 0.5000"


def test_a_run_whose_patience_ran_out_says_so() -> None:
    """It is no ordinary end: the best epoch is named, with what the network could do then."""
    config = TrainConfig(epochs=5, patience=2, held_out=0.1)
    recorded("finished", [*told(3)[:-1], RunEnd("early", 3, 9.0, best_epoch=1)], config=config)
    recorded("stopped")
    app = page(training_run="1")
    assert (
        "Ended early, after epoch 3 of 5: since epoch 1 the loss on the held-out pictures had not become smaller "
        "(patience 2). After epoch 1: 91.0% of the test pictures right."
    ) in texts(app)
    assert "ended early, best epoch 1 · LeNet-5 · Digits 8 × 8" in texts(app)


def test_where_a_loss_broke_is_said() -> None:
    """A diverged run names epoch and step, and the rate to try."""
    recorded("diverged", told(2, RunEnd("diverged", 2, 9.0, 3, 7)))
    assert "The loss stopped being a number in step 7 of epoch 3. Try a learning rate of 0.0005" in texts(page())


def test_a_pause_says_how_long_the_memory_stays() -> None:
    """While the paused process lives: its memory, and for how many minutes."""
    store = scheduler.store()
    run, token = store.add_here(FIVE)
    store.register(run, token, os.getpid(), process.identity(os.getpid()))
    for event in (STARTED, Progress(1, 6, 12, 0.2, 0.1, 1.0, 1.0, 1.0, memory_bytes=412_000_000)):
        store.append(run, token, event)
    store.ask_pause(run)
    store.set_paused(run, token)
    assert "Its memory (412.0 MB) stays reserved for 15 more minutes" in texts(page())
    store.end(run, token, "stopped")


@pytest.mark.slow
def test_one_goes_on_from_an_epoch_that_was_kept() -> None:
    """The question names what is replaced; only after yes does the run go on, at the rate that was chosen."""
    run = scheduler.submit(TrainConfig(epochs=500))
    until(lambda: scheduler.store().record(run).epochs_done >= 3)
    scheduler.stop(run)
    done = until_status(run, "stopped").epochs_done
    app = page()
    [box] = [box for box in app.selectbox if str(box.key).startswith("training_from_epoch")]
    box.select(0).run()
    assert app.warning[0].value.startswith(f"Epochs 1 to {done} will be replaced")
    assert scheduler.store().record(run).status == "stopped"
    app.selectbox(key=f"training_from_factor_{run}").select(0.1).run()
    app.button(key="training_from_yes").click().run()
    until(lambda: scheduler.store().record(run).lr_scale == 0.1)
    started = [event for _, event in scheduler.store().events(run) if isinstance(event, RunStarted)]
    assert [event.first_epoch for event in started] == [1, 1]


def test_a_run_that_somebody_deleted_says_how_it_comes_back() -> None:
    """Whoever looks at it learns what became of it, and sees the newest of the others."""
    kept, gone = recorded("finished"), recorded("finished")
    app = page(training_run=str(gone))
    run_notes.delete(scheduler.store(), [gone])
    app.run()
    assert f"Run {gone} was deleted. For a quarter of an hour it can be brought back" in app.info[0].value
    assert f"<h2>Run {kept}</h2>" in texts(app)


@pytest.mark.slow
def test_anothers_run_is_stopped_after_a_question() -> None:
    """The page shows whatever trains: one click on Stop, meant for a run of one's own, loses nobody's."""
    run = scheduler.submit(TrainConfig(epochs=500), owner="a" * 32)
    until_status(run, "running")
    app = page()
    app.button(key="training_stop").click().run()
    assert f"Run {run} is not yours. Stop it all the same?" in texts(app)
    app.button(key="training_stop_no").click().run()
    assert "is not yours" not in texts(app)
    assert scheduler.store().record(run).status == "running"
    app.button(key="training_stop").click().run()
    app.button(key="training_stop_yes").click().run()
    until_status(run, "stopped")
    assert "is not yours" not in texts(app.run())


def test_whose_run_it_is_stands_in_the_list() -> None:
    """One's own runs are told from the others'."""
    recorded("stopped")
    scheduler.submit(TrainConfig(epochs=500, seed=3), owner="a" * 32)
    app = page()
    assert "· Visitor 1" in texts(app)
    app.session_state["visitor_id"] = "a" * 32
    assert "· **yours**" in texts(app.run())

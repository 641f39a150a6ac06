"""The page Training: what is typed is what is trained, every visitor sees the same run, nothing absurd starts."""

from __future__ import annotations

import json
import sys

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.engine.config import RECOMMENDED_LEARNING_RATE, TrainConfig
from cnnviz.engine.events import EpochEnd, Event, Progress, RunEnd, RunStarted
from cnnviz.errors import MissingDataError
from cnnviz.models.names import MODEL_NAMES
from cnnviz.models.registry import MODELS
from cnnviz.runs import scheduler
from cnnviz.runs.record import Status
from tests.conftest import REPOSITORY
from tests.runs.conftest import close_store, fake_workers, until_status  # noqa: F401 - fixtures

pytestmark = pytest.mark.usefixtures("fake_workers", "close_store")

NUMBERS = ("epochs", "batch_size", "learning_rate", "seed", "weight_decay")


def page(**query: str) -> AppTest:
    """The page, run once, with a link's parameters."""
    app = AppTest.from_file(REPOSITORY / "pages" / "training.py", default_timeout=60)
    app.query_params.update(query)
    return app.run()


def train(app: AppTest) -> AppTest:
    return app.button(key="training_train").click().run()


def texts(app: AppTest) -> str:
    """Everything the page says, its own HTML included."""
    blocks = [*app.markdown, *app.caption, *app.error, *app.warning, *app.info]
    return "\n".join([*(str(block.value) for block in blocks), *(block.proto.body for block in app.get("html"))])


def buttons(app: AppTest) -> set[str]:
    return {button.key for button in app.button if button.key and not button.key.startswith("training_open")}


def chart(app: AppTest, key: str) -> dict:
    """The data handed to the component with this key."""
    [found] = [each.proto for each in app.get("bidi_component") if key in each.proto.id]
    return json.loads(found.json)[0]


STARTED = RunStarted("cpu", "CPU, 2 cores", 61_706, 1437, 360, 12, 5, 1)
CONFUSION = ((30, 6), (0, 36))


def told(epochs: int = 2, end: RunEnd | None = None) -> list[Event]:
    """What a run of `epochs` epochs, and half of the next, has told."""
    events: list[Event] = [STARTED]
    for epoch in range(1, epochs + 1):
        events += [Progress(epoch, 12, 12, 2.3 / (epoch + 1), 0.005, 1234.0, epoch * 1.0, 9.5)]
        events += [EpochEnd(epoch, 0.4 / epoch, 0.9, 0.5 / epoch, 0.9 + 0.01 * epoch, CONFUSION, 61.0, 1234.0)]
    return [*events, end or Progress(epochs + 1, 6, 12, 0.25, 0.005, 1234.0, 3.0, 200.0)]


def recorded(status: Status, events: list[Event] | None = None, error: MissingDataError | None = None) -> int:
    """A run in the store that has come this far, and that no process has."""
    store = scheduler.store()
    run, claim = store.add_here(TrainConfig(epochs=5))
    for event in told() if events is None else events:
        store.append(run, claim, event)
    if status == "interrupted":
        store.interrupt(run, claim)
    elif status == "paused":
        store.ask_pause(run)
        store.set_paused(run, claim)
        store.park(run, claim)
    else:
        store.end(run, claim, status, error)
    return run


def test_the_names_without_torch_are_the_models() -> None:
    """What the form lists before torch is there is exactly what the registry has."""
    assert tuple(MODELS) == MODEL_NAMES


def test_the_first_visit_invites_and_one_click_trains() -> None:
    """With nothing touched, Train starts LeNet-5 on the embedded digits."""
    app = page()
    assert "Nothing has been trained here yet" in texts(app)
    train(app)
    [record] = scheduler.records()
    assert record.config == TrainConfig()
    assert (record.config.model, record.config.data) == ("lenet5", "digits")
    assert app.query_params["training_run"] in ("1", ["1"])
    assert buttons(app) == {"training_train", "training_pause", "training_stop"}


def test_what_is_typed_is_what_is_trained() -> None:
    """Every control reaches the configuration."""
    app = page()
    app.selectbox(key="training_model").select("lenet5-classic")
    app.selectbox(key="training_optimizer").select("sgd")
    app.selectbox(key="training_schedule").select("cosine")
    app.selectbox(key="training_augmentation").select("shift")
    for name, value in zip(NUMBERS, (7, 64, 0.02, 5, 0.01), strict=True):
        app.number_input(key=f"training_{name}").set_value(value)
    train(app.run())
    assert scheduler.record(1).config == TrainConfig(
        model="lenet5-classic",
        epochs=7,
        batch_size=64,
        learning_rate=0.02,
        optimizer="sgd",
        schedule="cosine",
        weight_decay=0.01,
        augmentation="shift",
        seed=5,
    )


def test_a_link_fills_the_controls() -> None:
    """What was chosen is in the link, and a link brings it back."""
    app = page(training_epochs="3", training_optimizer="sgd", training_model="lenet5-valid")
    assert app.number_input(key="training_epochs").value == 3
    assert app.selectbox(key="training_optimizer").value == "sgd"
    assert app.selectbox(key="training_model").value == "lenet5-valid"


def test_the_learning_rate_follows_the_optimizer_until_touched() -> None:
    """The recommended rate changes with the optimizer; one that was typed stays."""
    app = page()
    app.selectbox(key="training_optimizer").select("sgd").run()
    assert app.number_input(key="training_learning_rate").value == RECOMMENDED_LEARNING_RATE["sgd"]
    app.number_input(key="training_learning_rate").set_value(0.3).run()
    app.selectbox(key="training_optimizer").select("adam").run()
    assert app.number_input(key="training_learning_rate").value == 0.3


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("epochs", 0.0, "Epochs must be a whole number from 1 to 1000. Got 0; try 1."),
        ("epochs", 2.5, "Epochs must be a whole number from 1 to 1000. Got 2.5; try 2."),
        ("epochs", 1e20, "Epochs must be a whole number from 1 to 1000. Got 100000000000000000000; try 1000."),
        ("batch_size", -5.0, "Batch size must be a whole number from 1 to 8192. Got -5; try 1."),
        (
            "learning_rate",
            0.0,
            "Learning rate must be a number greater than 0 and at most 10. Got 0; try 0.005.",
        ),
        (
            "learning_rate",
            1e9,
            "Learning rate must be a number greater than 0 and at most 10. Got 1000000000; try 0.005.",
        ),
        ("seed", -1.0, "Seed must be a whole number from 0 to 4294967295. Got -1; try 0."),
    ],
)
def test_absurd_numbers_get_one_sentence_and_start_nothing(name: str, value: float, sentence: str) -> None:
    """Nothing is clamped in silence; the typed value stays where it was typed."""
    app = page()
    app.number_input(key=f"training_{name}").set_value(value).run()
    train(app)
    assert [error.value for error in app.error] == [sentence]
    assert app.number_input(key=f"training_{name}").value == value
    assert scheduler.records() == []


def test_a_missing_data_set_is_said_and_starts_nothing() -> None:
    """A data set that is not on this machine: one sentence that names the page Data and the way without a network."""
    app = page(training_data="mnist")
    train(app)
    [error] = app.error
    assert "is not on this machine yet: fetch it on the page Data, or train on digits" in error.value
    assert scheduler.records() == []


def test_a_double_click_is_one_run() -> None:
    """Two quick clicks on Train start one run; other settings are another run."""
    app = train(train(page()))
    assert len(scheduler.records()) == 1
    app.number_input(key="training_seed").set_value(1.0).run()
    train(app)
    assert [record.config.seed for record in scheduler.records()] == [1, 0]


def test_every_visitor_sees_the_same_run_and_can_steer_it() -> None:
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
        ("paused", "Paused. Resume goes on where it stands.", {"training_resume", "training_stop"}),
        ("interrupted", "Resume goes on with epoch 3 of 5.", {"training_resume", "training_stop"}),
        ("stopped", "Stopped after 2 of 5 epochs.", {"training_again"}),
        ("finished", "Finished: 92.0% of the test pictures right.", {"training_again"}),
        ("diverged", "Diverged: in epoch 3 the loss grew beyond all numbers.", {"training_again"}),
    ],
)
def test_each_state_says_what_one_can_do(status: Status, sentence: str, expected: set[str]) -> None:
    """One sentence for each state, and only the buttons that make sense in it."""
    recorded(status)
    app = page()
    assert sentence in texts(app)
    assert buttons(app) == {"training_train", *expected}


def test_a_failure_is_its_sentence() -> None:
    """A failed run shows what went wrong, and can be resumed when it is mended."""
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


def test_the_list_opens_runs() -> None:
    """The list shows everybody's runs; a click shows one, and puts it into the link."""
    first, second = recorded("stopped"), recorded("finished", told(3))
    app = page()
    assert "finished · lenet5, digits · 93.0%" in texts(app)
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


def test_again_starts_the_same_once_more() -> None:
    """Again submits the shown run's settings and shows the new one."""
    run = recorded("finished")
    app = page()
    app.button(key="training_again").click().run()
    assert scheduler.records()[0].config == scheduler.record(run).config
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
    assert [error.value for error in app.error] == ["轮数 必须是 1 到 1000 之间的整数。现在是 0，可以试试 1。"]


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


def test_the_form_alone_needs_no_torch() -> None:
    """The modules behind the page do not import torch by themselves."""
    import subprocess

    program = "import sys, cnnviz.ui.training.panel, cnnviz.ui.training.form; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=REPOSITORY, check=False).returncode == 0

"""The page Training: what is typed is what is trained, every visitor sees the same run, nothing absurd starts."""

from __future__ import annotations

import sys

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.engine.config import TrainConfig
from cnnviz.engine.events import (
    Event,
)
from cnnviz.models.registry import MODELS
from cnnviz.models.zoo import MODEL_NAMES
from cnnviz.runs import annotations as run_notes
from cnnviz.runs import scheduler
from tests.conftest import REPOSITORY
from tests.pages.training import buttons, page, recorded, texts, told, train
from tests.runs.conftest import close_store, fake_workers, sleepy_workers, until_status  # noqa: F401 - fixtures

pytestmark = pytest.mark.usefixtures("fake_workers", "close_store")


def test_a_run_with_a_name_is_shown_by_it() -> None:
    """A name given on the page Runs stands in the heading, as it was typed; the usual one says nothing new."""
    run = recorded("finished")
    assert "<h2>Run 1</h2>" in texts(page())
    run_notes.rename(scheduler.store(), run, "<b>first</b> try")
    assert "<h2>Run 1 <small>&lt;b&gt;first&lt;/b&gt; try</small></h2>" in texts(page())


def test_the_names_without_torch_are_the_models() -> None:
    """What the form lists before torch is there is exactly what the registry has."""
    assert tuple(MODELS) == MODEL_NAMES


@pytest.mark.usefixtures("sleepy_workers")
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


@pytest.mark.usefixtures("sleepy_workers")
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

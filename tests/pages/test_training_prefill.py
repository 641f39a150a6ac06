"""The form is filled in by a link, a run or a preset before anybody touches it, and what cannot be is said."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.engine.config import OWN, TrainConfig
from cnnviz.engine.form import key
from cnnviz.models.editor.build import blueprint_of
from cnnviz.models.editor.formats import to_line
from cnnviz.runs import scheduler
from cnnviz.ui.shared import selected_run
from tests.pages.training import page, texts, train
from tests.pages.training_form import UNUSUAL, control
from tests.runs.conftest import close_store, fake_workers  # noqa: F401 - fixtures

pytestmark = pytest.mark.usefixtures("fake_workers", "close_store")


def test_a_link_fills_the_controls() -> None:
    """What was chosen is in the link, and a link brings it back."""
    app = page(training_epochs="3", training_optimizer="sgd", training_model="lenet5-valid")
    assert app.number_input(key="training_epochs").value == 3
    assert app.selectbox(key="training_optimizer").value == "sgd"
    assert app.selectbox(key="training_model").value == "lenet5-valid"


def test_a_link_fills_every_hyperparameter() -> None:
    """What a teacher sends sets every control."""
    app = page(**{key(name): str(value) for name, value in UNUSUAL.items()})
    assert {name: control(app, name).value for name in UNUSUAL} == UNUSUAL
    assert not app.warning


def test_a_number_in_the_link_that_nobody_uses_is_checked_too() -> None:
    """SGD has no momentum: 2 does no harm there, but is no momentum either."""
    app = page(training_optimizer="sgd", training_momentum="2")
    [warning] = app.warning
    assert warning.value == "In the link: Momentum must be a number from 0 to 0.999. Got 2; try 0.999."
    assert not page(training_optimizer="sgd", training_momentum="0.5").warning


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"training_epochs": "many"}, "Epochs takes numbers. Got many; try 10."),
        ({"training_learning_rate": "nan"}, "Learning rate takes numbers. Got nan; try 0.005."),
        ({"training_optimizer": "magic"}, "Optimizer must be one of adamw, adam, rmsprop, nesterov, momentum, sgd. "),
        ({"training_data": "folder:/etc"}, "Data set must be one of digits, mnist"),
        ({"training_model": "vgg99"}, "Model must be one of lenet5"),
        ({"training_model": OWN}, "A link cannot hold a network of one's own."),
        ({"training_preset": "worst"}, "Preset must be one of best, fast"),
        ({"training_shuffle": "perhaps"}, "Shuffle must be one of true, false. Got perhaps instead."),
        ({"training_batch_norm": "maybe"}, "Batch norm must be one of on, off. Got maybe instead."),
    ],
)
def test_a_link_that_says_what_cannot_be_gets_one_sentence(query: dict[str, str], sentence: str) -> None:
    """The default is set, the sentence says so until something is touched."""
    app = page(**query)
    [warning] = app.warning
    assert sentence in warning.value.replace("\\", "")
    assert "The default is set instead." in warning.value
    train(app)
    assert scheduler.store().record(1).config == TrainConfig()
    app.query_params.clear()
    app.number_input(key="training_seed").set_value(1.0).run()
    assert not said_of_the_link(app)


def test_again_brings_back_every_hyperparameter() -> None:
    """Model options and all: the form filled in from a run makes the same run."""
    first = page(**{key(name): str(value) for name, value in UNUSUAL.items()})
    train(first)
    app = page(**selected_run.rerun_link(scheduler.store().record(1)))
    train(app)
    assert scheduler.store().record(2).config == scheduler.store().record(1).config
    assert scheduler.store().record(2).parent == 1


def test_again_brings_back_a_network_of_ones_own() -> None:
    """It stays in its run: the link names the run alone, and all can be changed but those of the network."""
    blueprint = to_line(blueprint_of("lenet5"))
    run = scheduler.submit(TrainConfig(model=OWN, blueprint=blueprint, epochs=3))
    link = selected_run.rerun_link(scheduler.store().record(run))
    assert "training_model" not in link
    app = page(**link)
    assert app.selectbox(key="training_model").value == OWN
    assert "The rows of a network of your own say this." in texts(app)
    app.number_input(key="training_epochs").set_value(4.0).run()
    train(app)
    assert scheduler.store().records(1)[0].config == TrainConfig(model=OWN, blueprint=blueprint, epochs=4)
    app.button(key="training_parent_forget").click().run()
    assert app.selectbox(key="training_model").value == "lenet5"


def shown_run(app: AppTest) -> str:
    """The heading of the run beside the form."""
    [heading] = re.findall(r"<h2>(Run \d+)", texts(app))
    return str(heading)


def said_of_the_link(app: AppTest) -> list[str]:
    """A run that has ended meanwhile has a warning of its own, of what going on would replace."""
    return [each.value for each in app.warning if each.icon == ":material/link_off:"]


def two_runs() -> tuple[int, int]:
    """An older run with settings of its own, and the newest one."""
    older = scheduler.submit(TrainConfig(batch_size=32, optimizer="momentum", seed=5), "a" * 32)
    return older, scheduler.submit(TrainConfig(epochs=2), "b" * 32)


def test_the_run_in_the_link_decides_form_and_view() -> None:
    """Both are of the older run, not of the newest, whether the link names it to be watched or to be begun again."""
    older, _newest = two_runs()
    for query in (
        {"training_run": str(older)},
        {selected_run.PARENT: str(older)},
        selected_run.rerun_link(scheduler.store().record(older)),
    ):
        app = page(**query)
        assert shown_run(app) == f"Run {older}"
        said = {name: app.number_input(key=key(name)).value for name in ("batch_size", "seed")}
        assert (said, app.selectbox(key="training_optimizer").value) == ({"batch_size": 32, "seed": 5}, "momentum")
        assert f"Again with the initial weights of run {older} (seed 5)" in texts(app)


def test_a_network_of_ones_own_in_the_link_is_in_the_form() -> None:
    """A run to be watched brings along what no other control holds."""
    own = scheduler.submit(TrainConfig(model=OWN, blueprint=to_line(blueprint_of("lenet5")), epochs=3))
    app = page(training_run=str(own))
    assert app.selectbox(key="training_model").value == OWN


def test_settings_in_the_link_decide_the_form() -> None:
    """A run to be watched beside them leaves them as they are."""
    older, _newest = two_runs()
    for query in ({"training_epochs": "3"}, {"training_preset": "best"}, {"training_preset": "own"}):
        app = page(training_run=str(older), **query)
        assert shown_run(app) == f"Run {older}"
        assert app.number_input(key="training_batch_size").value == 64
        assert selected_run.PARENT not in app.query_params
        assert not said_of_the_link(app)


def test_another_run_in_the_list_leaves_the_form_as_it_is() -> None:
    """What was changed is not lost for looking at a run; and the link goes on saying what the form says."""
    older, _newest = two_runs()
    app = page()
    app.number_input(key="training_epochs").set_value(4.0).run()
    app.button(key=f"training_open_{older}").click().run()
    assert shown_run(app) == f"Run {older}"
    assert app.number_input(key="training_epochs").value == 4
    app.number_input(key="training_epochs").set_value(10.0).run()
    assert app.query_params["training_preset"] in ("best", ["best"])


def test_again_sets_what_was_left_as_usual_too() -> None:
    """A visitor who had changed others before gets the run's settings, those included that are the usual ones."""
    run = scheduler.submit(TrainConfig(batch_size=32))
    app = page(training_epochs="3", training_dropout="0.5", training_optimizer="sgd")
    app.query_params.clear()
    app.query_params.update({selected_run.PARENT: str(run)})
    app.run()
    assert app.number_input(key="training_epochs").value == 10
    train(app)
    assert scheduler.store().records(1)[0].config == TrainConfig(batch_size=32)

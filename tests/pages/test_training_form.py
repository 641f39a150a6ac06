"""The form of a new run: every control is there, says what it does, is in the link, and nothing absurd starts."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.base.text import plain
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.form import NAMES, config_of, key, preset_values, untouched, values_of
from cnnviz.engine.hyperparameters import HYPERPARAMETERS
from cnnviz.engine.presets import PRESETS
from cnnviz.models.registry import MODELS
from cnnviz.models.zoo import TRAINABLE_NAMES
from cnnviz.runs import scheduler
from tests.pages.training import page, texts, train
from tests.pages.training_form import UNUSUAL, control
from tests.runs.conftest import close_store, fake_workers  # noqa: F401 - fixtures

pytestmark = pytest.mark.usefixtures("fake_workers", "close_store")

NUMBERS = ("epochs", "batch_size", "learning_rate", "seed", "weight_decay")
NOT_LENETS = {"blocks"}  # hyperparameters of other networks


def app_help(app: AppTest, name: str) -> str:
    """What the question mark of a hyperparameter says."""
    return control(app, name).help or ""


def headers(app: AppTest) -> str:
    return "\n".join(each.label for each in app.expander)


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
    assert scheduler.store().record(1).config == TrainConfig(
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


def test_a_correction_of_what_is_not_there_is_one_sentence() -> None:
    """A link that corrects a label to a class the data set lacks starts nothing."""
    app = page(training_corrected_labels="1:999")
    train(app)
    assert [error.value for error in app.error] == [
        "corrected_labels names class 999 for place 1, and Digits 8 × 8 has the classes 0 to 9. Choose one of these."
    ]
    assert scheduler.store().records() == []


def test_the_learning_rate_follows_the_optimizer_until_touched() -> None:
    """The recommended rate changes with the optimizer; one that was typed stays."""
    app = page()
    app.selectbox(key="training_optimizer").select("sgd").run()
    assert (
        app.number_input(key="training_learning_rate").placeholder
        == f"{HYPERPARAMETERS['learning_rate'].recommended['sgd']:g}"
    )
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
    assert scheduler.store().records() == []


def test_every_hyperparameter_has_a_control_that_reaches_the_configuration() -> None:
    """All are set at once; what is trained has every one of them, and its command line trains the same."""
    assert set(UNUSUAL) == set(HYPERPARAMETERS) - NOT_LENETS - {"start_from"}  # which wants usual initial weights
    app = page(training_schedule="step", training_trainable="last")
    for name, value in UNUSUAL.items():
        control(app, name).set_value(value)
    train(app.run())
    config = scheduler.store().record(1).config
    options = {"activation": "tanh", "pooling": "average", "dropout": 0.25, "batch_norm": True}
    assert config.options() == options
    assert {name: getattr(config, name) for name in UNUSUAL if name not in options} == {
        name: value for name, value in UNUSUAL.items() if name not in options
    }
    assert app.code[-1].value == config.command()


@pytest.mark.parametrize("name", TRAINABLE_NAMES)
def test_a_configuration_survives_the_form(name: str) -> None:
    """To the controls and back nothing is lost, for every network with all the options it has."""
    options = {"activation": "tanh", "pooling": "average", "dropout": 0.25, "batch_norm": True, "blocks": "3"}
    own = {option.name for option in MODELS[name].options}
    config = TrainConfig(
        model=name,
        optimizer="rmsprop",
        learning_rate=0.0123,
        model_options=json.dumps({option: value for option, value in options.items() if option in own}),
    )
    assert config_of(values_of(config)) == config
    assert values_of(config)["momentum"] is None


def test_what_is_left_empty_says_what_suits() -> None:
    """The placeholder is the value that is trained with: of the optimizer, of the schedule, of the network."""
    app = page(training_optimizer="sgd", training_model="keras-cnn")
    assert app.number_input(key="training_learning_rate").placeholder == "0.2"
    assert app.number_input(key="training_warm_up").placeholder == "0.3"
    assert app.number_input(key="training_dropout").placeholder == "0.5"
    assert app.selectbox(key="training_batch_norm").placeholder == "off"


@pytest.mark.parametrize(
    ("query", "name", "reason"),
    [
        ({"training_loss_function": "hinge"}, "label_smoothing", "Only with Loss cross-entropy."),
        (
            {"training_optimizer": "sgd"},
            "momentum",
            "Only with Optimizer momentum, Nesterov, Adam, AdamW, RMSprop.",
        ),
        ({"training_schedule": "cosine"}, "gamma", "Only with Schedule stepwise."),
        ({"training_model": "resnet-small"}, "dropout", "ResNet (small) is built without this choice."),
    ],
)
def test_a_hyperparameter_that_does_nothing_rests_with_the_reason(
    query: dict[str, str], name: str, reason: str
) -> None:
    """It is there, cannot be changed, says why, and what a link says of it is neither trained with nor an error."""
    app = page(**query, **{key(name): "0.2"})
    assert HYPERPARAMETERS[name].is_option or control(app, name).disabled
    assert reason in texts(app)
    train(app)
    assert not app.error
    config = scheduler.store().record(1).config
    assert getattr(config, name, None) != 0.2
    assert "dropout" not in config.options()


def test_headers_say_what_differs() -> None:
    """Each group names its changed hyperparameters, and only those that do something."""
    app = page(training_held_out="0.2", training_loss_function="hinge", training_label_smoothing="0.1")
    assert "**Data loader** · Held-out share 0.2" in headers(app)
    assert "**Loss** · hinge\n" in headers(app)
    assert "**Schedule**\n" in headers(app)


def test_a_choice_of_one_network_is_offered_there_alone() -> None:
    """How many blocks: with resnet-small it is trained so, elsewhere nothing speaks of it."""
    assert HYPERPARAMETERS["blocks"].title not in texts(page())
    app = page(training_model="resnet-small", training_blocks="2")
    train(app)
    assert scheduler.store().record(1).config.options() == {"blocks": "2"}


def test_a_hyperparameter_that_was_changed_is_explained_without_a_mouse() -> None:
    """The last one changed, or all of them: what it is, what it usually does, its range."""
    app = page()
    assert HYPERPARAMETERS["momentum"].what not in texts(app)
    app.number_input(key="training_momentum").set_value(0.5).run()
    assert f"{HYPERPARAMETERS['momentum'].what} {HYPERPARAMETERS['momentum'].effect} 0 to 0.999." in texts(app)
    assert HYPERPARAMETERS["batch_size"].effect not in texts(app)
    app.toggle(key="training_explain").set_value(True).run()
    assert all(
        row.what in texts(app)
        for name, row in HYPERPARAMETERS.items()
        if name not in ("step_size", "gamma", "thaw", *NOT_LENETS)
    )


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_writes_every_field(name: str) -> None:
    """Whatever was set before, choosing a preset makes its configuration; only the seed stays."""
    app = page(training_seed="5", training_gamma="0.5", training_dropout="0.5", training_normalize="false")
    app.selectbox(key="training_preset").select(name).run()
    values = {each: control(app, each).value for each in NAMES if each not in NOT_LENETS}
    expected = preset_values(name, {"model": "lenet5", "data": "digits", "seed": 5.0})
    assert config_of(values) == config_of(expected)
    assert app.query_params.get("training_preset") in ((None,) if name == "best" else (name, [name]))
    assert "Changed:" not in texts(app)


def test_a_changed_preset_says_so_and_can_be_had_back() -> None:
    """What was moved away is named, here and in the link; one click brings it back."""
    app = page(training_preset="lesson-keras")
    assert str(app.session_state["training_batch_size"]) == "128"  # what the browser's link says: not 128.0
    assert app.number_input(key="training_held_out").value == 0.1
    assert app.button(key="training_preset_back").disabled
    app.number_input(key="training_epochs").set_value(3.0).run()
    assert "Changed: Epochs 3." in texts(app)
    link = {name: value[-1] if isinstance(value, list) else value for name, value in app.query_params.items()}
    assert link["training_preset"] == "lesson-keras"
    reloaded = page(**{**link, "training_epochs": "3"})
    assert reloaded.selectbox(key="training_preset").value == "lesson-keras"
    assert "Changed: Epochs 3." in texts(reloaded)
    app.button(key="training_preset_back").click().run()
    assert app.number_input(key="training_epochs").value == 15
    assert "Changed:" not in texts(app)


def test_best_follows_the_data_set_where_nothing_was_changed() -> None:
    """Another data set has another Best; what was typed stays typed, even in the same breath."""
    app = page()
    app.number_input(key="training_batch_size").set_value(50.0)
    app.selectbox(key="training_data").select("mnist")
    app.run()
    assert app.number_input(key="training_batch_size").value == 50
    usual = preset_values("best", {"model": "lenet5", "data": "mnist"})
    assert app.selectbox(key="training_augmentation").value == usual["augmentation"] != untouched("augmentation")


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        (
            {"training_batch_size": "2000", "training_drop_last": "true"},
            "1437 pictures do not fill a batch of 2000, and the last one is dropped: nothing would be trained on. "
            "Try smaller batches, or keep the last one.",
        ),
        (
            {"training_batch_size": "1", "training_batch_norm": "on"},
            "With batch norm no batch may hold a single picture: of 1437 pictures in batches of 1 the last would. "
            "Try a batch size of 3.",
        ),
    ],
)
def test_batches_that_cannot_be_trained_on_start_nothing(query: dict[str, str], sentence: str) -> None:
    """Said before the run waits in the queue, not by a run that failed."""
    app = train(page(**query))
    assert [error.value for error in app.error] == [sentence]
    assert scheduler.store().records() == []


def test_a_batch_larger_than_the_data_set_is_one_batch() -> None:
    """Nothing is wrong with it."""
    app = train(page(training_batch_size="2000"))
    assert not app.error
    assert scheduler.store().record(1).config.batch_size == 2000


def test_folders_below_the_data_folder_are_offered(own_home: Path) -> None:
    """Pictures of one's own are trained on by name; the form does not decode them."""
    for label in "ab":
        (own_home / "data" / "mine" / label).mkdir(parents=True)
        for index in range(5):
            (own_home / "data" / "mine" / label / f"{index}.png").write_bytes(b"not looked at")
    app = page(training_data="folder:mine")
    train(app)
    assert not app.error
    assert scheduler.store().record(1).config.data == "folder:mine"


def test_what_is_left_out_of_a_folder_is_said_where_it_is_chosen(own_home: Path) -> None:
    """Under the data set, as text; and a folder that can only be tested on is not offered."""
    for half, label in (*product(("train", "val", "test"), "ab"), ("only/test", "a"), ("only/test", "b")):
        place = own_home / "data" / ("mine" if "/" not in half else "") / half / label
        place.mkdir(parents=True)
        (place / "0.png").write_bytes(b"not looked at")
        (place / "0.mov").touch()
    app = page(training_data="folder:mine")
    options = app.selectbox(key=key("data")).options
    assert [option for option in options if option.startswith("folder")] == ["folder mine"]
    said = [caption.value for caption in app.caption if caption.value.startswith("Left out")]
    assert said == [
        "Left out, for they lie beside the halves that are used: val.",
        f"Left out, for their formats are not read: {plain('.mov (4)')}.",
    ]


def test_the_schedule_is_a_picture_with_words() -> None:
    """It follows the hyperparameters: what the learning rate is at first, at its peak, at the end."""
    app = page(training_schedule="cosine", training_learning_rate="0.01", training_epochs="4")
    assert '">Learning rate, cosine: 0.01 at first, 0.01 after 0.0 of 4 epochs' in texts(app)
    assert "Learning rates as CSV" in [block.proto.label for block in app.get("download_button")]


def test_the_form_in_chinese() -> None:
    """Titles, headers, explanations and reasons."""
    app = page(lang="zh", training_loss_function="hinge", training_held_out="0.1")
    assert "**数据加载器** · 留出比例为 0.1" in headers(app)
    assert not [
        row.name for row in HYPERPARAMETERS.values() if row.name not in NOT_LENETS and "。 " in app_help(app, row.name)
    ]
    assert "只在损失为交叉熵时起作用。" in texts(app)
    assert app.selectbox(key="training_preset").label == "预设"

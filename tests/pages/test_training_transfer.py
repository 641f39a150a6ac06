"""Transfer learning on the page Training: three choices, the layers they freeze, the code, and scratch beside it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from cnnviz.data.own.importing import import_set
from cnnviz.data.own.settings import ImportSettings
from cnnviz.data.own.sources import CollectedSource
from cnnviz.data.registry import available, dataset
from cnnviz.engine.card import epoch_path
from cnnviz.engine.checkpoint import load
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.events import EpochEnd, Event, FeaturesMade, Progress, RunEnd, RunStarted, Thawed
from cnnviz.engine.train import train as train_here
from cnnviz.runs import scheduler
from cnnviz.ui.shared import warmup
from cnnviz.ui.training.transfer.beside import conclude, variants
from tests.pages.training import CONFUSION, chart, page, recorded, texts, train
from tests.polling import until
from tests.runs.conftest import close_store, fake_workers  # noqa: F401 - fixtures

pytestmark = pytest.mark.usefixtures("fake_workers", "close_store", "torch_is_in")
LENET = {"training_start_from": "lenet5-mnist", "training_trainable": "last"}


@pytest.fixture
def torch_is_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a little after the start: the page need not wait for PyTorch."""
    monkeypatch.setattr(warmup, "underway", lambda: False)


def strip(app: AppTest) -> str:
    """The drawn layers."""
    [found] = [each.proto.body for each in app.get("html") if "<ol" in each.proto.body]
    return found


def code(app: AppTest) -> list[str]:
    return [block.value for block in app.code if "requires_grad" in block.value]


def header(app: AppTest) -> str:
    return next(each.label for each in app.expander if "Transfer learning" in each.label)


def test_a_beginner_sees_one_folded_line() -> None:
    """Without a transfer there are no layers and no code, and the run is as ever."""
    app = page()
    assert header(app) == "**Transfer learning** · begin with what a trained network knows"
    assert not code(app)
    assert app.number_input(key="training_thaw").disabled
    train(app)
    assert scheduler.store().record(1).config == TrainConfig()


def test_what_is_chosen_is_drawn_written_and_trained() -> None:
    """Start, layers and thaw reach header, strip, PyTorch, link and run."""
    app = page()
    app.selectbox(key="training_start_from").select("lenet5-mnist").run()
    app.selectbox(key="training_trainable").select("fc2").run()
    app.number_input(key="training_thaw").set_value(3.0).run()
    assert header(app) == "**Transfer learning** · Start from lenet5-mnist, Train only fc2, Then thaw 3"
    drawn = strip(app)
    assert "11,014 weights learn from the first epoch on. 50,692 more join them as they thaw." in drawn
    assert "<b>fc1</b><span>thaw 1: epoch 4</span><small>48,120 weights</small>" in drawn
    assert "<b>fc2</b><span>learns</span>" in drawn
    lines, program = code(app)
    assert "model.fc2.requires_grad_(True)" not in program.split("def build")[0]
    assert 'load_file("lenet5-mnist.safetensors")' in lines
    assert lines in program
    train(app)
    config = scheduler.store().record(1).config
    assert (config.start_from, config.trainable, config.thaw) == ("lenet5-mnist", "fc2", 3)
    assert (
        page(**{name: str(value) for name, value in flat(app).items()}).selectbox(key="training_trainable").value
        == "fc2"
    )


def flat(app: AppTest) -> dict[str, str]:
    link = {name: value[-1] if isinstance(value, list) else value for name, value in app.query_params.items()}
    return {name: value for name, value in link.items() if name.startswith("training_") and "run" not in name}


def test_other_classes_have_a_new_last_layer() -> None:
    """Fashion-MNIST's classes are others than the digits': the last layer is new, in the drawing and in the code."""
    app = page(training_start_from="lenet5-fashion-mnist", training_trainable="last")
    assert "<b>fc3</b><span>new, and learns</span>" in strip(app)
    assert "model.fc3 = nn.Linear(84, 10)  # new: 0, 1, 2, 3, ..." in code(app)[0]


def test_a_start_brings_its_network() -> None:
    """A link that names a start and no network; a start that was trained with other blocks than the form's."""
    assert page(training_start_from="keras-cnn-mnist").selectbox(key="training_model").value == "keras-cnn"
    app = page(training_model="resnet-small", training_data="cifar10")
    app.selectbox(key="training_start_from").select("resnet-small-cifar10").run()
    assert app.selectbox(key="training_blocks").value == "2"


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ({"training_start_from": "nothing"}, "There is no checkpoint nothing here."),
        ({"training_start_from": "run-3@7"}, "There is no checkpoint run"),
        ({"training_start_from": "lenet5-mnist", "training_model": "lenet5-valid"}, "is a trained lenet5"),
        ({"training_start_from": "lenet5-mnist", "training_activation": "tanh"}, "was trained with activation"),
        ({"training_start_from": "lenet5-mnist", "training_data": "cifar10"}, "CIFAR-10 is not on this machine"),
        ({"training_start_from": "imagenet"}, "No ImageNet weights are published for LeNet"),
        ({"training_start_from": "imagenet", "training_model": "vgg16"}, "The published weights are for colour"),
        ({"training_trainable": "fc9"}, "must be all, last, or a layer with weights"),
        ({**LENET, "training_initialization": "zeros"}, "would be overwritten by the initialization"),
    ],
)
def test_what_does_not_fit_is_said_before_the_run_waits(link: dict[str, str], sentence: str) -> None:
    """One sentence, nothing starts, and what was chosen is not lost."""
    app = page(**link)
    assert sentence in texts(app).replace("\\", "")
    if "training_data" not in link:
        train(app)
    assert scheduler.store().records() == []
    for name, value in link.items():
        assert app.selectbox(key=name).value == value


def test_runs_are_offered_with_their_epoch_and_are_what_again_fills_in(tmp_path: Path) -> None:
    """The newest first, only those of the chosen network; a run that began so is begun so again."""
    for model in ("lenet5", "lenet5-valid", "lenet5"):
        run, token = scheduler.store().add_here(TrainConfig(model=model, epochs=1, batch_size=512))
        record = scheduler.store().record(run)
        for event in train_here(record.config, directory=record.directory):
            scheduler.store().append(run, token, event)
        scheduler.store().end(run, token, "finished", None)
    app = page(training_model="lenet5")
    runs = [each for each in app.selectbox(key="training_start_from").options if each.startswith("Run")]
    assert runs == ["Run 3 · LeNet-5 · Digits 8 × 8 · epoch 1", "Run 1 · LeNet-5 · Digits 8 × 8 · epoch 1"]
    app.selectbox(key="training_start_from").select("run-3@1").run()
    train(app)
    started = scheduler.store().record(4).config
    assert started.start_from == "run-3@1"
    again = page(training_run="4")
    assert again.selectbox(key="training_start_from").value == "run-3@1"


def test_the_lesson_is_set_up_at_a_click_and_transfer_is_ahead_of_scratch() -> None:
    """The card gives fifty digits to a network from MNIST; trained beside scratch, it is far ahead."""
    app = page()
    app.button(key="training_transfer_take_digits").click().run()
    assert app.selectbox(key="training_preset").value == "lesson-transfer"
    assert app.selectbox(key="training_start_from").value == "lenet5-mnist"
    train(app)
    config = scheduler.store().record(1).config
    assert (config.train_images, config.trainable) == (50, "last")
    right = [last_accuracy(variant.config) for variant in variants(config)]
    assert right[0] > 0.9 > 0.86 > right[1]


def last_accuracy(config: TrainConfig) -> float:
    return [event for event in train_here(config) if isinstance(event, EpochEnd)][-1].test_accuracy


def test_frozen_weights_are_the_sources_bit_for_bit(tmp_path: Path) -> None:
    """What the strip calls frozen stays as it came, and what it calls learning changes."""
    config = TrainConfig(data="digits", epochs=2, train_images=50, start_from="lenet5-mnist", trainable="fc2")
    for _event in train_here(config, directory=tmp_path):
        pass
    before, after = (load(epoch_path(tmp_path, epoch))[0].state_dict() for epoch in (0, 2))
    frozen = {name for name in before if torch.equal(before[name], after[name])}
    assert frozen == {f"{layer}.{kind}" for layer in ("conv1", "conv2", "fc1") for kind in ("weight", "bias")}


def test_both_are_trained_over_the_same_seeds() -> None:
    """Six runs, three as the form says and three from random weights with everything learning, in the link."""
    app = page(**LENET, training_thaw="2")
    app.button(key="training_scratch_train").click().run()
    configs = [record.config for record in scheduler.store().records()]
    assert sorted(config.seed for config in configs) == [0, 0, 1, 1, 2, 2]
    assert {(c.start_from, c.trainable, c.thaw) for c in configs} == {("lenet5-mnist", "last", 2), ("random", "all", 0)}
    assert len(json.loads(json.dumps(app.query_params["training_scratch_runs"]))) > 0


class Ended:
    """An outcome with these accuracies."""

    def __init__(self, *right: float) -> None:
        self.right = right

    def last(self, _measure: object) -> tuple[float, ...]:
        return self.right


def test_the_conclusion_is_careful_with_luck() -> None:
    """Apart in every run: hardly luck; overlapping: it could be; one seed: nothing is said of it."""
    clear = conclude([Ended(0.95, 0.94, 0.96), Ended(0.8, 0.82, 0.78)])  # type: ignore[list-item]
    assert clear == (
        "95.0% (deviation 1.0 points over 3 seeds) with what was learned before, 80.0% (deviation 2.0 points over 3 "
        "seeds) from scratch. Transfer is 15.0 points ahead. Every run of one lies above every run of the other: "
        "hardly luck of the seed."
    )
    near = conclude([Ended(0.8, 0.9), Ended(0.85, 0.95)])  # type: ignore[list-item]
    assert "From scratch is 5.0 points ahead." in near
    assert near.endswith("this could be luck.")
    assert conclude([Ended(0.9), Ended(0.8)]).endswith("train three.")  # type: ignore[list-item]


def thawing(*events: Event) -> int:
    config = TrainConfig(epochs=5, start_from="lenet5-mnist", trainable="last", thaw=2)
    started = RunStarted("cpu", "CPU, 2 cores", 61_706, 50, 360, 4, 5, 1, trainable=850)
    return recorded("finished", [started, *events], config=config)


def epoch(number: int) -> list[Event]:
    report = Progress(number, 4, 4, 1.0, 0.005, 900.0, 1.0, 1.0)
    return [report, EpochEnd(number, 0.5, 0.9, 0.5, 0.9, CONFUSION, 1.0, 900.0)]


def test_a_thaw_is_on_the_curve_in_the_log_and_in_words() -> None:
    """Where it happened, what joined, how much learns now."""
    thaw = Thawed(3, ("fc2",), 11_014)
    thawing(*epoch(1), *epoch(2), thaw, *epoch(3), RunEnd("finished", 3, 1.0))
    app = page()
    loss = chart(app, "training_loss")
    assert loss["lrScales"] == [{"x": 2.0, "text": "+ fc2"}]
    assert "From epoch 3 on fc2 learns too." in loss["alt"]
    said = texts(app)
    assert "Learning: 2 of 5 layers, 11,014 of 61,706 weights; the others are frozen." in said
    assert (
        "Epoch 3/5: fc2 thaws, 11,014 weights learn now"
        in json.dumps([each.proto.json for each in app.get("bidi_component")]) + said
    )


def test_what_the_frozen_layers_do_first_is_said() -> None:
    """While their answers are made there is no batch to show."""
    config = TrainConfig(epochs=5, start_from="lenet5-mnist", trainable="last", thaw=2)
    store = scheduler.store()
    run, token = store.add_here(config)
    store.append(run, token, RunStarted("cpu", "CPU, 2 cores", 61_706, 50, 360, 4, 5, 1, trainable=850))
    store.append(run, token, FeaturesMade(1, 30, 50, 1.0))
    said = texts(page())
    assert "The frozen layers look at every picture once: 30 of 50 …" in said


def test_cats_and_dogs_are_taken_out_of_a_set_that_has_them(own_home: Path) -> None:
    """Two clicks: the set of both classes alone, then the form; before, what is missing is said."""
    assert "The pictures are a part of CIFAR-10" in texts(page())
    pictures = np.random.default_rng(0).integers(0, 256, (70, 32, 32, 3), np.uint8)
    animals = CollectedSource({name: list(pictures) for name in ("cat", "dog", "frog")})
    import_set(animals, ImportSettings("animals", side=32, color=True, test_share=0.2))
    app = page()
    app.button(key="training_transfer_make_cats").click().run()
    until(lambda: "own:cat-dog" in available())
    app = page()
    app.button(key="training_transfer_take_cats").click().run()
    assert dataset("own:cat-dog").classes == ("cat", "dog")
    assert app.selectbox(key="training_data").value == "own:cat-dog"
    assert "<b>fc</b><span>new, and learns</span>" in strip(app)
    assert "model.fc = nn.Linear(128, 2)  # new: cat, dog" in code(app)[0]
    train(app)
    config = scheduler.store().record(1).config
    assert (config.start_from, config.trainable, config.thaw) == ("resnet-small-cifar8", "last", 10)


def test_a_transfer_is_in_sight_and_its_box_open() -> None:
    """Also of who was at the form before; and that the start knows the very classes is said."""
    app = page()
    assert not next(each for each in app.expander if "Transfer learning" in each.label).proto.expanded
    app.selectbox(key="training_start_from").set_value("lenet5-mnist").run()
    assert next(each for each in app.expander if "Transfer learning" in each.label).proto.expanded
    assert any("Starts from LeNet-5 · MNIST" in each.value for each in app.caption)
    assert any("these very classes" in each.value for each in app.caption)


@pytest.mark.parametrize("link", [{"training_start_from": "nothing"}, {"training_corrected_labels": "nonsense"}])
def test_what_is_wrong_with_a_link_is_said_once(link: dict[str, str]) -> None:
    app = page(**link)
    assert len(app.error) + len(app.warning) == 1

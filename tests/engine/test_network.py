"""A network of one's own trains like any other, its checkpoints load again, and what does not fit is said by row."""

from __future__ import annotations

import dataclasses
import json
import math
import shlex
import shutil
from pathlib import Path

import pytest
import torch
from torch import nn

from cnnviz.base.errors import CnnvizError, ConfigurationError
from cnnviz.base.locale import translations
from cnnviz.commands import main
from cnnviz.data.registry import DATASETS
from cnnviz.engine.card import load_card
from cnnviz.engine.checkpoint import load
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.evaluate import evaluate_checkpoint
from cnnviz.engine.events import EpochEnd, Event, RunEnd
from cnnviz.engine.hyperparameters import HYPERPARAMETERS
from cnnviz.engine.network import build_network, check_batches
from cnnviz.engine.train import train
from cnnviz.models.editor.blueprint import Blueprint
from cnnviz.models.editor.formats import from_json, to_json, to_line
from cnnviz.models.editor.row import Row

BLUEPRINT = Blueprint(
    "mine",
    (1, 10, 10),
    10,
    (
        Row.of("conv", out_channels=8, kernel_size=3),
        Row.of("batch_norm"),
        Row.of("activation"),
        Row.of("basic_block", out_channels=12, stride=2),
        Row.of("flatten"),
        Row.of("linear"),
    ),
)
CONFIG = TrainConfig(model="own", blueprint=to_json(BLUEPRINT), epochs=2, device="cpu")


def changed(*rows: Row) -> str:
    return to_json(dataclasses.replace(BLUEPRINT, rows=rows))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Event]]:
    """The folder and the events of an undisturbed run of CONFIG. Do not write there."""
    folder = tmp_path_factory.mktemp("own")
    return folder, list(train(CONFIG, directory=folder))


@pytest.mark.slow
def test_own_network_trains_and_loads_again(whole: tuple[Path, list[Event]]) -> None:
    """Better than chance after two epochs; its checkpoint is the same network, and is judged like any other."""
    folder, events = whole
    assert isinstance(events[-1], RunEnd)
    assert events[-1].reason == "finished"
    last = [event for event in events if isinstance(event, EpochEnd)][-1]
    assert last.test_accuracy > 0.7
    model, card = load(folder / "epoch-0002")
    assert (card.model, card.network_name, card.input_size) == ("own", "mine", (1, 10, 10))
    assert from_json(card.options["blueprint"]) == BLUEPRINT
    assert [name for name, _ in model.named_children()] == BLUEPRINT.names()
    assert evaluate_checkpoint(folder / "epoch-0002").correct == card.correct
    assert model(torch.rand(1, 1, 10, 10)).shape == (1, 10)


def test_own_network_resumes(whole: tuple[Path, list[Event]], tmp_path: Path) -> None:
    """Interrupted and resumed it ends with the very weights of an undisturbed run."""
    events = train(CONFIG, directory=tmp_path)
    for event in events:
        if isinstance(event, EpochEnd):
            break
    events.close()
    list(train(CONFIG, directory=tmp_path, resume=True))
    undisturbed, resumed = (load(folder / "epoch-0002")[0].state_dict() for folder in (whole[0], tmp_path))
    assert all(torch.equal(undisturbed[name], resumed[name]) for name in undisturbed)


@pytest.mark.slow
def test_a_run_of_an_older_version_resumes(tmp_path: Path) -> None:
    """A card that was written before networks of one's own lacks the new fields, which have their defaults."""
    config = TrainConfig(epochs=2, device="cpu")
    events = train(config, directory=tmp_path)
    for event in events:
        if isinstance(event, EpochEnd):
            break
    events.close()
    card = tmp_path / "epoch-0001.json"
    values = json.loads(card.read_text())
    del values["config"]["blueprint"], values["config"]["model_options"]
    card.write_text(json.dumps(values))
    assert isinstance(list(train(config, directory=tmp_path, resume=True))[-1], RunEnd)


@pytest.mark.slow
def test_options_reach_the_network_and_its_checkpoint(tmp_path: Path) -> None:
    """A zoo network with options is kept with them."""
    config = TrainConfig(model_options='{"dropout": 0.25, "batch_norm": true}', epochs=1, device="cpu")
    list(train(config, directory=tmp_path))
    model, card = load(tmp_path / "epoch-0001")
    assert card.options == {"dropout": 0.25, "batch_norm": True}
    assert {"norm1", "dropout1"} <= {name for name, _ in model.named_children()}
    assert build_network(config, DATASETS["digits"]).state_dict().keys() == model.state_dict().keys()


def test_configuration_of_an_own_network() -> None:
    """It survives the store, says its name, and its command makes the same run again."""
    assert TrainConfig.from_json(CONFIG.to_json()) == CONFIG
    assert CONFIG.network_name == "mine"
    assert TrainConfig().network_name == "lenet5"
    words = shlex.split(CONFIG.command())
    given = dict(zip(words[4::2], words[5::2], strict=True))
    assert from_json(given["--blueprint"]) == BLUEPRINT
    assert dataclasses.replace(CONFIG, blueprint=to_line(BLUEPRINT)) == CONFIG
    assert len(CONFIG.command().splitlines()) == 1


@pytest.mark.slow
def test_command_trains_an_own_network(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """From a file, and from the text that the command of a run holds; `evaluate` judges what came of it."""
    from cnnviz.runs import scheduler

    file, made = tmp_path / "net.json", tmp_path / "made"
    file.write_text(to_json(BLUEPRINT), encoding="utf-8")
    assert main(["train", "--blueprint", str(file), "--epochs", "1", "--device", "cpu", "--output", str(made)]) == 0
    first = scheduler.store().records()[0]
    assert (first.config, first.name) == (dataclasses.replace(CONFIG, epochs=1), "mine-digits")
    assert main(shlex.split(first.config.command())[3:]) == 0
    assert scheduler.store().records()[0].config == first.config
    capsys.readouterr()
    assert main(["evaluate", str(made), "--json"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["correct"] == load_card(made).correct


def test_command_says_what_cannot_be(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is not there, and a blueprint beside the name of another network."""
    assert main(["train", "--blueprint", str(tmp_path / "none.json")]) == 2
    assert "none.json cannot be read" in capsys.readouterr().err
    assert main(["train", "--model", "lenet5", "--blueprint", to_line(BLUEPRINT)]) == 2
    assert "A blueprint is for the model own." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"model": "own"}, "not the file of a network"),
        (
            {"model": "own", "blueprint": changed(Row.of("flatten"), Row.of("linear", p=1))},
            "Row 2 (linear): linear has",
        ),
        ({"model": "own", "blueprint": changed(Row.of("linear"))}, "Row 1 (linear): linear reads numbers in a row"),
        ({"model": "own", "blueprint": 5}, "not the file of a network"),
        ({"model": "lenet5", "blueprint": to_json(BLUEPRINT)}, "A blueprint is for the model own."),
        ({"model_options": "x"}, 'must be a JSON object like {"dropout": 0.5}. Got x'),
        ({"model_options": '{"a": [1]}'}, "must be a JSON object"),
        ({"model_options": "[" * 5000}, "must be a JSON object"),
    ],
)
def test_configurations_that_cannot_be(fields: dict[str, object], sentence: str) -> None:
    """Refused when made, in one sentence; a row's error with the row's number."""
    with pytest.raises(ConfigurationError) as caught:
        TrainConfig(**fields)  # type: ignore[arg-type]
    assert sentence in str(caught.value)


def test_data_that_do_not_fit(tmp_path: Path) -> None:
    """A number of outputs written down that is not that of the classes is the last row's error, before a step."""
    blueprint = dataclasses.replace(
        BLUEPRINT, num_classes=7, rows=(*BLUEPRINT.rows[:-1], Row.of("linear", out_features=7))
    )
    config = TrainConfig(model="own", blueprint=to_json(blueprint))
    with pytest.raises(ConfigurationError, match=r"Row 6 \(linear\): .*Set out_features to 10, or leave it empty"):
        next(train(config))


def test_batches_of_one_picture_and_batch_norm() -> None:
    """1,437 pictures in batches of 4 end with a single one, of which there is no variance."""
    with pytest.raises(ConfigurationError, match="Try a batch size of 5"):
        next(train(dataclasses.replace(CONFIG, batch_size=4)))
    assert next(train(TrainConfig(batch_size=4, epochs=1, device="cpu")))


def test_no_picture_is_left() -> None:
    """All of few are held out: a sentence, not an epoch of nothing."""
    config = TrainConfig(epochs=1, train_images=1, held_out=0.5, device="cpu")
    with pytest.raises(ConfigurationError, match="No picture is left to train on"):
        next(train(config))


@pytest.mark.parametrize("batch_size", [1, 2, 64])
def test_one_picture_and_batch_norm(batch_size: int) -> None:
    """Where a single picture is left no batch size helps: the sentence says what does."""
    with pytest.raises(ConfigurationError, match="Hold out fewer pictures"):
        check_batches(nn.Sequential(nn.BatchNorm2d(1)), 1, batch_size)


@pytest.mark.parametrize(
    "options",
    [{}, {"blueprint": 5}, {"blueprint": "import os"}, {"blueprint": changed(Row.of("linear"))}, {"blueprint": ["x"]}],
)
def test_cards_that_hold_no_network(
    options: dict[str, object], whole: tuple[Path, list[Event]], tmp_path: Path
) -> None:
    """A card of an own network with anything else in it is refused in one sentence."""
    for file in whole[0].glob("epoch-0000.*"):
        shutil.copy(file, tmp_path)
    card = tmp_path / "epoch-0000.json"
    card.write_text(json.dumps({**json.loads(card.read_text()), "options": options}))
    assert load_card(card).options == options
    with pytest.raises(CnnvizError):
        load(card)


def test_a_rows_error_is_said_in_chinese() -> None:
    """The sentence inside the sentence is translated too."""
    from cnnviz.commands.output import error_line

    problem = dataclasses.replace(BLUEPRINT, rows=(Row.of("linear"),)).problem()
    assert problem is not None
    inner = problem.values["problem"]
    assert isinstance(inner, ConfigurationError)
    assert translations("zh").gettext(inner.template) != inner.template
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNNVIZ_LANG", "zh")
        assert "linear 读取" in error_line(problem)


def test_a_network_without_weights_is_not_trained() -> None:
    """There is nothing to learn: a sentence, where torch's optimizers have a bare error."""
    rows = (Row.of("adaptive_average_pool", output_size=(10, 1)), Row.of("flatten"))
    with pytest.raises(ConfigurationError, match="No row has weights that could learn"):
        dataclasses.replace(CONFIG, blueprint=changed(*rows))


# ---- initialization


def built(kind: str, seed: int = 0) -> nn.Module:
    return build_network(
        TrainConfig(initialization=kind, seed=seed, model_options='{"batch_norm": true}'), DATASETS["digits"]
    )


@pytest.mark.parametrize(
    ("kind", "deviation"),
    [("kaiming", math.sqrt(2 / 400)), ("xavier", math.sqrt(2 / 520)), ("normal", 0.01), ("zeros", 0.0)],
)
def test_deviation(kind: str, deviation: float) -> None:
    """fc1 has 400 inputs and 120 outputs; its biases begin at 0, and batch norm with scale 1."""
    model = built(kind)
    assert isinstance(model.fc1, nn.Linear)
    assert model.fc1.weight.std().item() == pytest.approx(deviation, rel=0.02)
    assert not model.fc1.bias.any()
    assert bool((model.norm1.weight == 1).all())  # type: ignore[union-attr, operator]


@pytest.mark.parametrize("kind", HYPERPARAMETERS["initialization"].choices)
def test_the_seed_decides(kind: str) -> None:
    """The same seed gives the same weights, another other ones, except zeros."""
    first, again, other = built(kind), built(kind), built(kind, seed=1)
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), again.parameters(), strict=True))
    differs = any(not torch.equal(a, b) for a, b in zip(first.parameters(), other.parameters(), strict=True))
    assert differs == (kind != "zeros")


def test_symmetry_stays() -> None:
    """From zeros a network learns nothing but how frequent the classes are: it names one class for every picture."""
    ends = [e for e in train(TrainConfig(initialization="zeros", epochs=2, device="cpu")) if isinstance(e, EpochEnd)]
    assert sum(any(column) for column in zip(*ends[-1].confusion, strict=True)) == 1

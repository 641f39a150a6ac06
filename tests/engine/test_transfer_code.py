"""The lines of PyTorch of a transfer run by themselves, and freeze, replace and thaw what the engine does."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import nn
from torchvision.models import WeightsEnum

from cnnviz.data.registry import DATASETS
from cnnviz.engine.config import OWN, TrainConfig
from cnnviz.engine.freezing import Freezing
from cnnviz.engine.optim import THAWED
from cnnviz.engine.transfer import Part, parts
from cnnviz.engine.transfer_code import TransferSource, place, source_of
from cnnviz.models.editor.blueprint import Blueprint
from cnnviz.models.editor.build import blueprint_of, build
from cnnviz.models.editor.formats import to_line
from cnnviz.models.editor.row import Row
from cnnviz.models.registry import MODELS

NETWORKS = tuple(name for name, spec in MODELS.items() if not spec.is_block)
PUBLISHED = tuple(name for name in NETWORKS if MODELS[name].weights)
MODES = (nn.Dropout, nn.BatchNorm1d, nn.BatchNorm2d)
CLASSES = ("cat", "dog", "a bird\n) # 鸟")
MINE = Blueprint(
    "mine",
    (1, 12, 12),
    10,
    (
        Row.of("conv", "1", out_channels=4, kernel_size=3),
        Row.of("batch_norm", "2"),
        Row.of("basic_block", "body.9", out_channels=6),
        Row.of("flatten"),
        Row.of("linear", "head.deep", out_features=8),
        Row.of("linear", "head.7"),
    ),
)


def told(config: TrainConfig, is_new: bool = True) -> tuple[Part, ...]:
    """The engine's parts for pictures of three classes; the last one new."""
    channels = MINE.input_size[0] if config.model == OWN else MODELS[config.model].input_size[0]
    data = replace(DATASETS["digits"], image_size=(channels, 28, 28), classes=CLASSES)
    found = parts(replace(config, start_from="random"), data)
    return (*found[:-1], dataclasses.replace(found[-1], is_new=is_new))


def run(source: TransferSource, **given: Any) -> dict[str, Any]:
    """The lines carried out without numbers: shapes and what learns are all that is asked."""
    space: dict[str, Any] = {"loader": [], **given}
    with torch.device("meta"):
        exec(compile(source.program, "transfer", "exec"), space)  # our own lines
    return space


def learning(model: nn.Module) -> set[str]:
    return {name for name, weight in model.named_parameters() if weight.requires_grad}


def weights_of(model: nn.Module, names: set[str]) -> set[str]:
    """The weights that lie in layers of these names themselves."""
    return {
        f"{name}.{weight}" for name in names for weight, _ in model.get_submodule(name).named_parameters(recurse=False)
    }


@pytest.fixture
def nothing_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Weights are neither read nor fetched: a network on the meta device has none."""
    monkeypatch.setattr("safetensors.torch.load_file", lambda file: {})
    monkeypatch.setattr(nn.Module, "load_state_dict", lambda self, *args, **kwargs: None)
    monkeypatch.setattr(WeightsEnum, "get_state_dict", lambda self, *args, **kwargs: {})


@pytest.mark.usefixtures("nothing_loaded")
@pytest.mark.parametrize("name", NETWORKS)
def test_every_network_freezes_replaces_and_thaws_as_the_engine_does(name: str) -> None:
    """Of every network of the zoo: the last layer is new, it and the thawed stages learn, all else stays frozen."""
    config = TrainConfig(model=name, epochs=7, trainable="last", thaw=3, start_from="some")
    expected = told(config)
    space = run(source_of(config, expected, MODELS[name].input_size[0], CLASSES, "some.safetensors", 10))
    model = space["model"]
    assert learning(model) == weights_of(model, {part.name for part in expected if part.stage is not None})
    assert sum(weight.numel() for weight in model.parameters()) == sum(part.params for part in expected)
    head = model.get_submodule(expected[-1].name)
    assert sum(weight.numel() for weight in head.parameters()) == expected[-1].params
    groups = [sum(weight.numel() for weight in group["params"]) for group in space["optimizer"].param_groups]
    first = sum(part.params for part in expected if part.stage == 0)
    assert groups[0] == first
    assert sum(groups[1:]) == sum(part.params for part in expected if part.stage)
    assert all(group["lr"] == pytest.approx(THAWED * 0.005) for group in space["optimizer"].param_groups[1:])


@pytest.mark.usefixtures("nothing_loaded")
@pytest.mark.parametrize("name", ["keras-cnn", "vgg16", "resnet-small", "resnet18", "googlenet"])
def test_what_is_frozen_drops_nothing_and_keeps_its_averages(name: str) -> None:
    """Dropout and batch norm are in training mode where the engine's are."""
    spec = MODELS[name]
    config = TrainConfig(model=name, epochs=1, trainable="last", start_from="some")
    expected = told(config)
    space = run(source_of(config, expected, spec.input_size[0], CLASSES, "some.safetensors", 10))
    space["train_mode"]()
    ours = {path for path, layer in space["model"].named_modules() if isinstance(layer, MODES) and layer.training}
    model = spec.outline(num_classes=len(CLASSES))
    data = replace(DATASETS["digits"], image_size=spec.input_size, classes=CLASSES)
    Freezing.of(model, replace(config, start_from="random"), data, spec.input_size).train_mode()
    theirs = {path for path, layer in model.named_modules() if isinstance(layer, MODES) and layer.training}
    assert ours == theirs


@pytest.mark.usefixtures("nothing_loaded")
@pytest.mark.parametrize("name", PUBLISHED)
def test_the_published_networks_are_torchvisions_own(name: str) -> None:
    """From ImageNet the lines need torchvision alone; frozen and learning weights are as many as the engine's."""
    config = TrainConfig(model=name, trainable="last", start_from="imagenet")
    expected = told(config)
    source = source_of(config, expected, 3, CLASSES)
    assert "IMAGENET1K_V1" in source.lines
    assert "def build" not in source.program
    model = run(source)["model"]
    assert learning(model) == weights_of(model, {expected[-1].name})
    assert sum(weight.numel() for weight in model.parameters()) == sum(part.params for part in expected)


@pytest.mark.usefixtures("nothing_loaded")
@pytest.mark.parametrize("trainable", ["all", "last", "head.deep", "body.9", "1"])
@pytest.mark.parametrize("is_new", [True, False])
def test_a_network_of_ones_own_with_names_that_are_numbers(trainable: str, is_new: bool) -> None:
    """Layers that no Python name can be are written so that they are found all the same."""
    config = TrainConfig(model=OWN, blueprint=to_line(MINE), trainable=trainable, start_from="own-mine")
    expected = told(config, is_new)
    model = run(source_of(config, expected, 1, CLASSES, 'mine "x".safetensors', 10 if is_new else 3))["model"]
    assert learning(model) == weights_of(model, {part.name for part in expected if part.stage == 0})
    assert model.get_submodule("head.7").out_features == len(CLASSES)


def test_the_lines_train_what_learns_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With weights and pictures: after its epochs frozen weights and running means are bit for bit the file's."""
    network = blueprint_of("resnet-small", num_classes=10)
    torch.manual_seed(0)
    before = {name: tensor.clone() for name, tensor in build(network).state_dict().items()}
    save_file(before, tmp_path / "small.safetensors")
    monkeypatch.chdir(tmp_path)
    config = TrainConfig(model="resnet-small", epochs=3, trainable="last", thaw=2, start_from="small")
    expected = told(config)
    loader = [(torch.randn(4, 3, 32, 32), torch.tensor([0, 1, 2, 0])) for _ in range(2)]
    space: dict[str, Any] = {"loader": loader}
    exec(source_of(config, expected, 3, CLASSES, "small.safetensors", 10).program, space)
    after = space["model"].state_dict()
    learned = {part.name for part in expected if part.stage is not None}
    for name, tensor in before.items():
        layer = name.rpartition(".")[0]
        if layer not in learned:
            assert torch.equal(after[name], tensor), name
        elif layer != expected[-1].name and not name.endswith("num_batches_tracked"):
            assert not torch.equal(after[name], tensor), name


def loss_lines(loss: str) -> Iterator[str]:
    config = TrainConfig(model="lenet5", epochs=1, trainable="last", loss=loss)
    yield from source_of(config, told(config, is_new=False), 1, CLASSES).lines.splitlines()


@pytest.mark.parametrize("loss", ["cross-entropy", "nll", "hinge", "squared", "absolute"])
def test_every_loss_is_the_engines(loss: str) -> None:
    """The line of the loss gives the number that training computes."""
    from cnnviz.engine.optim import criterion

    [line] = [line.strip() for line in loss_lines(loss) if "loss = " in line]
    logits, labels = torch.randn(5, len(CLASSES)), torch.tensor([0, 1, 2, 1, 0])
    space: dict[str, Any] = {"model": lambda x: x, "pictures": logits, "labels": labels, "nn": nn, "torch": torch}
    exec(line, space)
    expected = criterion(TrainConfig(loss=loss))(logits, labels)
    assert space["loss"].item() == pytest.approx(expected.item(), rel=1e-5)


@pytest.mark.parametrize("optimizer", ["adamw", "adam", "rmsprop", "nesterov", "momentum", "sgd"])
def test_every_optimizer_is_the_engines(optimizer: str) -> None:
    """Same class, same settings."""
    from cnnviz.engine.optim import make_optimizer

    config = TrainConfig(model="lenet5", optimizer=optimizer, epochs=1)
    ours = run(source_of(config, told(config, is_new=False), 1, CLASSES))["optimizer"]
    theirs = make_optimizer(nn.Linear(2, 2), config)
    assert type(ours) is type(theirs)
    skipped = {"params", "fused", "foreach"}
    assert {k: v for k, v in ours.param_groups[0].items() if k not in skipped} == {
        k: v for k, v in theirs.param_groups[0].items() if k not in skipped
    }


def test_a_layer_is_written_as_one_writes_it() -> None:
    """By its place in a Sequential of torch's own names, else by its name."""
    vgg = build(blueprint_of("vgg16"))
    assert place(vgg, "classifier.6") == "model.classifier[6]"
    assert place(build(MINE), "head.7") == 'model.head.get_submodule("7")'

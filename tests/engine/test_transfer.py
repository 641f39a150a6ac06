"""Which layers learn and when; what a training starts from; what does not fit is one sentence."""

from __future__ import annotations

import dataclasses
import io
from pathlib import Path

import pytest
import torch
from torch import nn

from cnnviz.base.errors import CheckpointError, ConfigurationError
from cnnviz.data.registry import DATASETS
from cnnviz.engine.card import load_card
from cnnviz.engine.checkpoint import load, save
from cnnviz.engine.checkpoint_names import card_at, find, pinned
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.freezing import Freezing
from cnnviz.engine.loader import Preprocessing
from cnnviz.engine.network import build_network, skeleton
from cnnviz.engine.starting_weights import options_for_card, start_of
from cnnviz.engine.transfer import first_trainable, network_of_start, parts
from cnnviz.models import pretrained
from cnnviz.models.editor.build import blueprint_of
from cnnviz.models.editor.formats import to_line
from cnnviz.models.registry import MODELS
from cnnviz.models.summary import summarize
from tests.models.test_pretrained import _Server
from tests.models.test_pretrained import published as published  # a fixture, as the next: a local server
from tests.models.test_pretrained import server as server

DIGITS, CIFAR = DATASETS["digits"], DATASETS["cifar10"]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A CNNVIZ_HOME of our own."""
    monkeypatch.setenv("CNNVIZ_HOME", str(tmp_path))
    return tmp_path


def keep(home: Path, name: str, config: TrainConfig, classes: tuple[str, ...] = DIGITS.classes) -> nn.Module:
    """A network as a visitor keeps it, of digits, with weights that no seed draws."""
    model = build_network(config, dataclasses.replace(DIGITS, classes=classes)).eval()
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(0.01)
    options = {"blueprint": config.blueprint} if config.model == "own" else config.options()
    card = dataclasses.replace(
        load_card(find("lenet5-mnist")), model=config.model, options=options, classes=classes, mean=(0.25,), std=(0.5,),
        per_class=(), confusion=(), margin=0.1, sha256="",
    )  # fmt: skip
    save(home / "own" / name, model, card)
    return model


def test_parts_are_the_layers_with_weights_in_the_order_they_run() -> None:
    """LeNet-5: five, the last learns, the others thaw one by one from the back, as far as there are epochs."""
    found = parts(TrainConfig(trainable="last", thaw=2, epochs=6), DIGITS)
    assert [(part.name, part.params) for part in found] == [
        ("conv1", 156), ("conv2", 2416), ("fc1", 48120), ("fc2", 10164), ("fc3", 850),
    ]  # fmt: skip
    assert [part.stage for part in found] == [None, None, 2, 1, 0]
    assert [part.first_epoch for part in found] == [None, None, 5, 3, 1]
    assert not any(part.is_new for part in found)


@pytest.mark.parametrize("name", ["vgg16", "alexnet", "resnet18", "googlenet", "inception-v3", "resnet-small"])
def test_every_weight_of_a_network_is_in_one_part(name: str) -> None:
    """So that their counts add up; the last is the layer that gives the classes."""
    found = parts(TrainConfig(model=name, trainable="last", thaw=1, epochs=1000), CIFAR)
    outline = MODELS[name].outline(3, 10)
    assert sum(part.params for part in found) == sum(weight.numel() for weight in outline.parameters())
    assert found[-1].stage == 0
    assert isinstance(outline.get_submodule(found[-1].name), nn.Linear)
    numbers = [part.stage or 0 for part in found]
    assert numbers == sorted(numbers, reverse=True)  # nothing thaws before what comes behind it
    assert set(numbers) == set(range(numbers[0] + 1))  # no stage is empty


def test_a_block_thaws_together_and_batch_norm_with_its_convolution() -> None:
    """ResNet: a stage is a block; conv1 and norm1 are one."""
    found = {
        part.name: part.stage for part in parts(TrainConfig(model="resnet-small", trainable="last", thaw=1), CIFAR)
    }
    assert {stage for name, stage in found.items() if name.startswith("block3.")} == {1}
    assert (found["norm1"], found["conv1"]) == (4, 4)


def test_a_blocks_name_means_its_first_layer() -> None:
    """VGG-16: classifier is classifier.0; from there 119,554,050 weights learn for two classes; last: classifier.6."""
    two = dataclasses.replace(CIFAR, classes=("cat", "dog"))
    for trainable, count in (("classifier", 119_554_050), ("classifier.0", 119_554_050), ("last", 8194)):
        found = parts(TrainConfig(model="vgg16", trainable=trainable), two)
        assert sum(part.params for part in found if part.stage == 0) == count


def test_a_layer_that_is_not_there_is_refused_with_those_that_are() -> None:
    """A name without weights too."""
    for name in ("conv9", "relu1", "conv"):
        with pytest.raises(ConfigurationError, match=r"trainable .* conv1, conv2, fc1, fc2, fc3\. Got " + name):
            parts(TrainConfig(trainable=name), DIGITS)
    assert first_trainable((), "all") == 0


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"thaw": 2}, "nothing to thaw"),
        ({"start_from": "lenet5-mnist", "normalize": False}, "normalisation that its filters expect"),
        ({"start_from": "lenet5-mnist", "initialization": "xavier"}, "overwritten by the initialization xavier"),
        (
            {"start_from": "imagenet", "model": "vgg16", "model_options": '{"pretrained": true}'},
            "Leave one of them out",
        ),
        ({"start_from": "x" * 81}, "at most 80 characters"),
    ],
)
def test_what_contradicts_itself_is_refused(fields: dict[str, object], sentence: str) -> None:
    """As the configuration is made."""
    with pytest.raises(ConfigurationError, match=sentence):
        TrainConfig(**fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fields", "data", "sentence"),
    [
        ({"start_from": "nowhere"}, DIGITS, "There is no checkpoint nowhere here"),
        ({"start_from": "../own/x"}, DIGITS, "There is no checkpoint"),
        ({"start_from": "run-3@2"}, DIGITS, "There is no checkpoint run-3@2"),
        ({"start_from": "lenet5-mnist", "model": "keras-cnn"}, DIGITS, "is a trained lenet5, not keras-cnn"),
        ({"start_from": "lenet5-mnist", "model_options": '{"pooling": "average"}'}, DIGITS, "pooling max, not average"),
        ({"start_from": "lenet5-mnist"}, CIFAR, "pictures of 1 channels, and those of cifar10 have 3"),
        ({"start_from": "imagenet"}, CIFAR, "No ImageNet weights are published for lenet5"),
        ({"start_from": "imagenet", "model": "vgg16"}, DIGITS, "published weights are for colour pictures"),
        ({"start_from": "imagenet", "model": "vgg16", "model_options": '{"activation": "tanh"}'}, CIFAR, "activation"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_sentence(
    fields: dict[str, object], data: object, sentence: str, home: Path
) -> None:
    """Before anything is trained, naming what does not fit."""
    with pytest.raises((ConfigurationError, CheckpointError), match=sentence):
        start_of(TrainConfig(**fields), data)  # type: ignore[arg-type]


def test_the_last_layer_is_fresh_where_the_classes_are_others(home: Path) -> None:
    """All else is the source's; the fresh one is the seed's. With the same classes the last is the source's, too."""
    source = keep(home, "mine", TrainConfig())
    for classes, is_new in ((DIGITS.classes, False), (("a", "b", "c"), True), (DIGITS.classes[::-1], True)):
        data, config = dataclasses.replace(DIGITS, classes=classes), TrainConfig(start_from="own-mine", seed=3)
        model = build_network(config, data)
        fresh = model.fc3.weight.clone()
        start = start_of(config, data)
        assert start is not None
        start.load_into(model, config, data)
        assert torch.equal(model.conv1.weight, source.conv1.weight)
        assert torch.equal(model.fc2.bias, source.fc2.bias)
        assert torch.equal(model.fc3.weight, fresh if is_new else source.fc3.weight)
        assert parts(config, data)[-1].is_new is is_new


def test_pictures_are_normalised_as_the_sources_were(home: Path) -> None:
    """Mean and deviation are the source's; the margin is a known data set's own, else the source's."""
    keep(home, "mine", TrainConfig())
    start = start_of(TrainConfig(start_from="own-mine"), DIGITS)
    assert start is not None
    usual = Preprocessing.between(DIGITS, MODELS["lenet5"])
    assert (usual.mean, usual.std) != ((0.25,), (0.5,))
    found = start.prepared(usual, DIGITS)
    assert (found.mean, found.std, found.margin) == ((0.25,), (0.5,), DIGITS.margin)
    assert start.prepared(usual, dataclasses.replace(DIGITS, name="own:mine")).margin == 0.1


def test_a_network_of_ones_own_is_started_from(home: Path) -> None:
    """Its rows come with it, the last as wide as there are classes; other rows are refused."""
    blueprint = to_line(blueprint_of("lenet5"))
    keep(home, "mine", TrainConfig(model="own", blueprint=blueprint))
    network = network_of_start("own-mine")
    assert network["model"] == "own"
    config = TrainConfig(start_from="own-mine", **network)  # type: ignore[arg-type]
    data = dataclasses.replace(DIGITS, classes=("a", "b"))
    start = start_of(config, data)
    model = build_network(config, data)
    assert start is not None
    start.load_into(model, config, data)
    assert model.state_dict().keys() == load(find("own-mine"))[0].state_dict().keys()
    other = TrainConfig(start_from="own-mine", model="own", blueprint=to_line(blueprint_of("keras-cnn")))
    for wrong in (other, TrainConfig(start_from="own-mine")):
        with pytest.raises(ConfigurationError, match="other rows"):
            start_of(wrong, DIGITS)


def test_the_network_follows_the_checkpoint() -> None:
    """Model and options of what is started from; of random and published weights nothing."""
    assert network_of_start("resnet-small-cifar10") == {
        "model": "resnet-small", "model_options": '{"blocks": "2"}', "blueprint": "",
    }  # fmt: skip
    assert network_of_start("random") == network_of_start("imagenet") == {}


def test_a_runs_name_is_pinned_to_its_epoch(home: Path) -> None:
    """So that the same configuration means the same weights when the run has gone on."""
    for epoch in (0, 3, 12):
        for suffix in (".json", ".safetensors"):
            target = home / "runs" / "7" / f"epoch-{epoch:04d}{suffix}"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(find("lenet5-mnist").with_suffix(suffix).read_bytes())
    assert pinned("run-7") == "run-7@12"
    assert pinned("run-7@3") == "run-7@3"
    assert pinned("lenet5-mnist") == "lenet5-mnist"
    assert find("run-7@3").name == "epoch-0003.safetensors"
    assert find("run-7").name == "epoch-0012.safetensors"
    with pytest.raises(CheckpointError, match=r"Epoch 4 of run-7 .* 0, 3, 12"):
        find("run-7@4")


def test_published_weights_bring_imagenets_normalisation(server: _Server) -> None:
    """They are fetched once, and loaded, all but the last layer; mean and deviation are ImageNet's."""
    theirs = torch.load(io.BytesIO(server.content), weights_only=True)
    data = dataclasses.replace(CIFAR, classes=("cat", "dog"))
    config = TrainConfig(model="resnet18", start_from="imagenet")
    start = start_of(config, data)
    model = build_network(config, data)
    assert start is not None
    start.load_into(model, config, data)
    assert torch.equal(model.layer4[1].conv2.weight, theirs["layer4.1.conv2.weight"])
    start.load_into(build_network(config, data), config, data)
    assert server.asked == 1
    assert model.fc.weight.shape == (2, 512)
    assert (start.mean, start.std) == (pretrained.MEAN, pretrained.STD)
    assert parts(config, data)[-1].is_new


def test_published_weights_that_scale_their_input_do_so_in_every_copy() -> None:
    """The card says so, and the network made of the card scales: else its answers would be others."""
    config = TrainConfig(model="googlenet", start_from="imagenet")
    start = start_of(config, CIFAR)
    options = options_for_card({}, start)
    card = dataclasses.replace(
        load_card(find("resnet-small-cifar10")), model="googlenet", options=options, input_size=(3, 224, 224)
    )
    assert skeleton(card).transform_input is True  # type: ignore[union-attr]
    assert options_for_card({}, start_of(dataclasses.replace(config, model="vgg16"), CIFAR)) == {}


def test_what_is_frozen_neither_drops_nor_averages() -> None:
    """Dropout off and batch norm in eval mode before the first layer that learns; behind it as usual."""
    config = TrainConfig(
        model="vgg-small", trainable="conv5", model_options='{"dropout": 0.3, "batch_norm": true}', thaw=1, epochs=3
    )
    model = build_network(config, CIFAR)
    freezing = Freezing.of(model, config, CIFAR, (3, 32, 32))
    order = [layer.name for layer in summarize(model, (3, 32, 32))]
    for epoch, first in ((1, "conv5"), (2, "conv4"), (3, "conv3")):
        freezing.reach(epoch)
        freezing.train_mode()
        place = order.index(first)
        for name in order:
            module = model.get_submodule(name)
            assert module.training is (order.index(name) >= place), name
            assert all(weight.requires_grad is (order.index(name) >= place) for weight in module.parameters())


def test_a_card_deleted_between_two_looks(tmp_path: Path) -> None:
    """One sentence, not an OSError: whoever reads a card may come too late."""
    with pytest.raises(CheckpointError, match=r"its card gone\.json is missing"):
        card_at(tmp_path / "gone.safetensors")

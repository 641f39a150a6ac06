"""Frozen weights stay to the bit; features are computed once and give the same training; a thaw resumes exactly."""

from __future__ import annotations

import dataclasses
import json
import shutil
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from cnnviz.base.errors import CheckpointError
from cnnviz.data.dataset_spec import Split
from cnnviz.data.registry import DATASETS
from cnnviz.engine import feature_cache, retention
from cnnviz.engine.card import load_arrays, load_card
from cnnviz.engine.checkpoint import load
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.evaluate import evaluate_checkpoint
from cnnviz.engine.events import EpochEnd, Event, FeaturesMade, RunStarted, Thawed, from_dict, to_dict
from cnnviz.engine.feature_cache import FeatureCache, tail_of
from cnnviz.engine.freezing import Freezing
from cnnviz.engine.loader import DeviceDataset, Preprocessing
from cnnviz.engine.network import build_network
from cnnviz.engine.retention import resumable_epochs
from cnnviz.engine.train import train
from cnnviz.engine.transfer import parts
from cnnviz.models.registry import MODELS

pytestmark = pytest.mark.slow

DIGITS, CIFAR = DATASETS["digits"], DATASETS["cifar10"]
NORM = '{"batch_norm": true, "dropout": 0.2}'
LAST = TrainConfig(data="digits", start_from="lenet5-mnist", trainable="last", epochs=2, train_images=200, device="cpu")
# every kind of memory beside the frozen ones: batch norm, dropout, Adam's moments of what came later
THAWING = dataclasses.replace(
    LAST, start_from="random", model_options=NORM, thaw=2, epochs=6, held_out=0.1, batch_size=50
)


def of_epoch(folder: Path, epoch: int) -> dict[str, bytes]:
    """Every weight and running mean, as bytes."""
    return {name: array.tobytes() for name, array in load_arrays(folder / f"epoch-{epoch:04d}").items()}


def changed(folder: Path, first: int, last: int) -> set[str]:
    """The layers of which something is not, to the bit, what it was."""
    before, after = of_epoch(folder, first), of_epoch(folder, last)
    return {name.rpartition(".")[0] for name in before if before[name] != after[name]}


@pytest.fixture(scope="module")
def thawed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Event]]:
    """An undisturbed run of THAWING. Do not write there."""
    folder = tmp_path_factory.mktemp("thawed")
    return folder, list(train(THAWING, directory=folder))


@pytest.mark.parametrize(
    ("fields", "learning"),
    [
        ({}, {"fc3"}),
        ({"trainable": "fc2"}, {"fc2", "fc3"}),
        ({"augmentation": "affine"}, {"fc3"}),
        ({"optimizer": "sgd", "momentum": 0.0, "trainable": "conv2"}, {"conv2", "fc1", "fc2", "fc3"}),
        ({"start_from": "random", "model_options": NORM, "trainable": "fc1"}, {"fc1", "fc2", "fc3"}),
        ({"start_from": "random", "model": "keras-cnn"}, {"fc1"}),
        ({"start_from": "random", "model": "resnet-small", "trainable": "block3.conv2", "train_images": 20},
         {"block3.conv2", "block3.bn2", "block3.downsample.0", "block3.downsample.1", "fc"}),
    ],
)  # fmt: skip
def test_what_is_frozen_stays_to_the_bit(fields: dict[str, object], learning: set[str], tmp_path: Path) -> None:
    """Weights and running statistics, whatever the optimizer decays; all that is to learn has learned."""
    config = dataclasses.replace(LAST, **fields)  # type: ignore[arg-type]
    events = list(train(config, directory=tmp_path))
    assert changed(tmp_path, 0, 2) == learning
    started = events[0]
    assert isinstance(started, RunStarted)
    assert started.trainable == sum(part.params for part in parts(config, DIGITS) if part.stage == 0)


def test_transfer_learns_digits_from_few(tmp_path: Path) -> None:
    """50 pictures, the last layer of a network of MNIST: nine in ten right, where the same from scratch is lost."""
    few = dataclasses.replace(LAST, train_images=50, epochs=10, batch_size=10)
    ends = [event for event in train(few, directory=tmp_path) if isinstance(event, EpochEnd)]
    scratch = dataclasses.replace(few, start_from="random", trainable="all")
    others = [event for event in train(scratch) if isinstance(event, EpochEnd)]
    assert ends[-1].test_accuracy > 0.88
    assert ends[-1].test_accuracy > others[-1].test_accuracy + 0.05
    card = load_card(tmp_path / "epoch-0010")
    source = load_card("checkpoints/lenet5-mnist")
    assert (card.mean, card.std) == (source.mean, source.std)
    assert evaluate_checkpoint(tmp_path / "epoch-0010").accuracy == card.test_accuracy == ends[-1].test_accuracy


def test_features_give_the_training_that_pictures_give(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once computed or in every epoch: the same order, the same losses and weights but for rounding."""
    losses, weights, made = [], [], []
    for most in (feature_cache.MOST_BYTES, 0):
        monkeypatch.setattr(feature_cache, "MOST_BYTES", most)
        folder = tmp_path / str(most)
        events = list(train(dataclasses.replace(LAST, epochs=3), directory=folder))
        losses.append([event.train_loss for event in events if isinstance(event, EpochEnd)])
        weights.append(load(folder / "epoch-0003")[0].fc3.weight)
        made.append(sum(event.images for event in events if isinstance(event, FeaturesMade)))
    assert made == [560, 0]
    assert losses[0] == pytest.approx(losses[1], rel=1e-4)
    assert torch.allclose(weights[0], weights[1], atol=1e-4)


def test_thawing_goes_from_the_back_and_is_told(thawed: tuple[Path, list[Event]]) -> None:
    """After every two epochs the next layer with its batch norm learns too; before, it stood still to the bit."""
    folder, events = thawed
    said = [event for event in events if isinstance(event, Thawed)]
    assert [(event.epoch, event.layers) for event in said] == [(3, ("fc2",)), (5, ("fc1",))]
    assert [event.trainable for event in said] == [11_014, 59_134]
    assert [changed(folder, *pair) for pair in pairwise((0, 2, 4, 6))] == [
        {"fc3"}, {"fc3", "fc2"}, {"fc3", "fc2", "fc1"},
    ]  # fmt: skip
    made = [event.epoch for event in events if isinstance(event, FeaturesMade)]
    assert made == [1, 3, 5]  # what stays frozen is less: computed anew, and only then


def test_events_survive_the_store(thawed: tuple[Path, list[Event]]) -> None:
    """Layers that thaw and features that are made, too, to JSON and back."""
    for event in thawed[1]:
        assert from_dict(json.loads(json.dumps(to_dict(event)))) == event


@pytest.mark.parametrize("epoch", range(6))
def test_any_epoch_resumes_to_the_very_weights(thawed: tuple[Path, list[Event]], epoch: int, tmp_path: Path) -> None:
    """Before, at and after a thaw."""
    folder = tmp_path / "copy"
    shutil.copytree(thawed[0], folder)
    list(train(THAWING, directory=folder, resume=True, from_epoch=epoch))
    assert of_epoch(folder, 6) == of_epoch(thawed[0], 6)


def test_a_run_outlives_its_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it started from is its own epoch 0: the source may be deleted. A run that begins cannot do without."""
    monkeypatch.setenv("CNNVIZ_HOME", str(tmp_path / "home"))
    kept = tmp_path / "home" / "own" / "mine.safetensors"
    kept.parent.mkdir(parents=True)
    for suffix in (".json", ".safetensors"):
        shutil.copy(f"checkpoints/lenet5-mnist{suffix}", kept.with_suffix(suffix))
    config = dataclasses.replace(LAST, start_from="own-mine")
    list(train(config, directory=tmp_path / "run"))
    before = of_epoch(tmp_path / "run", 2)
    kept.unlink()
    for epoch in (1, 0):
        list(train(config, directory=tmp_path / "run", resume=True, from_epoch=epoch))
        assert of_epoch(tmp_path / "run", 2) == before
    with pytest.raises(CheckpointError, match="no checkpoint own-mine"):
        train(config, directory=tmp_path / "other")


def test_a_new_run_takes_nothing_from_the_one_before_in_its_folder(tmp_path: Path) -> None:
    """Its start is the source, also where what lies there is broken."""
    list(train(LAST, directory=tmp_path))
    before = of_epoch(tmp_path, 2)
    (tmp_path / "epoch-0000.json").write_text("{}")
    list(train(LAST, directory=tmp_path))
    assert of_epoch(tmp_path, 2) == before


def pictures(side: int, count: int = 6) -> DeviceDataset:
    """Noise in colour."""
    images = np.random.default_rng(0).integers(0, 256, (count, 3, side, side), dtype=np.uint8)
    prepare = Preprocessing((3, side, side), (0.5,) * 3, (0.25,) * 3)
    return DeviceDataset.of(Split(images, np.arange(count) % 10), prepare, 10, torch.device("cpu"))


@pytest.mark.parametrize(
    ("name", "trainable", "side", "shape"),
    [
        ("vgg11", "last", 64, (4096,)),
        ("vgg11", "classifier.0", 64, (25088,)),
        ("vgg11", "features.16", 64, (512, 4, 4)),
        ("alexnet", "last", 64, (4096,)),
        ("resnet18", "last", 64, (512,)),
        ("resnet18", "layer4.1.bn2", 64, (512, 2, 2)),
        ("googlenet", "last", 64, (1024,)),
        ("googlenet", "inception5b.branch3.1.conv", 64, (832, 2, 2)),
        ("inception-v3", "last", 96, (2048,)),
        ("resnet-small", "block3.conv2", 32, (64, 16, 16)),
        ("basic-block", "last", 32, (128,)),
        ("cifar-cnn", "fc1", 32, (400,)),
    ],
)
def test_any_network_is_cut_where_learning_begins(name: str, trainable: str, side: int, shape: tuple[int, ...]) -> None:
    """Stacks, VGG, AlexNet, ResNet, Inception: features of a picture, from which the tail answers as the whole does.

    Where a block learns in part, the cut lies before the block.
    """
    torch.manual_seed(0)
    model, data = MODELS[name].build(3, 10).eval(), pictures(side)
    freezing = Freezing.of(model, TrainConfig(model=name, trainable=trainable), CIFAR, (3, side, side))
    cache = FeatureCache(model, {"test": data})
    done = list(cache.renew(freezing.order, freezing.frozen, {"test": "float32"}))
    tail, features = cache.of("test")
    assert done[-1] == (6, 6)
    assert features.images.shape == (6, *shape)
    x, labels = next(features.in_order(6))
    with torch.no_grad():
        whole = model(next(data.in_order(6))[0])
        assert torch.allclose(tail(x), whole, rtol=1e-3, atol=1e-4 * float(whole.abs().max()))
    assert torch.equal(labels, data.labels)
    tail(x).sum().backward()
    learned = {name for name, weight in model.named_parameters() if weight.grad is not None}
    assert learned == {
        f"{part.name}.{key}"
        for part in freezing.learning
        for key, _ in model.get_submodule(part.name).named_parameters()
    }
    assert not any("forward" in module.__dict__ for module in model.modules())  # put back


class Around(nn.Module):
    """A shortcut leads around the last layer: what reaches it is not all that the answer needs."""

    def __init__(self) -> None:
        super().__init__()
        self.flatten, self.first, self.last = nn.Flatten(), nn.Linear(12, 10), nn.Linear(10, 10)

    def forward(self, x: Tensor) -> Tensor:
        first = self.first(self.flatten(x))
        return first + self.last(first)


def test_a_network_that_cannot_be_cut_is_asked_as_a_whole() -> None:
    """Rather no features than wrong answers."""
    model, data = Around(), pictures(2)
    assert tail_of(model, ("flatten", "first", "last"), ("flatten", "first"), data) is None
    cache = FeatureCache(model, {"test": data})
    assert list(cache.renew(("flatten", "first", "last"), ("flatten", "first"), {"test": "float32"})) == []
    assert cache.of("test") == (model, data)


def test_without_a_test_picture_nothing_is_cut() -> None:
    """There is none to try the cut on: the evaluation says what is missing."""
    model, data = MODELS["lenet5"].build(1, 10), DATASETS["digits"].load("test")
    none = DeviceDataset.of(
        Split(data.images[:0], data.labels[:0]), Preprocessing((1, 28, 28), (0.5,), (0.5,)), 10, torch.device("cpu")
    )
    cache = FeatureCache(model, {"test": none})
    freezing = Freezing.of(model, LAST, DIGITS, (1, 28, 28))
    assert list(cache.renew(freezing.order, freezing.frozen, {"test": "float32"})) == []
    assert cache.of("test") == (model, none)


def test_frozen_batch_norm_takes_a_single_picture(tmp_path: Path) -> None:
    """It looks at no batch; where it is to thaw, it would."""
    one = dataclasses.replace(LAST, start_from="random", model_options=NORM, train_images=21, batch_size=20, epochs=1)
    assert list(train(one))[-1].reason == "finished"  # type: ignore[union-attr]
    model = build_network(one, DIGITS)
    assert any(isinstance(layer, nn.BatchNorm2d) for layer in model.modules())


def test_a_large_network_is_not_saved_in_every_short_epoch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else writing VGG-16 would take a hundred times as long as its last layer learns. First, best and last are there;
    a run that was broken off goes on from the last one that is."""
    list(train(LAST, directory=tmp_path / "small"))
    assert resumable_epochs(tmp_path / "small") == [0, 1, 2]
    monkeypatch.setattr(retention, "LARGE", 1)
    monkeypatch.setattr(retention, "SHARE", 1e-6)
    four = dataclasses.replace(LAST, epochs=4)
    list(train(four, directory=tmp_path / "large"))
    assert resumable_epochs(tmp_path / "large") == [0, 4]
    best = list(train(dataclasses.replace(four, patience=9), directory=tmp_path / "best"))[-1].best_epoch  # type: ignore[union-attr]
    assert {0, best, 4} <= set(resumable_epochs(tmp_path / "best"))
    broken = train(four, directory=tmp_path / "broken")
    next(event for event in broken if isinstance(event, EpochEnd) and event.epoch == 3)
    broken.close()
    list(train(four, directory=tmp_path / "broken", resume=True))
    assert of_epoch(tmp_path / "broken", 4) == of_epoch(tmp_path / "large", 4)

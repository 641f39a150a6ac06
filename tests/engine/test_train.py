"""A training reports what it does, learns, can be repeated, and can be interrupted without a trace in the result."""

from __future__ import annotations

import dataclasses
import shutil
import time
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from cnnviz.base.errors import CheckpointError, ConfigurationError, MissingDataError
from cnnviz.data.dataset_spec import DatasetSpec, Split
from cnnviz.data.registry import DATASETS
from cnnviz.engine import metrics
from cnnviz.engine import train as module
from cnnviz.engine.card import load_arrays, load_card
from cnnviz.engine.checkpoint import load
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.events import EpochEnd, Event, Progress, RunEnd, RunStarted
from cnnviz.engine.hyperparameters import HYPERPARAMETERS
from cnnviz.engine.network import build_network
from cnnviz.engine.train import train
from cnnviz.models.zoo import TRAINABLE_NAMES
from tests.engine.conftest import CONFIG

pytestmark = pytest.mark.slow


def same_weights(first: Path, second: Path) -> bool:
    a, b = load_arrays(first), load_arrays(second)
    return a.keys() == b.keys() and all(a[name].tobytes() == b[name].tobytes() for name in a)


def test_events_come_in_order(trained: tuple[Path, list[Event]]) -> None:
    """Start, then for each epoch its progress and its end, then the end."""
    events = trained[1]
    assert isinstance(events[0], RunStarted)
    assert events[-1] == RunEnd("finished", 3, events[-1].seconds, best_epoch=3)  # type: ignore[union-attr]
    assert [event.epoch for event in events if isinstance(event, EpochEnd)] == [1, 2, 3]
    epochs = [event.epoch for event in events[1:-1] if isinstance(event, (Progress, EpochEnd))]
    assert epochs == sorted(epochs)
    seconds = [event.seconds for event in events if isinstance(event, Progress)]
    assert seconds == sorted(seconds)


def test_start_says_what_is_trained(trained: tuple[Path, list[Event]]) -> None:
    """Weights, pictures and steps."""
    started = trained[1][0]
    assert isinstance(started, RunStarted)
    assert (started.device, started.parameters) == ("cpu", 61_706)
    assert (started.train_images, started.test_images) == (1437, 360)
    assert (started.steps_per_epoch, started.epochs, started.first_epoch) == (23, 3, 1)


def test_progress_adds_up(trained: tuple[Path, list[Event]]) -> None:
    """Each epoch's last report is at its last step; the rate falls to nearly nothing; nothing is left at the end."""
    progress = [event for event in trained[1] if isinstance(event, Progress)]
    last = {event.epoch: event for event in progress}
    assert [event.step for event in last.values()] == [23, 23, 23]
    assert last[3].seconds_left == 0
    assert last[3].learning_rate < 1e-6
    assert all(event.images_per_second > 0 and 0 < event.loss < 5 for event in progress)


def test_it_learns(trained: tuple[Path, list[Event]]) -> None:
    """Three epochs of 1,437 small digits: from a tenth right to nine in ten."""
    ends = [event for event in trained[1] if isinstance(event, EpochEnd)]
    assert load_card(trained[0] / "epoch-0000").test_accuracy < 0.3
    assert ends[-1].test_accuracy > 0.9
    assert ends[-1].train_loss < ends[0].train_loss
    for end in ends:
        assert sum(map(sum, end.confusion)) == 360
        assert sum(end.confusion[k][k] for k in range(10)) == round(end.test_accuracy * 360)


@pytest.mark.parametrize("model", TRAINABLE_NAMES)
def test_every_network_learns_with_the_defaults(model: str) -> None:
    """Whatever is chosen in the select box, the default settings take it well above chance on the embedded digits."""
    epochs = (
        10 if model.startswith("lenet5") else 2 if model == "resnet-small" else 3
    )  # the larger take longer, and learn in fewer
    config = TrainConfig(model=model, device="cpu", epochs=epochs)
    ends = [event for event in train(config) if isinstance(event, EpochEnd)]
    assert ends[-1].test_accuracy > {"lenet5-classic": 0.6, "keras-cnn": 0.85, "cifar-cnn": 0.85}.get(model, 0.95)


@pytest.mark.parametrize("optimizer", HYPERPARAMETERS["optimizer"].choices)
def test_every_optimizer_learns_at_its_recommended_rate(optimizer: str) -> None:
    """The recommended learning rates suit their optimizers."""
    config = TrainConfig(optimizer=optimizer, epochs=5, device="cpu")
    ends = [event for event in train(config) if isinstance(event, EpochEnd)]
    assert ends[-1].test_accuracy > 0.85


def test_two_epochs_show_that_it_learns() -> None:
    """The shortest run of a lesson, on the embedded digits, ends far above chance."""
    ends = [event for event in train(TrainConfig(epochs=2, device="cpu")) if isinstance(event, EpochEnd)]
    assert ends[-1].test_accuracy > 0.7


def test_files_of_every_epoch(trained: tuple[Path, list[Event]]) -> None:
    """Checkpoints of before and of each epoch, the optimizer's memory of each, and no leftovers."""
    stems = [f"epoch-{epoch:04d}" for epoch in range(4)]
    names = [f"{stem}{suffix}" for stem in stems for suffix in (".json", ".safetensors")]
    names += [f"{stem}.optimizer.safetensors" for stem in stems[1:]]
    assert sorted(path.name for path in trained[0].iterdir()) == sorted(names)
    assert [load_card(trained[0] / stem).epoch for stem in stems] == [0, 1, 2, 3]
    seconds = [load_card(trained[0] / stem).seconds for stem in stems]
    assert seconds == sorted(seconds)


def test_checkpoint_is_there_when_the_epoch_is_reported(tmp_path: Path) -> None:
    """At an EpochEnd its files can already be read."""
    for event in train(CONFIG, directory=tmp_path):
        if isinstance(event, EpochEnd):
            assert load(tmp_path / f"epoch-{event.epoch:04d}")[1].test_accuracy == event.test_accuracy


def test_same_seed_same_weights(trained: tuple[Path, list[Event]], tmp_path: Path) -> None:
    """The same seed gives the same weights, bit for bit, whatever else drew random numbers; another seed others."""
    torch.rand(7)
    list(train(CONFIG, directory=tmp_path / "again"))
    list(train(dataclasses.replace(CONFIG, seed=1, epochs=1), directory=tmp_path / "other"))
    for epoch in range(4):
        assert same_weights(trained[0] / f"epoch-{epoch:04d}", tmp_path / "again" / f"epoch-{epoch:04d}")
    assert not same_weights(trained[0] / "epoch-0000", tmp_path / "other" / "epoch-0000")


@pytest.mark.parametrize("optimizer", HYPERPARAMETERS["optimizer"].choices)
@pytest.mark.parametrize("augmentation", ["none", "affine"])
def test_resumed_is_uninterrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, optimizer: str, augmentation: str
) -> None:
    """Stopped after a step of the third epoch and resumed, a run ends with the weights of an undisturbed one."""
    monkeypatch.setattr(module, "REPORT_SECONDS", 0.0)
    config = dataclasses.replace(
        CONFIG,
        optimizer=optimizer,
        augmentation=augmentation,
        epochs=4,
        batch_size=256,
        learning_rate=None,
        momentum=None,
    )
    list(train(config, directory=tmp_path / "straight"))
    stopped = train(config, directory=tmp_path / "stopped")
    for event in stopped:
        if isinstance(event, Progress) and event.epoch == 3:
            stopped.close()
    assert load_card(tmp_path / "stopped" / "epoch-0002").epoch == 2
    events = list(train(config, directory=tmp_path / "stopped", resume=True))
    assert isinstance(events[0], RunStarted)
    assert events[0].first_epoch == 3
    assert [event.epoch for event in events if isinstance(event, EpochEnd)] == [3, 4]
    assert events[-1].epochs == 4  # type: ignore[union-attr]
    assert same_weights(tmp_path / "straight" / "epoch-0004", tmp_path / "stopped" / "epoch-0004")
    cards = [load_card(tmp_path / "stopped" / f"epoch-{epoch:04d}") for epoch in (2, 3)]
    assert cards[1].seconds > cards[0].seconds


def test_killed_between_two_files(trained: tuple[Path, list[Event]], tmp_path: Path) -> None:
    """An epoch counts once its card, which is written last, is there; without it, it is done again."""
    shutil.copytree(trained[0], tmp_path / "run")
    (tmp_path / "run" / "epoch-0003.json").unlink()
    events = list(train(CONFIG, directory=tmp_path / "run", resume=True))
    assert [event.epoch for event in events if isinstance(event, EpochEnd)] == [3]
    assert same_weights(tmp_path / "run" / "epoch-0003", trained[0] / "epoch-0003")


def test_resume_where_nothing_is(tmp_path: Path) -> None:
    """A run killed before its first epoch was complete begins again."""
    events = list(train(dataclasses.replace(CONFIG, epochs=1), directory=tmp_path, resume=True))
    assert events[0].first_epoch == 1  # type: ignore[union-attr]
    assert (tmp_path / "epoch-0000.json").exists()


def test_resume_of_another_configuration(trained: tuple[Path, list[Event]]) -> None:
    """A run is never continued with other settings."""
    with pytest.raises(CheckpointError, match="another configuration"):
        next(train(dataclasses.replace(CONFIG, seed=9), directory=trained[0], resume=True))


def test_resume_from_a_broken_file(tmp_path: Path) -> None:
    """A cut memory file is an error a user can read."""
    list(train(dataclasses.replace(CONFIG, epochs=1), directory=tmp_path))
    memory = tmp_path / "epoch-0001.optimizer.safetensors"
    memory.write_bytes(memory.read_bytes()[:1000])
    with pytest.raises(CheckpointError, match=r"epoch-0001.optimizer.safetensors is not a checkpoint"):
        next(train(dataclasses.replace(CONFIG, epochs=1), directory=tmp_path, resume=True))


def test_resume_of_a_finished_run(trained: tuple[Path, list[Event]]) -> None:
    """There is nothing left to do, and that is said."""
    events = list(train(CONFIG, directory=trained[0], resume=True))
    assert [type(event) for event in events] == [RunStarted, RunEnd]
    assert events[-1].epochs == 3  # type: ignore[union-attr]


def test_divergence_ends_the_run(tmp_path: Path) -> None:
    """An absurd learning rate ends with "diverged" after the last sound epoch, and saves no broken weights."""
    config = TrainConfig(epochs=5, optimizer="nesterov", learning_rate=10.0, schedule="constant", device="cpu")
    events = list(train(config, directory=tmp_path))
    end = events[-1]
    assert isinstance(end, RunEnd)
    assert end.reason == "diverged"
    assert end.epochs == len([event for event in events if isinstance(event, EpochEnd)]) < 5
    assert not (tmp_path / f"epoch-{end.epochs + 1:04d}.json").exists()
    assert all(event.loss < float("inf") for event in events if isinstance(event, Progress))


def test_weights_that_overflow_from_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their answers are counted as no class: no epoch 0 is kept, and the first step ends the run."""

    def enormous(config: TrainConfig, data: DatasetSpec) -> nn.Module:
        model = build_network(config, data)
        with torch.no_grad():
            next(model.parameters()).fill_(float("inf"))
        return model

    monkeypatch.setattr("cnnviz.engine.train.build_network", enormous)
    end = list(train(TrainConfig(epochs=1, device="cpu"), directory=tmp_path))[-1]
    assert isinstance(end, RunEnd)
    assert (end.reason, end.epochs, end.epoch, end.step) == ("diverged", 0, 1, 1)
    assert not list(tmp_path.glob("epoch-*"))


def test_pauses_are_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seconds spent with an event out are not seconds of training."""
    out = 0.0
    clock = SimpleNamespace(perf_counter=lambda: time.perf_counter() + out)
    monkeypatch.setattr(metrics, "time", clock)
    monkeypatch.setattr(module, "REPORT_SECONDS", 0.0)
    start = time.perf_counter()
    events = []
    for event in train(dataclasses.replace(CONFIG, epochs=1)):
        events.append(event)
        out += 1000.0
    assert isinstance(events[-1], RunEnd)
    assert len(events) > 10
    assert 0 < events[-1].seconds < time.perf_counter() - start


def test_reports_are_about_five_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports come by the clock, not by the step: a step is reported only when 0.2 s have passed, or the epoch ends."""
    ticks = iter(range(10**6))
    monkeypatch.setattr(module.Stopwatch, "seconds", lambda self: next(ticks) * 0.01)
    events = [
        event for event in train(dataclasses.replace(CONFIG, epochs=1, batch_size=8)) if isinstance(event, Progress)
    ]
    assert events[0].steps_per_epoch == 180
    assert 8 <= len(events) <= 10
    assert {b.step - a.step for a, b in pairwise(events[:-1])} <= {20, 21}


def test_initial_weights_depend_on_the_seed_alone() -> None:
    """Built twice, the same; the global generator is left where it was."""
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    models = [build_network(TrainConfig(seed=seed), DATASETS["digits"]) for seed in (0, 0, 1)]
    assert torch.rand(1) == expected
    weights = [model.conv1.weight for model in models]
    assert torch.equal(weights[0], weights[1])  # type: ignore[arg-type]
    assert not torch.equal(weights[0], weights[2])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [("model", "x", ConfigurationError), ("data", "x", ConfigurationError), ("device", "x", ConfigurationError)],
)
def test_unknown_names(field: str, value: str, error: type[Exception]) -> None:
    """Names that are not there are refused before anything is read."""
    with pytest.raises(error, match="Got x"):
        train(TrainConfig(**{field: value}))  # type: ignore[arg-type]


def test_data_that_is_not_here() -> None:
    """A data set that was not fetched is an error at once, not at the first step."""
    with pytest.raises(MissingDataError):
        train(TrainConfig(data="kmnist"))


def test_constant_pictures_do_not_break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A data set with nothing to learn trains without an error."""
    spec = DATASETS["digits"]
    blank = {half: spec.load(half) for half in ("train", "test")}
    monkeypatch.setattr(
        type(spec), "load", lambda self, half, root=None: Split(blank[half].images * 0, blank[half].labels)
    )
    events = list(train(dataclasses.replace(CONFIG, epochs=1)))
    assert events[-1].reason == "finished"  # type: ignore[union-attr]

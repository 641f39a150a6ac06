"""A run can be interrupted anywhere and resumed from any epoch that was kept, to the very same weights."""

from __future__ import annotations

import dataclasses
import json
import random
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from torch import nn

from cnnviz.base.errors import CheckpointError, ConfigurationError, RunError
from cnnviz.engine import train as module
from cnnviz.engine.card import kept_epochs, load_arrays, load_card
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.evaluate import Evaluation
from cnnviz.engine.events import EpochEnd, Event, LrScaleChanged, Progress, RunEnd, RunStarted, SetLrScale
from cnnviz.engine.loader import DeviceDataset
from cnnviz.engine.optim import Criterion
from cnnviz.engine.retention import budget, prune_checkpoints, resumable_epochs
from cnnviz.engine.train import train

pytestmark = pytest.mark.slow

# What has a memory of its own: Adam's moments, batch norm's averages, dropout's and augmentation's random numbers, the
# held-out draw, a schedule, patience.
CONFIG = TrainConfig(
    data="digits",
    epochs=6,
    batch_size=128,
    augmentation="affine",
    held_out=0.1,
    patience=20,
    model_options='{"dropout": 0.2, "batch_norm": true}',
    device="cpu",
)
STEPS = 11  # of an epoch: 1,293 pictures in batches of 128


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an undisturbed run of CONFIG. Do not write there."""
    folder = tmp_path_factory.mktemp("whole")
    list(train(CONFIG, directory=folder))
    return folder


@pytest.fixture(autouse=True)
def every_step_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a run can be broken off at any of them."""
    monkeypatch.setattr(module, "REPORT_SECONDS", 0.0)


def same(first: Path, second: Path, epoch: int) -> bool:
    a, b = (load_arrays(folder / f"epoch-{epoch:04d}") for folder in (first, second))
    return a.keys() == b.keys() and all(a[name].tobytes() == b[name].tobytes() for name in a)


def break_off(config: TrainConfig, folder: Path, epoch: int, step: int) -> None:
    """Train until that step has been reported, then leave."""
    run = train(config, directory=folder)
    for event in run:
        if isinstance(event, Progress) and (event.epoch, event.step) == (epoch, step):
            run.close()


@pytest.mark.parametrize("draw", range(3))
def test_interrupted_at_any_step(whole: Path, tmp_path: Path, draw: int) -> None:
    """Broken off at a random step and resumed: every later epoch is the undisturbed one's, bit for bit."""
    chance = random.Random(draw)
    epoch, step = chance.randint(2, 6), chance.randint(1, STEPS - 1)
    break_off(CONFIG, tmp_path, epoch, step)
    started, *_ = events = list(train(CONFIG, directory=tmp_path, resume=True))
    assert isinstance(started, RunStarted)
    assert started.first_epoch == epoch
    assert [event.epoch for event in events if isinstance(event, EpochEnd)] == list(range(epoch, 7))
    assert all(same(whole, tmp_path, number) for number in range(7))


@pytest.mark.parametrize("epoch", [0, 2, 5])
def test_resumed_from_any_epoch(whole: Path, tmp_path: Path, epoch: int) -> None:
    """A finished run goes back to an epoch: what came after is gone, and comes again as it was."""
    list(train(CONFIG, directory=tmp_path))
    run = train(CONFIG, directory=tmp_path, resume=True, from_epoch=epoch)
    assert next(run).first_epoch == epoch + 1  # type: ignore[union-attr]
    assert [number for number, _ in kept_epochs(tmp_path)] == list(range(epoch + 1))
    list(run)
    assert all(same(whole, tmp_path, number) for number in range(7))
    seconds = [load_card(tmp_path / f"epoch-{number:04d}").seconds for number in range(7)]
    assert seconds == sorted(seconds)


def test_an_epoch_that_was_not_kept(whole: Path) -> None:
    """The sentence lists those that were, and nothing is removed."""
    with pytest.raises(RunError, match=r"Epoch 9 of this run was not kept. It can be resumed from: 0, 1, 2, 3, 4, 5"):
        next(train(CONFIG, directory=whole, resume=True, from_epoch=9))
    assert resumable_epochs(whole) == list(range(7))


def test_a_new_run_in_a_used_folder(whole: Path, tmp_path: Path) -> None:
    """Nothing of the other run is left: broken off and resumed, it goes on from its own epoch."""
    list(train(dataclasses.replace(CONFIG, seed=1), directory=tmp_path))
    break_off(CONFIG, tmp_path, 2, 3)
    assert [number for number, _ in kept_epochs(tmp_path)] == [0, 1]
    list(train(CONFIG, directory=tmp_path, resume=True))
    assert same(whole, tmp_path, 6)


def test_pictures_that_changed_meanwhile(tmp_path: Path) -> None:
    """A folder with one picture exchanged is not trained on as if it were the same; the epochs stay."""
    root, run = tmp_path / "zoo", tmp_path / "run"
    for number in range(12):
        file = root / "ab"[number % 2] / f"{number}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.random.default_rng(number).integers(0, 256, (9, 9), np.uint8)).save(file)
    config = TrainConfig(data=f"folder:{root}", epochs=3, batch_size=4, device="cpu")
    break_off(config, run, 3, 1)
    (root / "a" / "0.png").rename(root / "a" / "away")
    Image.fromarray(np.full((9, 9), 7, np.uint8)).save(root / "a" / "0.png")
    with pytest.raises(CheckpointError, match=r"pictures of folder:.*zoo have changed since this run was begun"):
        next(train(config, directory=run, resume=True))
    assert resumable_epochs(run) == [0, 1, 2]
    (root / "a" / "away").replace(root / "a" / "0.png")
    assert isinstance(list(train(config, directory=run, resume=True))[-1], RunEnd)


# ---- a learning rate that is scaled while it runs


def scaled(folder: Path, changes: dict[tuple[int, int], float], resume: bool = False) -> list[Event]:
    """A run that is told another factor after those (epoch, step)."""
    events: list[Event] = []
    run = train(CONFIG, directory=folder, resume=resume)
    for event in run:
        events.append(event)
        if isinstance(event, Progress) and (event.epoch, event.step) in changes:
            events.append(run.send(SetLrScale(changes[event.epoch, event.step])))
    return events


def test_a_turn_is_answered_and_holds_from_the_next_step(tmp_path: Path) -> None:
    """The rate is the schedule's until that step, and half of it after, in the card too."""
    plain = [e.learning_rate for e in scaled(tmp_path / "plain", {}) if isinstance(e, Progress)]
    events = scaled(tmp_path / "scaled", {(2, 3): 0.5})
    change = 1 * STEPS + 3
    assert [event for event in events if isinstance(event, LrScaleChanged)] == [LrScaleChanged(2, 3, 0.5)]
    rates = [event.learning_rate for event in events if isinstance(event, Progress)]
    assert rates[:change] == plain[:change]
    assert rates[change:] == [rate / 2 for rate in plain[change:]]
    assert load_card(tmp_path / "scaled" / "epoch-0001").lr_scales == ()
    assert load_card(tmp_path / "scaled" / "epoch-0002").lr_scales == ((change, 0.5),)


@pytest.mark.parametrize("from_epoch", [None, 1, 3])
def test_turns_are_replayed(tmp_path: Path, from_epoch: int | None) -> None:
    """Resumed from before, between or after its changes, a run ends with the weights it had."""
    changes = {(2, 3): 0.2, (3, 11): 2.0, (5, 1): 1.0}
    scaled(tmp_path / "whole", changes)
    scaled(tmp_path / "broken", changes)
    if from_epoch is None:  # broken off in the epoch of a change: it is told again by the file, not by us
        (tmp_path / "broken" / "epoch-0006.json").unlink()
        (tmp_path / "broken" / "epoch-0005.json").unlink()
    events = list(train(CONFIG, directory=tmp_path / "broken", resume=True, from_epoch=from_epoch))
    assert same(tmp_path / "whole", tmp_path / "broken", 6)
    done = events[0].first_epoch - 1  # type: ignore[union-attr]
    before = [LrScaleChanged(2, 3, 0.2), LrScaleChanged(4, 0, 2.0)] if done == 1 else [LrScaleChanged(done + 1, 0, 2.0)]
    assert [event for event in events if isinstance(event, LrScaleChanged)] == [*before, LrScaleChanged(5, 1, 1.0)]


def test_who_turns_again_forgets_what_was_to_come(tmp_path: Path) -> None:
    """After a new change the later ones of the first life are not replayed."""
    scaled(tmp_path, {(2, 3): 0.2, (5, 1): 3.0})
    run = train(CONFIG, directory=tmp_path, resume=True, from_epoch=2)
    events = [next(run)]
    events.append(run.send(SetLrScale(0.7)))
    events.extend(run)
    assert [event for event in events if isinstance(event, LrScaleChanged)] == [LrScaleChanged(3, 0, 0.7)]
    assert load_card(tmp_path / "epoch-0006").lr_scales == ((STEPS + 3, 0.2), (2 * STEPS, 0.7))


def test_a_new_run_forgets_all_turns(tmp_path: Path) -> None:
    """Only a resumed run is scaled by the file."""
    scaled(tmp_path, {(1, 3): 0.2})
    config = dataclasses.replace(CONFIG, epochs=1)
    assert not [event for event in train(config, directory=tmp_path) if isinstance(event, LrScaleChanged)]


@pytest.mark.parametrize("factor", [0.0, -1.0, float("nan"), 2000.0, True, "fast"])
def test_absurd_factors(factor: object) -> None:
    """Refused in a sentence, before it reaches the run."""
    with pytest.raises(ConfigurationError, match=r"lr_scale must be a number from 0\.001 to 1000"):
        SetLrScale(factor)  # type: ignore[arg-type]


def test_broken_file_of_turns(tmp_path: Path) -> None:
    """A cut file is an error a user can read."""
    scaled(tmp_path, {(1, 3): 0.2})
    (tmp_path / "lr_scales.json").write_text("[[14")
    with pytest.raises(CheckpointError, match=r"lr_scales\.json is broken"):
        next(train(CONFIG, directory=tmp_path, resume=True))


# ---- patience


def test_early_stopping(tmp_path: Path) -> None:
    """Two epochs without a smaller loss end the run; the best epoch is named and kept; a resumed run agrees."""
    config = dataclasses.replace(
        CONFIG, epochs=40, patience=2, augmentation="none", model_options="", schedule="constant", learning_rate=0.01
    )
    events = list(train(config, directory=tmp_path))
    ends = [event for event in events if isinstance(event, EpochEnd)]
    losses = [event.held_out_loss for event in ends]
    end = events[-1]
    assert isinstance(end, RunEnd)
    assert (end.reason, end.epochs) == ("early", len(ends))
    assert end.epochs < 40
    assert end.best_epoch == losses.index(min(losses)) + 1 == end.epochs - 2  # type: ignore[type-var]
    assert list(train(config, directory=tmp_path, resume=True))[-1].epochs == end.epochs  # type: ignore[union-attr]
    again = list(train(config, directory=tmp_path, resume=True, from_epoch=end.epochs - 1))
    assert [event.epoch for event in again if isinstance(event, EpochEnd)] == [end.epochs]
    assert again[-1] == dataclasses.replace(end, seconds=again[-1].seconds)  # type: ignore[union-attr]


def test_patience_without_held_out_pictures(tmp_path: Path) -> None:
    """Then the test loss decides."""
    config = TrainConfig(epochs=30, patience=1, batch_size=256, schedule="constant", learning_rate=0.01, device="cpu")
    events = list(train(config))
    losses = [event.test_loss for event in events if isinstance(event, EpochEnd)]
    assert events[-1].best_epoch == losses.index(min(losses)) + 1  # type: ignore[union-attr]
    assert events[-1].reason == "early"  # type: ignore[union-attr]


# ---- the disk


def kept(folder: Path, epochs: range, size: int = 1000) -> None:
    """Epochs of `size` bytes each, with cards of no bytes."""
    for epoch in epochs:
        (folder / f"epoch-{epoch:04d}.json").touch()
        (folder / f"epoch-{epoch:04d}.safetensors").write_bytes(b"w" * (size // 4))
        if epoch:
            (folder / f"epoch-{epoch:04d}.optimizer.safetensors").write_bytes(b"m" * (size * 3 // 4))


def test_all_are_kept_while_they_fit(tmp_path: Path) -> None:
    """At the limit nothing goes."""
    kept(tmp_path, range(11))
    assert prune_checkpoints(tmp_path, 10_250) == []
    assert resumable_epochs(tmp_path) == list(range(11))


def test_thinned_evenly(tmp_path: Path) -> None:
    """Epoch by epoch, at most as much as may be, evenly spaced, always the beginning, the newest and the best."""
    for epoch in range(100):
        kept(tmp_path, range(epoch, epoch + 1))
        prune_checkpoints(tmp_path, 20_000, always={7})
        assert sum(file.stat().st_size for file in tmp_path.iterdir()) <= 20_000
    left = [number for number, _ in kept_epochs(tmp_path)]
    assert left == sorted({*range(0, 100, 8), 7, 99})
    assert resumable_epochs(tmp_path) == left
    assert len(list(tmp_path.iterdir())) == 3 * len(left) - 1


def test_epochs_at_odd_distances_are_thinned_evenly(tmp_path: Path) -> None:
    """Of a large network not every epoch is saved: of those that are there the first of every four stays."""
    for epoch in (0, 3, 4, 7, 9, 13, 14):
        kept(tmp_path, range(epoch, epoch + 1))
    assert prune_checkpoints(tmp_path, 5_000) == [3, 7]
    assert [number for number, _ in kept_epochs(tmp_path)] == [0, 4, 9, 13, 14]


def test_the_newest_stays_even_if_it_is_too_large(tmp_path: Path) -> None:
    """A network larger than the budget keeps its beginning and its end."""
    kept(tmp_path, range(9))
    prune_checkpoints(tmp_path, 10)
    assert [number for number, _ in kept_epochs(tmp_path)] == [0, 8]


def test_a_thinned_run_resumes_exactly(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With room for few epochs the kept ones are those of the undisturbed run, and resume to its end."""
    size = sum(file.stat().st_size for file in whole.glob("epoch-0003*"))
    monkeypatch.setattr(module.retention, "budget", lambda: 4 * size)
    list(train(CONFIG, directory=tmp_path))
    left = [number for number, _ in kept_epochs(tmp_path)]
    assert {0, 6} <= set(left)
    assert len(left) <= 4
    list(train(CONFIG, directory=tmp_path, resume=True, from_epoch=left[1]))
    assert same(whole, tmp_path, 6)


def test_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    """256 MB unless the environment says otherwise; nonsense is refused before the first step."""
    assert budget() == 256 << 20
    monkeypatch.setenv("CNNVIZ_RUN_MB", "3")
    assert budget() == 3 << 20
    monkeypatch.setenv("CNNVIZ_RUN_MB", "lots")
    with pytest.raises(ConfigurationError, match=r"CNNVIZ_RUN_MB must be a whole number of 1 or more\. Got lots"):
        train(CONFIG)


# ---- divergence


def test_divergence_says_where_and_what_to_try() -> None:
    """The run stops at the very step; the sentence names it and a rate that has trained."""
    from cnnviz.engine.learning_rate import diverged

    config = TrainConfig(epochs=3, optimizer="nesterov", learning_rate=10.0, schedule="constant", device="cpu")
    events = list(train(config))
    end = events[-1]
    assert isinstance(end, RunEnd)
    assert end.reason == "diverged"
    reported = [event.step for event in events if isinstance(event, Progress) and event.epoch == end.epoch]
    assert end.step == max(reported, default=0) + 1
    said = str(diverged(config, end))
    assert f"in step {end.step} of epoch {end.epoch}. Try a learning rate of 0.05 instead of 10." in said
    small = dataclasses.replace(config, learning_rate=0.02)
    assert "Try a learning rate of 0.002 instead of 0.02" in str(diverged(small, end))
    warm = dataclasses.replace(config, warm_up=0.3)
    assert str(diverged(warm, end)).endswith("instead of 10, or a longer warm-up.")


def test_divergence_on_held_out_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A loss that is a number on the test pictures alone ends the run too: no event has an infinite number in it."""
    evaluate = module.evaluate

    def endless(model: nn.Module, data: DeviceDataset, *criterion: Criterion) -> Evaluation:
        found = evaluate(model, data, *criterion)
        return found if len(data) == 360 else dataclasses.replace(found, objective=float("inf"))

    monkeypatch.setattr(module, "evaluate", endless)
    *_, end = train(dataclasses.replace(CONFIG, epochs=2), directory=tmp_path)
    assert isinstance(end, RunEnd)
    assert (end.reason, end.epochs, end.epoch, end.step) == ("diverged", 0, 1, 0)


def test_a_card_without_lr_scales_has_none(whole: Path, tmp_path: Path) -> None:
    """A card without the field is read, and means none."""
    values = json.loads((whole / "epoch-0001.json").read_text())
    assert values.pop("lr_scales") == []
    (tmp_path / "old.json").write_text(json.dumps(values))
    assert load_card(tmp_path / "old").lr_scales == ()

"""The weights of the running epoch are seen now and then, and training goes on as if nobody looked."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from cnnviz.base.errors import CheckpointError
from cnnviz.engine import live_weights
from cnnviz.engine import train as module
from cnnviz.engine.card import kept_epochs, load_arrays
from cnnviz.engine.events import Progress
from cnnviz.engine.live_weights import LiveStep, written_at
from cnnviz.engine.retention import resumable_epochs
from cnnviz.engine.train import train
from tests.engine.conftest import CONFIG

ONE = dataclasses.replace(CONFIG, epochs=1)


@pytest.fixture
def at_every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file at each of the run's steps."""
    monkeypatch.setattr(module, "REPORT_SECONDS", 0.0)
    monkeypatch.setattr(live_weights, "SECONDS", 0.0)
    monkeypatch.setattr(live_weights, "_SHARE", 1e9)


@pytest.mark.usefixtures("at_every_step")
def test_the_file_is_the_moment_it_names(tmp_path: Path) -> None:
    """It says which step it is of, changes with the steps, and goes when the training ends."""
    seen, weights = [], []
    for event in train(ONE, directory=tmp_path):
        if isinstance(event, Progress):
            seen.append(written_at(tmp_path) == LiveStep(event.epoch, event.step, event.steps_per_epoch))
            weights.append(next(iter(live_weights.load_arrays(tmp_path).values())).tobytes())
    assert all(seen)
    assert len(set(weights)) == len(seen) == 23
    assert not (tmp_path / live_weights.FILE).exists()


@pytest.mark.usefixtures("at_every_step")
def test_training_is_the_same_with_and_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking changes no weight, and is no epoch to resume from."""
    events = train(ONE, directory=tmp_path / "seen")
    assert any(isinstance(event, Progress) and event.step == 9 for event in events)
    assert [epoch for epoch, _ in kept_epochs(tmp_path / "seen")] == resumable_epochs(tmp_path / "seen") == [0]
    list(events)
    monkeypatch.setattr(live_weights, "MOST_BYTES", 0)
    list(train(ONE, directory=tmp_path / "unseen"))
    first, second = (load_arrays(tmp_path / name / "epoch-0001") for name in ("seen", "unseen"))
    assert all(first[name].tobytes() == second[name].tobytes() for name in second)


@pytest.mark.usefixtures("at_every_step")
def test_a_closed_training_leaves_none(tmp_path: Path) -> None:
    """Stopped in the middle of an epoch, the file is gone."""
    events = train(ONE, directory=tmp_path)
    next(event for event in events if isinstance(event, Progress))
    assert (tmp_path / live_weights.FILE).exists()
    events.close()
    assert not (tmp_path / live_weights.FILE).exists()


@pytest.mark.usefixtures("at_every_step")
def test_large_networks_are_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit there is one picture an epoch."""
    monkeypatch.setattr(live_weights, "MOST_BYTES", 246_823)  # LeNet-5 has 61,706 weights of 4 bytes
    for event in train(ONE, directory=tmp_path):
        assert not (tmp_path / live_weights.FILE).exists(), event


@pytest.mark.usefixtures("at_every_step")
def test_a_full_disk_costs_the_picture_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be written does not stop the training."""

    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(live_weights, "_write", full)
    assert len(list(train(ONE, directory=tmp_path))) > 23


@pytest.mark.parametrize("content", [b"", b"\x08\0\0\0\0\0\0\0{}      ", b"x" * 100])
def test_what_is_no_such_file_is_not_known(tmp_path: Path, content: bytes) -> None:
    """A cut or foreign file is as good as none, and no traceback."""
    (tmp_path / live_weights.FILE).write_bytes(content)
    assert written_at(tmp_path) is None
    (tmp_path / live_weights.FILE).unlink()
    assert written_at(tmp_path) is None
    with pytest.raises(CheckpointError, match="cannot be read"):
        live_weights.load_arrays(tmp_path)


def test_writing_waits_for_its_time(tmp_path: Path) -> None:
    """An epoch of a fraction of a second is not looked into."""
    for event in train(dataclasses.replace(ONE, batch_size=1437), directory=tmp_path):
        assert not (tmp_path / live_weights.FILE).exists(), event

"""Predictions on disk: found again for what costs the same time, on the same device, and never too many."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cnnviz.engine.config import TrainConfig
from cnnviz.engine.speed import TimePerEpoch
from cnnviz.runs import speed

CONFIG = TrainConfig(model="lenet5", data="mnist", batch_size=128)
FOUND = TimePerEpoch(6.5, 0.5, 60_000, 128, 40, "CPU, 2 cores")


def test_found_again() -> None:
    """Epochs, seed and learning rate cost no time; the device does."""
    speed.keep(CONFIG, FOUND)
    assert speed.kept(replace(CONFIG, epochs=99, seed=3, learning_rate=0.1), "CPU, 2 cores") == FOUND
    assert speed.kept(replace(CONFIG, held_out=0), "CPU, 2 cores") == FOUND  # a whole number, as a form has it
    assert speed.kept(CONFIG, "NVIDIA H200") is None


@pytest.mark.parametrize(
    "change",
    [
        {"model": "lenet5-valid"},
        {"data": "digits"},
        {"batch_size": 64},
        {"optimizer": "nesterov"},
        {"augmentation": "shift"},
        {"precision": "bfloat16"},
        {"held_out": 0.5},
    ],
    ids=str,
)
def test_what_costs_time_is_another(change: dict[str, object]) -> None:
    """A prediction is not taken for one of another training."""
    speed.keep(CONFIG, FOUND)
    assert speed.kept(replace(CONFIG, **change), FOUND.device_name) is None  # type: ignore[arg-type]


def test_the_latest_counts() -> None:
    """Measured again, the old one is gone."""
    speed.keep(CONFIG, FOUND)
    speed.keep(CONFIG, replace(FOUND, train_seconds=7.0))
    assert speed.kept(CONFIG, FOUND.device_name) == replace(FOUND, train_seconds=7.0)


def test_no_more_than_the_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    """The file does not grow for ever: the oldest go."""
    assert speed.MOST_KEPT == 200
    monkeypatch.setattr(speed, "MOST_KEPT", 4)
    for batch_size in range(1, speed.MOST_KEPT + 3):
        speed.keep(replace(CONFIG, batch_size=batch_size), FOUND)
    assert speed.kept(replace(CONFIG, batch_size=2), FOUND.device_name) is None
    assert speed.kept(replace(CONFIG, batch_size=3), FOUND.device_name) == FOUND


@pytest.mark.parametrize("text", ["", "{", "[]", '{"x": 3}'], ids=["empty", "cut", "list", "foreign"])
def test_a_broken_file_is_as_none(own_home: Path, text: str) -> None:
    """Nothing is found, nothing fails, and the next one is kept."""
    (own_home / "speed.json").write_text(text)
    assert speed.kept(CONFIG, FOUND.device_name) is None
    speed.keep(CONFIG, FOUND)
    assert speed.kept(CONFIG, FOUND.device_name) == FOUND


def test_of_another_version(own_home: Path) -> None:
    """A time per epoch with other fields is none."""
    speed.keep(CONFIG, FOUND)
    file = own_home / "speed.json"
    file.write_text(file.read_text().replace("train_seconds", "seconds"))
    assert speed.kept(CONFIG, FOUND.device_name) is None


def test_where_nothing_can_be_written(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A prediction that cannot be kept is no error."""
    (own_home / "file").write_text("")
    monkeypatch.setenv("CNNVIZ_HOME", str(own_home / "file" / "home"))
    speed.keep(CONFIG, FOUND)
    assert speed.kept(CONFIG, FOUND.device_name) is None

"""Predicted in a process of its own, measured from the store's own epochs."""

from __future__ import annotations

import io
import json
import subprocess
from contextlib import redirect_stdout
from dataclasses import asdict
from typing import Any

import pytest

from cnnviz.base.errors import RunError
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.device import choose_device, device_name
from cnnviz.engine.events import EpochEnd, RunStarted
from cnnviz.engine.speed import TimePerEpoch
from cnnviz.runs import scheduler, speed
from cnnviz.runs.speed import Measurement
from tests.polling import until

HERE = device_name(choose_device())
CONFIG = TrainConfig(model="lenet5", data="digits", batch_size=256)
FOUND = TimePerEpoch(6.5, 0.5, 60_000, 128, 40, "CPU, 2 cores")


def answers(monkeypatch: pytest.MonkeyPatch, text: bytes, is_late: bool = False) -> None:
    """The process says `text`; late: it is stopped for taking too long."""

    def run(*arguments: Any, **named: Any) -> subprocess.CompletedProcess[bytes]:
        if is_late:
            raise subprocess.TimeoutExpired("speed", named["timeout"], output=text)
        return subprocess.CompletedProcess(arguments, 0, stdout=text)

    monkeypatch.setattr(speed.subprocess, "run", run)


def line(found: TimePerEpoch) -> bytes:
    return json.dumps(asdict(found)).encode() + b"\n"


def measured(config: TrainConfig) -> Measurement:
    """Begun and waited for."""
    speed.begin(config)
    measurement = speed.latest()
    assert measurement is not None
    until(lambda: measurement.is_over)
    return measurement


@pytest.mark.slow
def test_in_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few steps are timed, and what was found is kept."""
    monkeypatch.setattr(speed, "SECONDS", 0.1)
    assert measured(CONFIG).problem is None
    found = speed.kept(CONFIG, HERE)
    assert found is not None
    assert found.seconds_per_epoch > 0


def test_what_the_training_refuses_comes_back_as_its_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """A data set that is not here: the process says so in JSON, and the page in words."""
    config = TrainConfig(model="lenet5", data="mnist")
    said = io.StringIO()
    monkeypatch.setattr(speed.process, "step_back", lambda: None)
    with redirect_stdout(said):
        speed.main(config.to_json())
    answers(monkeypatch, said.getvalue().encode())
    assert "mnist is not" in str(measured(config).problem)


def test_the_last_line_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is better founded than the one before."""
    answers(monkeypatch, line(TimePerEpoch(9.0, 0.0, 1, 2, 1, "CPU")) + line(FOUND))
    assert measured(CONFIG).problem is None
    assert speed.kept(CONFIG, FOUND.device_name) == FOUND


def test_out_of_time_with_something_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was known when time ran out is better than nothing; half a line is not."""
    answers(monkeypatch, line(FOUND), is_late=True)
    assert measured(CONFIG).problem is None
    assert speed.kept(CONFIG, FOUND.device_name) == FOUND
    answers(monkeypatch, b"", is_late=True)
    assert "came to nothing" in str(measured(CONFIG).problem)


def test_one_at_a_time() -> None:
    """Two at once would only measure each other: the second is told to wait."""
    with speed._MEASURING, pytest.raises(RunError, match="Another visitor"):
        speed.begin(CONFIG)


def test_in_the_background(monkeypatch: pytest.MonkeyPatch) -> None:
    """`begin` returns at once; what comes of it is kept, and a refusal is found with it."""
    answers(monkeypatch, line(FOUND))
    assert measured(CONFIG).problem is None
    assert speed.kept(CONFIG, FOUND.device_name) == FOUND
    answers(monkeypatch, b"")
    assert "came to nothing" in str(measured(CONFIG).problem)


def trained(config: TrainConfig, device: str, *epochs: tuple[float, float]) -> None:
    """A run in the store, with (seconds of the epoch, pictures a second)."""
    run, token = scheduler.submit_here(config)
    store = scheduler.store()
    store.append(run, token, RunStarted("cpu", device, 1, 1000, 100, 4, len(epochs), 1))
    for number, (seconds, rate) in enumerate(epochs, start=1):
        store.append(run, token, EpochEnd(number, 1.0, 0.5, 1.0, 0.5, (), seconds, rate))
    store.end(run, token, "finished")


def test_taken_by_runs_alike() -> None:
    """Medians over the epochs of all such runs here: training by its pictures a second, the rest is test and saving."""
    trained(CONFIG, "CPU", (30.0, 50.0), (12.0, 100.0))
    trained(CONFIG, "CPU", (14.0, 125.0))
    trained(TrainConfig(model="lenet5", data="digits", batch_size=64), "CPU", (99.0, 1.0))
    trained(CONFIG, "NVIDIA H200", (0.1, 1e5))
    found = speed.taken(scheduler.store(), CONFIG, "CPU")
    assert found == speed.Taken(runs=2, epochs=3, train_seconds=10.0, test_seconds=4.0)
    assert speed.taken(scheduler.store(), CONFIG, "Apple GPU") is None

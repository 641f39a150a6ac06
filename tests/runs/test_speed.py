"""Predicted in a process of its own, measured from the store's own epochs."""

from __future__ import annotations

import io
import json
import subprocess
from contextlib import redirect_stdout
from dataclasses import asdict
from typing import Any

import pytest

from cnnviz.base.errors import CnnvizError, RunError
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.events import EpochEnd, RunStarted
from cnnviz.engine.speed import TimePerEpoch
from cnnviz.runs import scheduler, speed
from tests.polling import until

CONFIG = TrainConfig(model="lenet5", data="digits", batch_size=256)
PACE = TimePerEpoch(6.5, 0.5, 60_000, 128, 40, "CPU, 2 cores")


def answers(monkeypatch: pytest.MonkeyPatch, text: bytes, is_late: bool = False) -> None:
    """The process says `text`; late: it is stopped for taking too long."""

    def run(*arguments: Any, **named: Any) -> subprocess.CompletedProcess[bytes]:
        if is_late:
            raise subprocess.TimeoutExpired("pace", named["timeout"], output=text)
        return subprocess.CompletedProcess(arguments, 0, stdout=text)

    monkeypatch.setattr(speed.subprocess, "run", run)


def line(pace: TimePerEpoch) -> bytes:
    return json.dumps(asdict(pace)).encode() + b"\n"


@pytest.mark.slow
def test_in_a_process_of_its_own() -> None:
    """A few steps are timed, and the pace is kept."""
    pace = speed.measure(CONFIG, seconds=0.1)
    assert pace.seconds_per_epoch > 0
    assert speed.kept(CONFIG, pace.device_name) == pace


def test_what_the_training_refuses_comes_back_as_its_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """A data set that is not here: the process says so in JSON, and the page in words."""
    config = TrainConfig(model="lenet5", data="mnist")
    said = io.StringIO()
    monkeypatch.setattr(speed.process, "step_back", lambda: None)
    with redirect_stdout(said):
        speed.main(config.to_json())
    answers(monkeypatch, said.getvalue().encode())
    with pytest.raises(CnnvizError, match="mnist is not"):
        speed.measure(config)


def test_the_last_line_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is better founded than the one before."""
    answers(monkeypatch, line(TimePerEpoch(9.0, 0.0, 1, 2, 1, "CPU")) + line(PACE))
    assert speed.measure(CONFIG) == PACE


def test_out_of_time_with_something_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was known when time ran out is better than nothing; half a line is not."""
    answers(monkeypatch, line(PACE), is_late=True)
    assert speed.measure(CONFIG) == PACE
    answers(monkeypatch, b"", is_late=True)
    with pytest.raises(RunError, match="came to nothing"):
        speed.measure(CONFIG)


def test_one_at_a_time() -> None:
    """Two at once would only measure each other: the second is told to wait."""
    with speed._MEASURING:
        with pytest.raises(RunError, match="Another visitor"):
            speed.measure(CONFIG)
        with pytest.raises(RunError, match="Another visitor"):
            speed.begin(CONFIG)


def test_in_the_background(monkeypatch: pytest.MonkeyPatch) -> None:
    """`begin` returns at once; what comes of it is kept, and a refusal is found with it."""
    answers(monkeypatch, line(PACE))
    speed.begin(CONFIG)
    until(lambda: speed.latest().is_over)  # type: ignore[union-attr]
    assert speed.kept(CONFIG, PACE.device_name) == PACE
    answers(monkeypatch, b"")
    speed.begin(CONFIG)
    until(lambda: speed.latest().is_over)  # type: ignore[union-attr]
    assert "came to nothing" in str(speed.latest().problem)  # type: ignore[union-attr]


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

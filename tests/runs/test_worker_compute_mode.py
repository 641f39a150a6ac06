"""What a run computes its steps with passes from the worker to the engine, and from a run to those made from it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
import torch

from cnnviz.engine import train as engine
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.events import FASTEST, ComputeMode, RunStarted, Trial
from cnnviz.runs import scheduler, worker
from cnnviz.runs.run import Origin

CONFIG = TrainConfig(epochs=1, batch_size=512, precision=FASTEST, device="cpu")
CHOSEN = ComputeMode("bfloat16", 1, (Trial("bfloat16", 1, 5.4), Trial("float32", 1, 9.0)))
OTHER = ComputeMode("float32", 1, (Trial("float32", 1, 5.4), Trial("bfloat16", 1, 45.0)))


@pytest.fixture(autouse=True)
def threads_put_back() -> Iterator[None]:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def trained(config: TrainConfig, parent: int | None = None) -> tuple[int, ComputeMode, int]:
    """(run, its compute mode, torch's threads when it began), trained here."""
    run, token = scheduler.store().add_here(config, Origin(parent=parent))
    threads: list[int] = []
    record = worker.run(run, token, on_event=lambda _: threads.append(torch.get_num_threads()))
    assert record.status == "finished"
    _, started = scheduler.store().events(run)[0]
    assert isinstance(started, RunStarted)
    return run, started.compute_mode, threads[0]


def test_a_run_made_from_another_is_computed_as_that_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also with another seed; measured anew only where it would take another time, or the first one is gone."""
    monkeypatch.setattr(engine, "fastest", lambda *_: CHOSEN)
    first, mode, _ = trained(CONFIG)
    assert mode == CHOSEN
    monkeypatch.setattr(engine, "fastest", lambda *_: OTHER)
    assert trained(dataclasses.replace(CONFIG, seed=3), parent=first)[1] == CHOSEN
    assert trained(dataclasses.replace(CONFIG, batch_size=256), parent=first)[1] == OTHER
    assert trained(CONFIG)[1] == OTHER
    assert trained(CONFIG, parent=999)[1] == OTHER


def test_runs_that_may_be_several_share_the_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are told how many threads they have, and do not choose."""
    asked: list[tuple[int, bool]] = []

    def measured(_pass: object, _size: int, _steps: int, threads: int, may_choose_threads: bool) -> ComputeMode:
        asked.append((threads, may_choose_threads))
        return ComputeMode("float32", threads)

    monkeypatch.setattr(engine, "fastest", measured)
    monkeypatch.setattr(worker.process, "cores", lambda: 4)
    monkeypatch.setattr("cnnviz.engine.device.cores", lambda: 4)
    monkeypatch.delenv("CNNVIZ_THREADS", raising=False)
    assert trained(CONFIG)[2] == 3
    monkeypatch.setenv("CNNVIZ_RUNS_AT_ONCE", "2")
    assert trained(CONFIG)[2] == 2
    assert asked == [(3, True), (2, False)]

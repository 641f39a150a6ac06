"""Sweeps without processes: runs that are started are trained here, by a trainer that only works out an accuracy."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest

from cnnviz.engine.config import TrainConfig
from cnnviz.engine.events import EpochEnd, Event, RunEnd, RunStarted, SetLrScale
from cnnviz.runs import scheduler, worker
from cnnviz.runs.run import Start

EPOCHS = 4


def accuracy(config: TrainConfig, epoch: int) -> float:
    """Best at a learning rate of 0.01; better with sgd; rises from epoch to epoch."""
    rate = abs(math.log10((config.learning_rate or 0.0) / 0.01))
    return (0.95 - 0.2 * rate - (0.0 if config.optimizer == "sgd" else 0.01)) * epoch / config.epochs


def train(
    config: TrainConfig, *, directory: Path, resume: bool = False, from_epoch: int | None = None
) -> Generator[Event, SetLrScale | None, None]:
    """A second an epoch, as it says."""
    yield RunStarted("cpu", "CPU", 1, 1, 1, 1, config.epochs, 1)
    for epoch in range(1, config.epochs + 1):
        yield EpochEnd(epoch, 0.5, 0.9, 0.4, accuracy(config, epoch), ((9, 1), (1, 9)), 30.0, 900.0)
    yield RunEnd("finished", config.epochs, 30.0 * config.epochs)


class Workers:
    """Those the scheduler would have started."""

    def __init__(self) -> None:
        self.starts: list[Start] = []

    def work(self, most: int = 1000, train: Callable[..., Iterator[Event]] = train) -> int:
        """Train what was started, and what that starts, up to `most` runs; returns how many."""
        for done in range(most):
            if not self.starts:
                return done
            start = self.starts.pop(0)
            worker.run(start.run_id, start.token, train=train)  # type: ignore[arg-type]
        return most


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> Workers:
    """Nothing is started but on request."""
    made = Workers()
    monkeypatch.setattr(scheduler, "_start", lambda home, start: made.starts.append(start))
    return made

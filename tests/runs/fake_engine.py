"""An engine that trains nothing, with the interface and the pace of the real one, and a worker that uses it.

The configuration's seed says what happens: SEED_FAILS raises, SEED_BREAKS raises something unforeseen,
SEED_DIVERGES diverges in the second epoch, SEED_HANGS never comes to its end.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Generator, Iterator
from pathlib import Path

from cnnviz.base.errors import MissingDataError
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.events import EpochEnd, Event, LrScaleChanged, Progress, RunEnd, RunStarted, SetLrScale
from cnnviz.runs import process, worker

SEED_FAILS, SEED_BREAKS, SEED_DIVERGES, SEED_FULL, SEED_QUICK, SEED_HANGS = 101, 102, 103, 104, 105, 106
STEPS = 5
MODULE = "tests.runs.fake_engine"
_WORK = threading.Event()  # never set: waiting for it is what a step takes


def train(
    config: TrainConfig, *, directory: Path, resume: bool = False, from_epoch: int | None = None
) -> Generator[Event, SetLrScale | None, None]:
    """`STEPS` reports of 20 ms an epoch; writes `epoch-1` ... so that it can be resumed. Obeys SetLrScale."""
    for event in _train(config, directory, resume, from_epoch):
        order = yield event
        if order is not None:
            epoch, step = (event.epoch, event.step) if isinstance(event, Progress) else (1, 0)
            yield LrScaleChanged(epoch, step, order.lr_scale)


def _train(config: TrainConfig, directory: Path, resume: bool, from_epoch: int | None) -> Iterator[Event]:
    if config.seed == SEED_FAILS:
        raise MissingDataError("{title} is not on this machine.", title="MNIST")
    if config.seed == SEED_BREAKS:
        raise ZeroDivisionError("a secret")
    if config.seed == SEED_FULL:
        raise OSError(28, "No space left on device")
    done = len(list(directory.glob("epoch-*"))) if resume else 0
    done = done if from_epoch is None else from_epoch
    with (directory / "starts").open("a") as file:
        file.write(f"{os.getpid()}\n")
    yield RunStarted("cpu", "CPU, 2 cores", 61_706, 1437, 360, STEPS, config.epochs, done + 1)
    for epoch in range(done + 1, config.epochs + 1):
        for step in range(1, STEPS + 1):
            if config.seed == SEED_HANGS and epoch == 2:
                threading.Event().wait()  # a step without an end
            _WORK.wait(0.0 if config.seed == SEED_QUICK else 0.02)
            if config.seed == SEED_DIVERGES and epoch == 2:
                yield RunEnd("diverged", 1, 0.3, epoch, step)
                return
            yield Progress(epoch, step, STEPS, 2.3 / (epoch + step / STEPS), 0.005, 5000.0, epoch * 0.1, 1.0)
        (directory / f"epoch-{epoch}").touch()
        accuracy = 1 - 1 / (1 + epoch)
        confusion = ((9, 1), (1, 9))
        yield EpochEnd(epoch, 2.3 / (epoch + 1), accuracy - 0.01, 2.3 / (epoch + 1), accuracy, confusion, 0.1, 5000.0)
    yield RunEnd("finished", config.epochs, config.epochs * 0.1)


def main() -> None:
    """As `cnnviz.runs.worker`, with this engine, also for the workers it starts itself."""
    process.WORKER = MODULE
    worker.POLL_SECONDS = 0.02
    worker.run(int(sys.argv[1]), sys.argv[2], train=train, leave=lambda: os._exit(0))  # type: ignore[arg-type]


if __name__ == "__main__":
    main()

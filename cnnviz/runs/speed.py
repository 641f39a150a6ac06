"""Asks a process of its own for the pace of a training, and the store for what finished ones took. No torch here.

python -m cnnviz.runs.speed '{"model": "lenet5", "data": "mnist"}'   # JSON, one pace a line, the last is the best
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from typing import Any

from cnnviz.base.errors import CnnvizError, RunError
from cnnviz.base.locale import N_
from cnnviz.base.machine import child_environment
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.speed import TimePerEpoch
from cnnviz.engine.speed_measurement import SECONDS, paces
from cnnviz.runs import process
from cnnviz.runs.history import History, extend
from cnnviz.runs.paces import is_alike, keep
from cnnviz.runs.run import RunRecord
from cnnviz.runs.store import Store

PATIENCE = 120.0  # seconds; ResNet-152 on two busy cores takes a minute for four steps
_MOST_RUNS = 5  # alike, the newest
_BUSY = N_("Another visitor is measuring. Try again in ten seconds.")
_LOCK = threading.Lock()  # two at once would only measure each other
_last: Measurement | None = None


@dataclass(frozen=True)
class Taken:
    """What runs of a network on a data set took on one device: medians over their epochs."""

    runs: int
    epochs: int
    train_seconds: float
    test_seconds: float  # saving the epoch included

    @property
    def seconds_per_epoch(self) -> float:
        return self.train_seconds + self.test_seconds


@dataclass(eq=False)
class Measurement:
    """The one that goes on in a thread of this server, or went on last. Whoever looks sees the same."""

    config: TrainConfig
    begun: float  # time.monotonic()
    is_over: bool = False
    problem: CnnvizError | None = None


def begin(config: TrainConfig) -> None:
    """Measure in the background: no visitor's page stands still for it. The pace is found with `paces.kept`.

    Raises RunError if another is being measured.
    """
    global _last
    if not _LOCK.acquire(blocking=False):
        raise RunError(_BUSY)
    _last = Measurement(config, time.monotonic())
    threading.Thread(target=_go_on, args=(_last,), name="pace", daemon=True).start()


def latest() -> Measurement | None:
    """What is being measured, else what was last."""
    return _last


def _go_on(measurement: Measurement) -> None:
    try:
        keep(measurement.config, _ask(measurement.config, SECONDS))
    except CnnvizError as error:
        measurement.problem = error
    finally:
        measurement.is_over = True
        _LOCK.release()


def measured_pace(config: TrainConfig, seconds: float = SECONDS) -> TimePerEpoch:
    """About so many seconds of training in a process of its own, thrown away; the pace is kept on disk.

    Raises RunError if another is being measured, it takes too long or dies; CnnvizError for what the training refuses.
    """
    if not _LOCK.acquire(blocking=False):
        raise RunError(_BUSY)
    try:
        pace = _ask(config, seconds)
    finally:
        _LOCK.release()
    keep(config, pace)
    return pace


def taken(store: Store, config: TrainConfig, device_name: str, limit: int = 100) -> Taken | None:
    """Of the newest runs like this one on this device that have finished an epoch; None if none has."""
    alike = [record for record in store.records(limit) if record.epochs_done and is_alike(record.config, config)]
    found = [history for record in alike[:_MOST_RUNS] if _ran_on(history := _history(store, record), device_name)]
    epochs = [
        (history.started.train_images / end.images_per_second, end.seconds)
        for history in found
        if history.started is not None
        for end in history.epochs
    ]
    if not epochs:
        return None
    training = statistics.median(trained for trained, _whole in epochs)
    whole = statistics.median(seconds for _trained, seconds in epochs)
    return Taken(len(found), len(epochs), training, max(0.0, whole - training))


def _history(store: Store, record: RunRecord) -> History:
    return extend(History(), store.events(record.id))


def _ran_on(history: History, device_name: str) -> bool:
    return history.started is not None and history.started.device_name == device_name


def _ask(config: TrainConfig, seconds: float) -> TimePerEpoch:
    """The last line that the process says, also if it is interrupted for taking too long."""
    try:
        text = subprocess.run(
            [sys.executable, "-m", "cnnviz.runs.speed", config.to_json(), str(seconds)],
            capture_output=True,
            timeout=PATIENCE,
            stdin=subprocess.DEVNULL,
            env=child_environment(),
        ).stdout
    except subprocess.TimeoutExpired as stopped:
        text = stopped.stdout or b""
    except OSError:
        text = b""
    try:
        said: dict[str, Any] = json.loads(text.splitlines()[-1])
    except (ValueError, IndexError) as error:
        raise RunError(N_("The measurement came to nothing. Try a smaller batch size, or another network.")) from error
    if "template" in said:
        raise CnnvizError.from_json(text.splitlines()[-1])
    return TimePerEpoch(**said)


def main(text: str, seconds: str = str(SECONDS)) -> int:
    """The process: print each pace as JSON; a refusal as `CnnvizError.to_json`.

    At the priority of a training: on a busy machine it would otherwise be too fast.
    """
    process.step_back()
    try:
        for pace in paces(TrainConfig.from_json(text), float(seconds)):
            print(json.dumps(asdict(pace)), flush=True)
    except CnnvizError as error:
        print(error.to_json())
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

"""Speed: the time per epoch of a training, measured, predicted and as finished runs had it. No torch here.

It is asked of a process of its own. Predictions are kept on disk, so that what was measured can stand beside them.

python -m cnnviz.runs.speed '{"model": "lenet5", "data": "mnist"}'   # JSON, one a line, the last is the best
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cnnviz.base import paths
from cnnviz.base.errors import CnnvizError, RunError
from cnnviz.base.files import write_atomically
from cnnviz.base.locale import N_
from cnnviz.base.machine import child_environment
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.hyperparameters import COSTS_TIME
from cnnviz.engine.speed import SECONDS, TimePerEpoch
from cnnviz.runs import process
from cnnviz.runs.history import History, extend
from cnnviz.runs.run import RunRecord
from cnnviz.runs.store import Store

PATIENCE = 120.0  # seconds; ResNet-152 on two busy cores takes a minute for four steps
_MOST_RUNS = 5  # alike, the newest
MOST_KEPT = 200  # the oldest go
_BUSY = N_("Another visitor is measuring. Try again in ten seconds.")
_MEASURING = threading.Lock()  # two at once would only measure each other
_KEEPING = threading.Lock()
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
    """Measure in the background: no visitor's page stands still for it. What was found is in `kept`.

    Raises RunError if another is being measured.
    """
    global _last
    if not _MEASURING.acquire(blocking=False):
        raise RunError(_BUSY)
    _last = Measurement(config, time.monotonic())
    threading.Thread(target=_measure, args=(_last,), name="speed", daemon=True).start()


def latest() -> Measurement | None:
    """What is being measured, else what was last."""
    return _last


def _measure(measurement: Measurement) -> None:
    try:
        keep(measurement.config, _ask(measurement.config, SECONDS))
    except CnnvizError as error:
        measurement.problem = error
    finally:
        measurement.is_over = True
        _MEASURING.release()


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


def seconds_of(store: Store, config: TrainConfig, limit: int = 100) -> float | None:
    """What all epochs of a run like this took here last, on whatever device; None if none has finished an epoch."""
    alike = (record for record in store.records(limit) if record.epochs_done and is_alike(record.config, config))
    newest = next(alike, None)
    return None if newest is None else newest.seconds / newest.epochs_done * config.epochs


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
    """The process: print each time per epoch as JSON; a refusal as `CnnvizError.to_json`.

    At the priority of a training: on a busy machine it would otherwise be too fast.
    """
    from cnnviz.engine.speed_measurement import times_per_epoch  # heavy

    process.step_back()
    try:
        for found in times_per_epoch(TrainConfig.from_json(text), float(seconds)):
            print(json.dumps(asdict(found)), flush=True)
    except CnnvizError as error:
        print(error.to_json())
    return 0


def keep(config: TrainConfig, found: TimePerEpoch) -> None:
    """Of each configuration and device the latest. Where the disk cannot be written nothing is kept."""
    with _KEEPING, suppress(OSError):
        kept = _read()
        key = _key(config, found.device_name)
        kept.pop(key, None)
        kept[key] = asdict(found)
        newest = dict(list(kept.items())[-MOST_KEPT:])
        write_atomically(_path(), json.dumps(newest, indent=0).encode())


def kept(config: TrainConfig, device_name: str) -> TimePerEpoch | None:
    """What was predicted for this configuration on this device; None if nothing was."""
    found = _read().get(_key(config, device_name))
    try:
        return TimePerEpoch(**found) if found is not None else None
    except TypeError:  # of another version
        return None


def is_alike(one: TrainConfig, other: TrainConfig) -> bool:
    """Whether both take the same time: epochs, seed and learning rate cost nothing."""
    return all(getattr(one, field) == getattr(other, field) for field in COSTS_TIME)


def _key(config: TrainConfig, device_name: str) -> str:
    values = [getattr(config, field) for field in COSTS_TIME]
    alike = [float(value) if isinstance(value, (int, float)) else value for value in values]  # 0 is 0.0
    return json.dumps([device_name, *alike])


def _path() -> Path:
    return paths.home() / "speed.json"


def _read() -> dict[str, dict[str, Any]]:
    """An empty one if there is no file, or what is in it is not ours."""
    try:
        found = json.loads(_path().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

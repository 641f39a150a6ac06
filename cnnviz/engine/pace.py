"""How long an epoch will take: a few steps are trained, timed, and thrown away. Run as a process of its own.

python -m cnnviz.engine.pace '{"model": "lenet5", "data": "mnist"}'   # one JSON object
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass

from cnnviz.engine.config import TrainConfig
from cnnviz.engine.events import Progress, RunStarted
from cnnviz.errors import CnnvizError

SECONDS = 4.0  # of training; loading torch and the data comes on top


@dataclass(frozen=True)
class Pace:
    """What was measured."""

    seconds_per_epoch: float  # training alone; the test after each epoch comes on top
    images_per_second: float
    steps: int  # that were timed
    device_name: str


def measure(config: TrainConfig, seconds: float = SECONDS) -> Pace:
    """Train for about `seconds`, the first report left out: it warms up.

    Raises ConfigurationError, MissingDataError or CorruptDataError.
    """
    from cnnviz.engine.train import train

    run = train(config)
    started: RunStarted | None = None
    first: Progress | None = None
    last: Progress | None = None
    for event in run:
        if isinstance(event, RunStarted):
            started = event
        if not isinstance(event, Progress):
            continue
        first, last = first or event, event
        if last.seconds - first.seconds >= seconds or last.seconds > 3 * seconds:
            break
    run.close()
    assert started is not None
    return _pace(started, first, last)


def _pace(started: RunStarted, first: Progress | None, last: Progress | None) -> Pace:
    if first is None or last is None:  # diverged in the first report
        return Pace(0.0, 0.0, 0, started.device_name)
    steps, seconds = _steps(last) - _steps(first), last.seconds - first.seconds
    if steps <= 0:  # an epoch shorter than a report
        steps, seconds = _steps(last), last.seconds
    per_epoch = seconds / steps * started.steps_per_epoch
    return Pace(per_epoch, started.train_images / per_epoch, steps, started.device_name)


def _steps(progress: Progress) -> int:
    return (progress.epoch - 1) * progress.steps_per_epoch + progress.step


def main(text: str, seconds: str = str(SECONDS)) -> int:
    """Print the pace as JSON; a refusal as {"template": ..., "values": ...}."""
    try:
        print(json.dumps(asdict(measure(TrainConfig.from_json(text), float(seconds)))))
    except CnnvizError as error:
        print(json.dumps({"template": error.template, "values": error.values}, default=str))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

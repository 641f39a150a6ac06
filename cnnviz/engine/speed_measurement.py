"""Measuring speed: a few steps are trained, timed, and thrown away. No torch until it is asked."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from cnnviz.engine.config import TrainConfig
from cnnviz.engine.events import EpochEnd, Progress, RunStarted
from cnnviz.engine.speed import IMAGENET, TimePerEpoch

SECONDS = 4.0  # of training; loading torch and the data comes on top
_MOST_TESTED = 2000  # pictures
_NO_HARM = 1e-6  # learning rate: the weights are thrown away, and a loss that explodes would end the measurement


def paces(config: TrainConfig, seconds: float = SECONDS) -> Iterator[TimePerEpoch]:
    """Train for about `seconds`; every pace is better founded than the one before.

    With IMAGENET for data: random pictures, in batches as large as makes sense, whatever `config.batch_size` says.
    Raises ConfigurationError, MissingDataError or CorruptDataError.
    """
    if config.data == IMAGENET:
        from cnnviz.engine.timing import imagined_paces

        yield from imagined_paces(config, seconds)
    else:
        yield measure(config, seconds)


def measure(config: TrainConfig, seconds: float = SECONDS) -> TimePerEpoch:
    """On a data set that is here: the training itself, cut short. Raises as `paces` does."""
    from cnnviz.engine.train import train

    run = train(replace(config, epochs=1000, learning_rate=_NO_HARM))
    started = next(run)
    assert isinstance(started, RunStarted)
    reports: list[Progress] = []
    ends: list[EpochEnd] = []
    begun = time.perf_counter()
    for event in run:
        if isinstance(event, Progress) and event.epoch == 1:
            reports.append(event)
        elif isinstance(event, EpochEnd):
            ends.append(event)
        if time.perf_counter() - begun >= seconds and (len(reports) > 1 or ends):
            break
    run.close()
    return _from_epochs(ends, started, config) if len(ends) > 1 else _from_reports(reports, started, config, seconds)


def _from_epochs(ends: list[EpochEnd], started: RunStarted, config: TrainConfig) -> TimePerEpoch:
    """Of whole epochs, the first left out: it warms up."""
    timed = ends[1:]
    training = [started.train_images / end.images_per_second for end in timed]
    testing = [end.seconds - trained for end, trained in zip(timed, training, strict=True)]
    return TimePerEpoch(
        train_seconds=statistics.median(training),
        test_seconds=statistics.median(testing),
        images=started.train_images,
        batch_size=config.batch_size,
        steps=len(timed) * started.steps_per_epoch,
        device_name=started.device_name,
    )


def _from_reports(reports: list[Progress], started: RunStarted, config: TrainConfig, seconds: float) -> TimePerEpoch:
    """Of a part of an epoch, then of the test on some of its pictures.

    The median over the reports, so that a machine that was busy for a moment does not look slow. The first quarter is
    left out if there are others: it warms up (small Keras CNN, 256 a step, 2 cores: the first seconds a third slower).
    """
    from cnnviz.engine.timing import test_seconds

    marks = [(report.step, report.seconds) for report in reports[len(reports) // 4 :]]
    marks = marks if len(marks) > 1 else [(0, 0.0), *marks]
    rates = [(b - a) / (later - earlier) for (earlier, a), (later, b) in pairwise(marks)]
    steps = marks[-1][0] - marks[0][0]
    train_seconds = statistics.median(rates) * started.steps_per_epoch
    forward = train_seconds / 3 / started.train_images  # of one picture: the way back takes twice as long
    tested = int(min(_MOST_TESTED, max(32, seconds / 4 / forward)))
    return TimePerEpoch(
        train_seconds=train_seconds,
        test_seconds=test_seconds(config, tested) * started.test_images,
        images=started.train_images,
        batch_size=config.batch_size,
        steps=steps,
        device_name=started.device_name,
    )

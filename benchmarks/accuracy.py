"""Seconds until LeNet-5 (no padding) has 98% and 99% of MNIST's test pictures right, beside the lesson's loop.

From the first step, data and network being there; the test after each epoch is counted, in ours checkpoints and reports
too. Ours is the preset "fast", one epoch for 98% and three for 99%; the lesson's loop (Adam 0.001, batch 100) goes on
until it is there. Slices of both ways in turn. 98% is the median of three seeds; 99% and the lesson's own 99.01% take
the lesson's loop many epochs and are measured with one.

98% is measured from pressing Train as well: queue, process and store included, with a spare worker, which is there when
the page Training has been open for some seconds. The lesson's loop still counts from its first step.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from benchmarks._lesson import CONFIG, Lesson
from benchmarks.starting import made_ready, until_idle
from cnnviz.commands.bench import Row
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.device import choose_device, limit_threads
from cnnviz.engine.events import EpochEnd
from cnnviz.engine.presets import settings
from cnnviz.engine.train import train
from cnnviz.runs import scheduler

TARGETS = {0.98: (1, (0, 1, 2)), 0.99: (3, (0,)), 0.9901: (3, (0,))}  # share right -> epochs of ours, seeds
_MOST_EPOCHS = 30  # of the lesson's loop
Way = Iterator[float | None]  # the accuracy after an epoch; None in between


def run() -> Iterator[Row]:
    """A way that never arrives counts as endless."""
    limit_threads()
    recipe = TrainConfig(**settings("fast", CONFIG.model, CONFIG.data))
    for target, (epochs, seeds) in TARGETS.items():
        taken = []
        for seed in seeds:
            mine = replace(recipe, epochs=epochs, seed=seed)
            taken.append(race(partial(ours, mine), partial(lesson, seed), target))
        first, second = (statistics.median(column) for column in zip(*taken, strict=True))
        name = f"seconds to {target:.2%} of MNIST's test pictures, {len(seeds)} seeds"
        yield Row(name, first, second)
        if epochs == 1:
            pressed = statistics.median(from_the_button(replace(recipe, seed=seed), target) for seed in seeds)
            yield Row(f"{name}, from pressing Train", pressed, second)


def ours(config: TrainConfig) -> Way:
    """The app's training, files and all."""
    with tempfile.TemporaryDirectory() as folder:
        events = train(config, directory=Path(folder))
        next(events)
        yield None
        for event in events:
            yield event.test_accuracy if isinstance(event, EpochEnd) else None


def lesson(seed: int) -> Way:
    """The lesson's loop."""
    way = Lesson(choose_device(), seed)
    yield None
    for _ in range(_MOST_EPOCHS):
        yield from (None for _ in way.epoch())
        yield way.test()


def from_the_button(config: TrainConfig, target: float) -> float:
    """Seconds from submitting the run until the store has an epoch with `target`; inf if it never does."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["CNNVIZ_HOME"] = home
        made_ready()
        begun = time.perf_counter()
        run_id = scheduler.submit(config)
        while (record := scheduler.store().record(run_id)).is_active and (record.test_accuracy or 0.0) < target:
            time.sleep(0.01)
        seconds = time.perf_counter() - begun
        until_idle()
        scheduler.store().close()
    return seconds if (record.test_accuracy or 0.0) >= target else float("inf")


def race(first: Callable[[], Way], second: Callable[[], Way], target: float) -> tuple[float, float]:
    """Seconds of each until `target`, a slice of either in turn; the first slice makes ready and is not counted."""
    ways, seconds, arrived = (first(), second()), [0.0, 0.0], [False, False]
    for way in ways:
        next(way)
    while not all(arrived):
        for index, way in enumerate(ways):
            if not arrived[index]:
                start = time.perf_counter()
                accuracy = next(way, -1.0)
                seconds[index] += time.perf_counter() - start
                if accuracy is not None and (accuracy >= target or accuracy < 0):
                    arrived[index] = True
                    seconds[index] = seconds[index] if accuracy >= target else float("inf")
    return seconds[0], seconds[1]

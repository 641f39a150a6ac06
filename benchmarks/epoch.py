"""One epoch of LeNet-5 (no padding) on MNIST at batch 100, events and all: beside the lesson's loop and a bare one.

Ours is the training that the app runs: augmentation's place, reports, the check that the loss is a number; in the
number format that it finds to be the fastest on this processor, and in float32. The lesson's is benchmarks/_lesson.py.
The bare loop has its batches ready on the device, normalised and channels last, and does forward, backward and step
with torch's own layers and fused Adam, and nothing else. All have the same number of threads (CNNVIZ_THREADS, else one
fewer than there are cores) and a process of their own; slices of both ways alternate.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import cast

import torch

from benchmarks._apart import Apart
from benchmarks._lesson import BATCH_SIZE, CONFIG, Lesson
from benchmarks.recipe import Way, ready
from cnnviz.base.machine import processor
from cnnviz.commands.bench import Row, compare_slices
from cnnviz.engine.device import choose_device, limit_threads
from cnnviz.engine.events import FASTEST, Event, Progress, RunStarted
from cnnviz.engine.train import train

IMAGES = 60_000
Slices = Iterator[str | int]  # what it says of itself, then pictures


def run() -> Iterator[Row | str]:
    """Seconds of an epoch, the test left out."""
    for first, second in (("fastest", "lesson"), ("fastest", "bare"), ("float32", "lesson"), ("float32", "bare")):
        ours, other = Apart(__name__, first), Apart(__name__, second)
        if (first, second) == ("fastest", "lesson"):
            yield f"{_place()}. {ours.about}"
        what = f"an epoch, batch {BATCH_SIZE}, {first}, beside {other.about}"
        yield compare_slices(what, iter(ours), iter(other), IMAGES)


def _place() -> str:
    device = choose_device()
    return processor() if device.type == "cpu" else str(device)


def fastest() -> Slices:
    """The app's training, as its preset Fast chooses the number format."""
    return ours(FASTEST)


def float32() -> Slices:
    return ours("float32")


def ours(precision: str) -> Slices:
    """The app's training; says at every report how many pictures that were. One epoch ends before its test."""
    events = train(replace(CONFIG, precision=precision), threads=limit_threads())
    started = cast("RunStarted", next(events))  # data and network are there
    chosen = started.compute_mode
    yield f"{chosen.precision}, threads: {chosen.threads}. {chosen.sentence(str.format)}"
    yield from _reported(events)


def _reported(events: Iterator[Event]) -> Iterator[int]:
    before = 0
    for event in events:
        if isinstance(event, Progress):
            images = min(event.step * BATCH_SIZE, IMAGES)
            yield images - before
            before = images % IMAGES


def lesson() -> Slices:
    limit_threads()
    yield "the lesson's"
    yield from Lesson(choose_device()).epochs()


def bare() -> Slices:
    """Preloaded batches, forward, backward, step, with torch's own layers."""
    limit_threads()
    yield "a bare loop"
    yield from ready(Way(torch.get_num_threads(), is_rearranged=False), choose_device())

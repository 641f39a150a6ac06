"""One epoch of LeNet-5 (no padding) on MNIST at batch 100, events and all: beside the lesson's loop and a bare one.

Ours is the training that the app runs: augmentation's place, reports, the check that the loss is a number. The lesson's
is benchmarks/_lesson.py. The bare loop has its batches ready on the device, normalised and channels last, and does
forward, backward and step with torch's own layers and fused Adam, and nothing else. All have the same number of threads
(CNNVIZ_THREADS, else one fewer than there are cores), and slices of both ways alternate.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch

from benchmarks._lesson import BATCH_SIZE, CONFIG, Lesson
from benchmarks.recipe import Way, ready
from cnnviz.commands.measure import Row, compare_slices
from cnnviz.engine.device import choose_device, limit_threads
from cnnviz.engine.events import Event, Progress
from cnnviz.engine.train import train

IMAGES = 60_000


def run() -> Iterator[Row]:
    """Seconds of an epoch, the test left out."""
    device = choose_device()
    limit_threads()
    threads = torch.get_num_threads()
    what = f"an epoch, batch {BATCH_SIZE}, on {device}, {threads} thread{'s' * (threads > 1)}"
    yield compare_slices(f"{what}, beside the lesson's", ours(), lesson(), IMAGES)
    yield compare_slices(f"{what}, beside a bare loop", ours(), bare(), IMAGES)


def ours() -> Iterator[int]:
    """The app's training; says at every report how many pictures that were. One epoch ends before its test."""
    events = train(CONFIG)
    next(events)  # data and network are there
    return _reported(events)


def _reported(events: Iterator[Event]) -> Iterator[int]:
    before = 0
    for event in events:
        if isinstance(event, Progress):
            images = min(event.step * BATCH_SIZE, IMAGES)
            yield images - before
            before = images % IMAGES


def lesson() -> Iterator[int]:
    return Lesson(choose_device()).epochs()


def bare() -> Iterator[int]:
    """Preloaded batches, forward, backward, step, with torch's own layers."""
    return ready(Way(torch.get_num_threads(), is_rearranged=False), choose_device())

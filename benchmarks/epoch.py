"""One epoch of LeNet-5 (no padding) on MNIST at batch 100, events and all: beside the lesson's loop and a bare one.

Ours is the training that the app runs: augmentation's place, reports, the check that the loss is a number. The lesson's
is benchmarks/_lesson.py. The bare loop has its batches ready on the device, normalised and channels last, and does
forward, backward and step with torch's own layers and fused Adam, and nothing else. All have the same number of threads
(CNNVIZ_THREADS, else one fewer than there are cores), and slices of both ways alternate.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle

import torch
import torch.nn.functional as F
from torch import nn

from benchmarks._lesson import BATCH_SIZE, CONFIG, Lesson
from cnnviz.commands.measure import Row, compare_slices
from cnnviz.data.registry import dataset
from cnnviz.engine.batches import Batch, Loading, Pictures
from cnnviz.engine.device import choose_device, limit_threads
from cnnviz.engine.events import Event, Progress
from cnnviz.engine.network import build_network, network_spec
from cnnviz.engine.optimizer import make_optimizer
from cnnviz.engine.preparation import Preparation
from cnnviz.engine.train import train

IMAGES = 60_000
_SLICE = 20  # steps


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
    """Preloaded batches, forward, backward, step."""
    data, device = dataset("mnist"), choose_device()
    prepare = Preparation.between(data, network_spec(CONFIG), CONFIG.normalize)
    pictures = Pictures.load(data, "train", prepare, device)
    model = build_network(CONFIG, data).to(device, memory_format=torch.channels_last).train()
    return _steps(model, list(pictures.batches(Loading(BATCH_SIZE), 1)))


def _steps(model: nn.Module, batches: list[Batch]) -> Iterator[int]:
    optimizer, images = make_optimizer(model, CONFIG), 0
    for step, (x, labels) in enumerate(cycle(batches), start=1):
        loss = F.cross_entropy(model(x), labels)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        images += len(labels)
        if step % _SLICE == 0:
            if x.device.type == "cuda":
                torch.cuda.synchronize()
            yield images
            images = 0

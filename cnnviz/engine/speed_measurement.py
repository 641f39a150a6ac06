"""Speed measurement: steps and tests by the stopwatch, timed and thrown away. Knows nothing of processes or the page.

On a data set that is here the training itself, cut short; for ImageNet random pictures of the network's size.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import torch
import torch.nn.functional as F

from cnnviz.data.dataset_spec import DatasetSpec
from cnnviz.data.registry import DATASETS, dataset
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.device import choose_device, device_name, limit_threads, make_repeatable
from cnnviz.engine.evaluate import evaluate
from cnnviz.engine.events import EpochEnd, Progress, RunStarted
from cnnviz.engine.loader import DeviceDataset, Preprocessing
from cnnviz.engine.network import build_network, network_spec
from cnnviz.engine.optim import make_optimizer
from cnnviz.engine.speed import IMAGENET, IMAGENET_CLASSES, IMAGENET_IMAGES, SECONDS, TimePerEpoch
from cnnviz.engine.train import train
from cnnviz.models.empty_weights import init_empty_weights
from cnnviz.models.summary import summarize

_MOST_TESTED = 2000  # pictures
_NO_HARM = 1e-6  # learning rate: the weights are thrown away, and a loss that explodes would end the measurement
_LARGEST_BATCH = 256
_SMALLEST_BATCH = 2  # batch norm over a map of one value needs two
_BYTES_KEPT = 3  # for each byte a layer gives: the output, its gradient, and what kernels put aside
_SHARE_OF_MEMORY = 0.25  # of what is free, for the maps: weights, optimizer and everybody else want some too
_UNKNOWN_MEMORY = 2_000_000_000  # bytes, where nobody says


def times_per_epoch(config: TrainConfig, seconds: float = SECONDS) -> Iterator[TimePerEpoch]:
    """Train for about `seconds`; every time is better founded than the one before.

    With IMAGENET for data: random pictures, in batches as large as makes sense, whatever `config.batch_size` says.
    Raises ConfigurationError, MissingDataError or CorruptDataError.
    """
    if config.data == IMAGENET:
        yield from imagenet_times(config, seconds)
    else:
        yield measure(config, seconds)


def measure(config: TrainConfig, seconds: float = SECONDS) -> TimePerEpoch:
    """On a data set that is here: the training itself, cut short. Raises as `times_per_epoch` does."""
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


def test_seconds(config: TrainConfig, images: int) -> float:
    """What testing one picture takes, in the second of two tests of so many."""
    data, device = dataset(config.data), choose_device(config.device)
    prepare = Preprocessing.between(data, network_spec(config), config.normalize, config.center_crop)
    pictures = DeviceDataset.load(data, "test", prepare, device)
    part = replace(pictures, images=pictures.images[:images], labels=pictures.labels[:images])
    model = build_network(config, data).to(device).to(memory_format=torch.channels_last)
    evaluate(model, part)
    return _timed(lambda: evaluate(model, part), device) / len(part)


def imagenet_times(config: TrainConfig, seconds: float) -> Iterator[TimePerEpoch]:
    """An epoch of ImageNet, by training steps on random pictures of the network's size: first in batches of two, then
    in the largest that memory allows and that take no longer than `seconds` a step.

    Raises ConfigurationError for an option or a row that cannot be.
    """
    device = choose_device(config.device)
    limit_threads()
    make_repeatable(device)
    steps = _Steps(config, device)
    first = min(steps.seconds(_SMALLEST_BATCH), steps.seconds(_SMALLEST_BATCH))
    yield steps.time_per_epoch(_SMALLEST_BATCH, 1, first)
    size = steps.batch_size(seconds, first)
    while size > _SMALLEST_BATCH or first < seconds:
        try:
            yield from _timed_steps(steps, size, seconds)
            return
        except (MemoryError, torch.OutOfMemoryError):
            if size <= _SMALLEST_BATCH:
                return
            size //= 2


def _timed_steps(steps: _Steps, size: int, seconds: float) -> Iterator[TimePerEpoch]:
    steps.seconds(size)  # warms up
    taken: list[float] = []
    while sum(taken) < seconds:
        taken.append(steps.seconds(size))
    yield steps.time_per_epoch(size, len(taken), statistics.median(taken))


class _Steps:
    """A network with its optimizer, trained on random pictures of its size."""

    def __init__(self, config: TrainConfig, device: torch.device) -> None:
        spec = network_spec(config)
        self.device = device
        self.input_size = (3, *spec.input_size[1:])
        data = replace(DATASETS["digits"], name=IMAGENET, image_size=self.input_size, classes=("",) * IMAGENET_CLASSES)
        self.bytes_of_a_picture = _BYTES_KEPT * _activation_bytes(config, data, self.input_size)
        self.model = build_network(config, data).train().to(device).to(memory_format=torch.channels_last)
        self.optimizer = make_optimizer(self.model, config)

    def batch_size(self, seconds: float, first: float) -> int:
        """The largest power of two that fits, guessed from the smallest batch's step; a GPU's step hardly grows."""
        fits = _free_memory(self.device) * _SHARE_OF_MEMORY / self.bytes_of_a_picture
        if self.device.type == "cpu":
            fits = min(fits, _SMALLEST_BATCH * seconds / first)
        size = _SMALLEST_BATCH
        while 2 * size <= min(fits, _LARGEST_BATCH):
            size *= 2
        return size

    def seconds(self, batch_size: int) -> float:
        """One step: bytes as they would lie there, normalised, forward, backward, optimizer."""
        images = torch.randint(0, 256, (batch_size, *self.input_size), dtype=torch.uint8, device=self.device)
        labels = torch.randint(0, IMAGENET_CLASSES, (batch_size,), device=self.device)
        return _timed(lambda: self._step(images, labels), self.device)

    def _step(self, images: torch.Tensor, labels: torch.Tensor) -> None:
        x = images.float().div_(255).sub_(0.45).div_(0.23).contiguous(memory_format=torch.channels_last)
        loss = F.cross_entropy(self.model(x), labels)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()

    def time_per_epoch(self, batch_size: int, steps: int, seconds: float) -> TimePerEpoch:
        """An epoch of steps that take so many seconds each."""
        return TimePerEpoch(
            train_seconds=seconds / batch_size * IMAGENET_IMAGES,
            test_seconds=0.0,
            images=IMAGENET_IMAGES,
            batch_size=batch_size,
            steps=steps,
            device_name=device_name(self.device),
        )


def _activation_bytes(config: TrainConfig, data: DatasetSpec, input_size: tuple[int, int, int]) -> int:
    with init_empty_weights():
        outline = build_network(config, data)
    return summarize(outline, input_size).activation_bytes


def _timed(work: Callable[[], object], device: torch.device) -> float:
    """Seconds until the device is done with it."""
    _wait(device)
    begun = time.perf_counter()
    work()
    _wait(device)
    return time.perf_counter() - begun


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()


def _free_memory(device: torch.device) -> int:
    """Bytes that could be had; on Linux what the kernel holds available, elsewhere a modest guess."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        (free,) = (line.split()[1] for line in lines if line.startswith("MemAvailable:"))
        return int(free) * 1024
    except (OSError, ValueError):
        return _UNKNOWN_MEMORY

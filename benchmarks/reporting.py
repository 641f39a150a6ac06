"""What live reports cost: a training with its events and checkpoints, beside the same steps in a bare loop."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import torch
import torch.nn.functional as F

from cnnviz.commands.bench import Row, compare
from cnnviz.data.registry import dataset
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.device import choose_device, limit_threads
from cnnviz.engine.evaluate import evaluate
from cnnviz.engine.learning_rate import learning_rate
from cnnviz.engine.loader import DeviceDataset, LoaderConfig, Preprocessing
from cnnviz.engine.network import build_network
from cnnviz.engine.optim import make_optimizer, set_learning_rate
from cnnviz.engine.train import train
from cnnviz.models.registry import model_spec

REPEATS = 3


def run() -> Iterator[Row]:
    """Seconds of a whole run, medians of three in turn; a ratio of 1 means that reports are free."""
    limit_threads()
    mnist = dataset("mnist").is_present()
    config = TrainConfig(model="lenet5-valid", data="mnist", epochs=1) if mnist else TrainConfig(epochs=20)
    what = f"seconds for {config.epochs} epochs of {config.data}, events and checkpoints on"
    yield compare(what, lambda: _with_events(config), lambda: _bare(config), REPEATS)


def _with_events(config: TrainConfig) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for _ in train(config, directory=Path(folder)):
            pass


def _bare(config: TrainConfig) -> None:
    """The same network, batches, optimizer, schedule and tests; nothing counted, reported or kept."""
    spec, data, device = model_spec(config.model), dataset(config.data), choose_device(config.device)
    halves = {
        half: DeviceDataset.load(data, half, Preprocessing.between(data, spec), device) for half in ("train", "test")
    }
    model = build_network(config, data).to(device, memory_format=torch.channels_last)
    optimizer = make_optimizer(model, config)
    loading = LoaderConfig(config.batch_size, config.augmentation, config.seed)
    steps = halves["train"].steps(loading)
    for epoch in range(1, config.epochs + 1):
        batches = halves["train"].batches(loading, epoch)
        for step, (x, labels) in enumerate(batches, start=(epoch - 1) * steps):
            set_learning_rate(optimizer, learning_rate(config, step, config.epochs * steps))
            optimizer.zero_grad(set_to_none=True)
            F.cross_entropy(model(x), labels).backward()
            optimizer.step()
        evaluate(model, halves["test"])

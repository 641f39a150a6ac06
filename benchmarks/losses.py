"""The first 100 losses of our training beside the plain loop's: same initial weights, same order, no augmentation.

The plain loop does what the lesson writes, in contiguous memory with an optimizer that is not fused; the limit is 1e-5.
Both add in another order, so that the seventh digit may differ. With SGD that is all. Adam divides by the gradient's
size: where a ReLU or a maximum tips over by the seventh digit, the losses part. So for Adam both are compared with the
plain loop in float64: neither is nearer to it than the other.
"""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Iterator
from itertools import islice

import torch
import torch.nn.functional as F

from benchmarks._lesson import CONFIG, every_step_reported
from cnnviz.commands.bench import Row
from cnnviz.data.registry import dataset
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.device import choose_device, limit_threads
from cnnviz.engine.events import Progress
from cnnviz.engine.loader import DeviceDataset, LoaderConfig, Preprocessing
from cnnviz.engine.network import build_network, network_spec
from cnnviz.engine.train import train

STEPS = 100
SEEDS = range(5)
LIMIT = 1e-5


def run() -> Iterator[Row]:
    """Largest differences of 100 losses: beside the limit as "plain", or beside the plain loop's own error."""
    limit_threads()
    data = "mnist" if dataset("mnist").is_present() else "digits"
    base = dataclasses.replace(CONFIG, data=data, epochs=10)
    sgd = [dataclasses.replace(base, optimizer="sgd", learning_rate=0.05, momentum=None, seed=s) for s in SEEDS]
    what = f"largest difference of {STEPS} losses on {data}, {len(SEEDS)} seeds"
    yield Row(f"{what}, SGD 0.05, worst; the limit", max(_largest(ours(one), plain(one)) for one in sgd), LIMIT, "")
    errors = list(zip(*map(_errors, SEEDS, [base] * len(SEEDS)), strict=True))
    for name, choose in (("median", statistics.median), ("worst", max)):
        yield Row(f"{what}, Adam 0.001 and float64, {name}; the plain loop's", *map(choose, errors), unit="")


def _errors(seed: int, base: TrainConfig) -> tuple[float, float]:
    """How far ours and the plain loop come from the plain loop in float64."""
    config = dataclasses.replace(base, seed=seed)
    exact = plain(config, torch.float64)
    return _largest(ours(config), exact), _largest(plain(config), exact)


def _largest(first: list[float], second: list[float]) -> float:
    return max(abs(a - b) for a, b in zip(first, second, strict=True))


def ours(config: TrainConfig) -> list[float]:
    """Every step's."""
    with every_step_reported():
        events = train(config)
        losses = list(islice((event.loss for event in events if isinstance(event, Progress)), STEPS))
        events.close()
        return losses


def plain(config: TrainConfig, dtype: torch.dtype = torch.float32) -> list[float]:
    """The same batches, taken to the plain loop."""
    data, device = dataset(config.data), choose_device(config.device)
    prepare = Preprocessing.between(data, network_spec(config), config.normalize)
    pictures = DeviceDataset.load(data, "train", prepare, device)
    model = build_network(config, data).to(device, dtype).train()
    kind = torch.optim.Adam if config.optimizer == "adam" else torch.optim.SGD
    rate, decay = config.learning_rate, config.weight_decay
    optimizer = kind(model.parameters(), lr=rate, weight_decay=decay, foreach=False)  # type: ignore[arg-type]  # the union's calls differ
    losses: list[float] = []
    for epoch in range(1, config.epochs + 1):
        for x, labels in pictures.batches(LoaderConfig(config.batch_size, seed=config.seed), epoch):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x.contiguous().to(dtype)), labels)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            if len(losses) == STEPS:
                return losses
    return losses

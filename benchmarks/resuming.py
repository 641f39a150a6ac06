"""The final weights of a training broken off at a random step and resumed, beside those of one that was not.

With everything that has a memory: AdamW, momentum of the batch norm, dropout, augmentation, held-out pictures. What an
epoch had done when it was broken off is lost; it begins again, with the same draws. The limit is 1e-6.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks._lesson import every_step_reported
from cnnviz.commands.bench import Row
from cnnviz.data.registry import dataset
from cnnviz.engine.card import epoch_path, load_arrays
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.device import limit_threads
from cnnviz.engine.events import Progress, RunStarted
from cnnviz.engine.train import train

DRAWS = 5
EPOCHS = 6
LIMIT = 1e-6
_OPTIONS = '{"dropout": 0.2, "batch_norm": true}'


def run() -> Iterator[Row]:
    """The largest difference of a weight, of `DRAWS` random steps, beside the limit as "plain"."""
    limit_threads()
    config = TrainConfig(
        epochs=EPOCHS, batch_size=128, augmentation="affine", held_out=0.1, model_options=_OPTIONS, device="cpu"
    )
    steps = -(-round(0.9 * len(dataset(config.data).load("train"))) // config.batch_size)
    with every_step_reported():
        whole = _weights(config)
        chance = random.Random(0)
        at = [(chance.randint(2, EPOCHS), chance.randint(1, steps - 1)) for _ in range(DRAWS)]
        found = max(_largest(whole, _weights(config, *each)) for each in at)
    yield Row(f"largest difference of a weight, broken off at {DRAWS} random steps of {config.data}", found, LIMIT, "")


def _weights(config: TrainConfig, epoch: int = 0, step: int = 0) -> dict[str, np.ndarray]:
    """After the last epoch; broken off at a step, if one is given, and resumed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first = train(config, directory=folder)
        for event in first:
            if isinstance(event, Progress) and (event.epoch, event.step) == (epoch, step):
                first.close()
        if epoch:
            started, *_ = train(config, directory=folder, resume=True)
            if not isinstance(started, RunStarted) or started.first_epoch != epoch:
                raise RuntimeError(f"not resumed in epoch {epoch}: {started}")
        return load_arrays(epoch_path(folder, config.epochs))


def _largest(first: dict[str, np.ndarray], second: dict[str, np.ndarray]) -> float:
    return max(float(np.abs(first[name] - second[name]).max()) for name in first)

"""What bfloat16 costs in accuracy and saves in time: LeNet-5 (no padding) on MNIST, beside float32.

The preset Fast, one epoch and three, the same three seeds in both formats: test pictures that are wrong (the test
itself is float32's in both), and seconds of the run, a run of either in turn. Which of the two a run takes it finds out
itself; here both are said.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import replace

from benchmarks._lesson import CONFIG
from cnnviz.base.machine import processor
from cnnviz.commands.bench import Row
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.events import EpochEnd, RunEnd
from cnnviz.engine.presets import settings
from cnnviz.engine.train import train

EPOCHS = (1, 3)
SEEDS = (0, 1, 2)


def run() -> Iterator[Row | str]:
    yield processor()
    recipe = TrainConfig(**settings("fast", CONFIG.model, CONFIG.data))
    for epochs in EPOCHS:
        seconds: tuple[list[float], list[float]] = ([], [])
        for seed in SEEDS:
            mine = replace(recipe, epochs=epochs, seed=seed)
            ends = [_trained(replace(mine, precision=precision)) for precision in ("bfloat16", "float32")]
            yield Row(f"bfloat16 beside float32, epochs: {epochs}, seed {seed}", ends[0][0], ends[1][0], "wrong")
            for (_, taken), column in zip(ends, seconds, strict=True):
                column.append(taken)
        yield Row(f"bfloat16 beside float32, epochs: {epochs}, median", *map(statistics.median, seconds))


def _trained(config: TrainConfig) -> tuple[int, float]:
    """(test pictures that are wrong after the last epoch, seconds)"""
    wrong, seconds = 0, 0.0
    for event in train(config):
        if isinstance(event, EpochEnd):
            wrong = sum(map(sum, event.confusion)) - sum(row[k] for k, row in enumerate(event.confusion))
        elif isinstance(event, RunEnd):
            seconds = event.seconds
    return wrong, seconds

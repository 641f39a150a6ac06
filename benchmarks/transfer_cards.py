"""Figures on the cards of transfer learning: each set up as the page Training does it, beside the same from scratch.

The lesson's preset of 50 digits, and cat against dog with the set of pictures the card makes: three seeds of the run,
over one set of pictures. From scratch is what the page trains beside it: the same with random weights, all of which
learn. Right is the share of the test pictures after the last epoch. Beyond the page, digits from scratch for longer.

Cat against dog needs CIFAR-10: fetched, or as the folder of JPEG pictures `cifar10-jpeg.zip` in CNNVIZ_DATA.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping
from dataclasses import replace

from benchmarks._home import given_home
from benchmarks.transfer import source
from cnnviz.base.params import Value
from cnnviz.commands.bench import Row
from cnnviz.data.own.importing import import_set
from cnnviz.engine.config import ALL, RANDOM, TrainConfig
from cnnviz.engine.events import EpochEnd
from cnnviz.engine.form import config_of, preset_values, untouched_values
from cnnviz.engine.train import train
from cnnviz.ui.training.transfer.lesson import CATS_RUN, CATS_SET, DIGITS

SEEDS = (0, 1, 2)
LONGER = 200  # epochs of digits from scratch


def run() -> Iterator[Row | str]:
    """Shares of wrong answers."""
    digits = _config(preset_values(DIGITS, untouched_values()))
    yield from compared("50 digits", digits)
    right = [accuracy(replace(scratch_of(digits), epochs=LONGER, seed=seed)) for seed in SEEDS]
    yield f"50 digits, from scratch for {LONGER} epochs: {_said(right)}"
    pictures = source()
    if pictures is None:
        yield "needs CIFAR-10: `python -m cnnviz data fetch cifar10`, or cifar10-jpeg.zip in CNNVIZ_DATA"
        return
    with given_home():
        import_set(pictures, CATS_SET)
        yield from compared("cat against dog", _config({**untouched_values(), **CATS_RUN}))


def compared(what: str, config: TrainConfig) -> Iterator[Row | str]:
    """Both ways, each seed's figure, and what is wrong on average."""
    wrong = []
    for name, way in (("transfer", config), ("from scratch", scratch_of(config))):
        right = [accuracy(replace(way, seed=seed)) for seed in SEEDS]
        yield f"{what}, {name}: {_said(right)}"
        wrong.append(100 * (1 - statistics.mean(right)))
    yield Row(f"wrong answers, {what}", wrong[0], wrong[1], "%")


def scratch_of(config: TrainConfig) -> TrainConfig:
    """The same network from random weights."""
    return replace(config, start_from=RANDOM, trainable=ALL, thaw=0)


def accuracy(config: TrainConfig) -> float:
    """Of the test pictures after the last epoch, 0..1."""
    return [event.test_accuracy for event in train(config, threads=1) if isinstance(event, EpochEnd)][-1]


def _config(values: Mapping[str, Value]) -> TrainConfig:
    return replace(config_of(dict(values), None), device="cpu")


def _said(right: list[float]) -> str:
    each = ", ".join(f"{share:.2%}" for share in right)
    return f"{each}; mean {statistics.mean(right):.2%}, standard deviation {100 * statistics.stdev(right):.2f} points"

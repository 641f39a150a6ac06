"""Pictures that excite filters and classes most: all of a layer in one batch, against one after the other.

LeNet's 16 filters of conv2 are to take under 3 s on 2 cores. One step of a network for 224 pixels, and a layer's
responses to a data set's test half, have nothing to be compared with here: notes.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from torch import nn

from cnnviz.base import paths
from cnnviz.commands.bench import Row, compare
from cnnviz.data.dataset_spec import Split
from cnnviz.data.registry import dataset
from cnnviz.engine.card import Card
from cnnviz.engine.checkpoint import load
from cnnviz.engine.device import limit_threads
from cnnviz.engine.loader import Preprocessing
from cnnviz.inspection.maximize import Ascent, Objective, maximize, maximize_all
from cnnviz.inspection.responses import responses
from cnnviz.models.registry import MODELS
from cnnviz.models.summary import summarize

LAYER, FILTERS, CLASSES = "conv2", 16, 10
LARGE = "resnet18"
STEPS = 5  # of the large one


def run() -> Iterator[Row | str]:
    """Seconds, medians of three in turn."""
    yield f"threads of torch: {limit_threads()}"
    model, card = load(paths.shipped_checkpoints() / "lenet5-mnist")
    together, alone = _both(model, card, LAYER, range(FILTERS), "mean")
    yield compare(f"{FILTERS} filters of {LAYER}, {Ascent().steps} steps", together, alone)
    together, alone = _both(model, card, None, range(CLASSES), "logit")
    yield compare(f"{CLASSES} classes, {Ascent().steps} steps", together, alone)
    yield _large()
    yield _responses(model, card)


def _both(
    model: nn.Module, card: Card, layer: str | None, units: Sequence[int], objective: Objective
) -> tuple[Callable[[], object], Callable[[], object]]:
    return (
        lambda: list(maximize_all(model, layer, units, card, objective)),
        lambda: [list(maximize(model, layer, unit, card, objective)) for unit in units],
    )


def _large() -> str:
    spec = MODELS[LARGE]
    model = spec.build().eval()
    inputs = Preprocessing(spec.input_size, (0.5,) * 3, (0.25,) * 3)
    steps = maximize(model, "layer3.1.add", 0, inputs, "mean", replace(Ascent(), steps=STEPS))
    next(steps)  # it begins with a copy of the network, and a look at the noise
    start = time.perf_counter()
    list(islice(steps, STEPS))
    return f"{LARGE} at 224, layer3, random weights: {(time.perf_counter() - start) / STEPS:.2f} s a step"


def _responses(model: nn.Module, card: Card) -> str:
    name = card.data if dataset(card.data).is_present() else "digits"
    split: Split = dataset(name).load("test")
    layers = {layer.name: layer for layer in summarize(model, (1, 28, 28))}
    start = time.perf_counter()
    list(responses(model, layers[LAYER], Preprocessing.of(card), split, CLASSES))
    seconds = time.perf_counter() - start
    return f"responses of {LAYER} to the {len(split):,} test pictures of {name}: {seconds:.2f} s"


if __name__ == "__main__":
    sys.exit(print(*run(), sep="\n"))

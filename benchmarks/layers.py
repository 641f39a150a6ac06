"""The page Layers: from a change to the whole answer of the server, against a plain pass with a hook on each layer.

Limits: a new drawing on LeNet 150 ms, another layer of ResNet-18 at 224 x 224 500 ms (medians).
"""

from __future__ import annotations

import asyncio
import base64
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from cnnviz.base import paths
from cnnviz.commands.bench import Row
from cnnviz.data.registry import dataset
from cnnviz.engine.card import Card, epoch_path
from cnnviz.engine.checkpoint import load, save
from cnnviz.engine.device import limit_threads
from cnnviz.models.registry import MODELS
from tests.browser.server import app_server
from tests.browser.session import Session
from tests.conftest import COMPLETE_DATA

CHANGES = 20
LAYERS = ("conv1", "layer1.0.add", "layer2.1.conv2", "layer3.0.bn1", "layer4.1.relu2", "maxpool")


def run(changes: int = CHANGES) -> Iterator[Row]:
    """Milliseconds; a session without a browser asks, so that what a browser paints is not in them."""
    limit_threads()
    with tempfile.TemporaryDirectory() as home, app_server(Path(home), COMPLETE_DATA) as server:
        _large(Path(home))
        drawn, chosen, shown = asyncio.run(_ask(server.url, changes))
    lenet, _card = load(paths.shipped_checkpoints() / "lenet5-mnist")
    large = MODELS["resnet18"].build(num_classes=10).eval()
    plain = [_plain(lenet, torch.rand(1, 1, 28, 28)), _plain(large, torch.rand(1, 3, 224, 224))]
    yield Row("a new drawing on LeNet, the whole page, median", statistics.median(drawn), plain[0], "ms")
    yield Row(
        "another layer of ResNet-18 at 224, its maps and a trace, median", statistics.median(chosen), plain[1], "ms"
    )
    yield Row(
        "a new drawing through ResNet-18 at 224, the whole page, median", statistics.median(shown), plain[1], "ms"
    )


async def _ask(url: str, changes: int) -> tuple[list[float], list[float], list[float]]:
    """How long each new drawing, each other layer, and each new drawing on the large network took."""
    async with Session(url, query="layers_source=drawing", page="layers") as visitor:
        await visitor.run()
        await visitor.set("layers_pad", **_drawing(0))
        drawn = [await _taken(visitor, "layers_pad", **_drawing(number)) for number in range(1, changes + 1)]
        assert not visitor.exceptions, visitor.exceptions
    async with Session(url, query="layers_checkpoint=run-1", page="layers") as visitor:
        await visitor.run()
        await visitor.run()
        layers = (LAYERS[number % len(LAYERS)] for number in range(1, changes + 1))
        chosen = [await _taken(visitor, "Layer", string_value=layer) for layer in layers]
        assert not visitor.exceptions, visitor.exceptions
    async with Session(url, query="layers_checkpoint=run-1&layers_source=drawing", page="layers") as visitor:
        await visitor.run()
        await visitor.set("layers_pad", **_drawing(0))
        shown = [await _taken(visitor, "layers_pad", **_drawing(number)) for number in range(1, changes + 1)]
        assert not visitor.exceptions, visitor.exceptions
    return drawn, chosen, shown


async def _taken(visitor: Session, label: str, **value: Any) -> float:
    return 1000 * await visitor.set(label, **value)


def _drawing(number: int) -> dict[str, str]:
    """A stroke, another one each time."""
    ink = np.zeros((28, 28), np.uint8)
    ink[4:24, 6 + number % 15 : 9 + number % 15] = 255 - number
    return {"json_value": json.dumps({"drawing": base64.b64encode(ink.tobytes()).decode()})}


def _large(home: Path) -> None:
    """A ResNet-18 for 224 x 224 pictures, as a run that was trained here leaves it."""
    data = dataset("cifar10")
    folder = home / "runs" / "1"
    folder.mkdir(parents=True)
    card = Card("resnet18", "cifar10", tuple(data.classes), (3, 224, 224), data.mean, data.std)
    save(epoch_path(folder, 1), MODELS["resnet18"].build(num_classes=len(data.classes)), card)


def _plain(model: nn.Module, x: torch.Tensor) -> float:
    """Milliseconds of a pass that keeps what every module gives; the median."""
    kept: dict[str, np.ndarray] = {}
    for name, module in model.named_modules():
        module.register_forward_hook(lambda _m, _i, output, name=name: kept.update({name: output.numpy().copy()}))
    taken = []
    for _ in range(CHANGES):
        began = time.perf_counter()
        with torch.inference_mode():
            model(x)
        taken.append(1000 * (time.perf_counter() - began))
    return statistics.median(taken)


if __name__ == "__main__":
    sys.exit(print(*run(), sep="\n"))

"""Augmentation: from a slider to 24 changed pictures, and what a recipe or a pipeline adds to an epoch of MNIST.

Limit: 100 ms (median) for the server's whole answer to a slider, whatever the pictures' size. An epoch is the loader's
alone: all batches made, none trained on, on one thread; beside it the epoch of pictures as they are.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch

from benchmarks._home import given_home
from cnnviz.commands.bench import Row
from cnnviz.data.dataset_spec import Split
from cnnviz.data.own.importing import import_set
from cnnviz.data.own.settings import ImportSettings
from cnnviz.data.own.sources import CollectedSource
from cnnviz.engine.device import limit_threads
from cnnviz.engine.loader import DeviceDataset, LoaderConfig, Preprocessing
from tests.browser.server import app_server
from tests.browser.session import Session
from tests.conftest import COMPLETE_DATA

CHANGES = 20
PIPELINES = (
    *("shift", "affine", "crop-flip", "random-crop=4,flip=0.5", "shift=3,rotation=12,shear=8.5,scale=0.12"),
    *("color-jitter=0.2:0.2:0.2:0.05", "rgb-jitter=0.1", "blur=1", "noise=0.05", "erasing=0.1"),
)
ALL = "random-crop=4,flip=0.5,rotation={degrees},color-jitter=0.2:0.2:0.2:0.05,rgb-jitter=0.1,blur=1,erasing=0.1"


def run(changes: int = CHANGES, pictures: int = 60_000) -> Iterator[Row]:
    """Milliseconds of a session without a browser; seconds of an epoch."""
    limit_threads()
    with tempfile.TemporaryDirectory() as home:
        _photos(Path(home))
        taken = _asked(Path(home), changes)
    for name, milliseconds in taken.items():
        yield Row(f"a slider of the bench, 24 {name}, median", statistics.median(milliseconds), 100.0, "ms")
    plain = _epoch("none", pictures)
    for text in PIPELINES:
        yield Row(f"an epoch of 60,000 × 28 × 28, {text}", _epoch(text, pictures), plain, "s")


def _photos(home: Path) -> None:
    """An own data set of two classes, as an import leaves it."""
    random = np.random.default_rng(0)
    coarse = random.integers(0, 256, (2, 40, 28, 28, 3), dtype=np.uint8)
    pictures = coarse.repeat(8, axis=2).repeat(8, axis=3)
    with given_home(home):
        settings = ImportSettings(name="photos", side=224, color=True)
        import_set(CollectedSource({"one": list(pictures[0]), "other": list(pictures[1])}), settings)


def _asked(home: Path, changes: int) -> dict[str, list[float]]:
    with app_server(home, COMPLETE_DATA) as server:
        return {
            "digits of 28 × 28, seven steps": asyncio.run(
                _sliders(server.url, "data_name=digits&data_augmentation_model=lenet5", changes)
            ),
            "colour pictures of 224 × 224, seven steps": asyncio.run(
                _sliders(server.url, "data_name=own:photos", changes)
            ),
        }


async def _sliders(url: str, query: str, changes: int) -> list[float]:
    """How long the server took to answer each turn of a slider, the rerun and all pictures."""
    async with Session(url, query=f"data_view=augmentation&{query}", page="data") as visitor:
        await visitor.run()
        taken = []
        for number in range(changes + 1):
            said = {"token": 0, "text": ALL.format(degrees=10 + number), "crop": 1.0, "normalize": True, "picture": 0}
            taken.append(1000 * await visitor.set("data_augmentation_bench", json_value=json.dumps({"bench": said})))
        assert not visitor.exceptions, visitor.exceptions
    return taken[1:]


def _epoch(text: str, count: int) -> float:
    """Seconds of the faster of two."""
    images = np.random.default_rng(0).integers(0, 256, (count, 1, 28, 28), dtype=np.uint8)
    prepare = Preprocessing((1, 28, 28), (0.13,), (0.31,))
    pictures = DeviceDataset.of(Split(images, np.arange(count) % 10), prepare, 10, torch.device("cpu"))
    return min(_timed(pictures, LoaderConfig(128, text), epoch) for epoch in (1, 2))


def _timed(pictures: DeviceDataset, loader: LoaderConfig, epoch: int) -> float:
    start = time.perf_counter()
    for _batch in pictures.batches(loader, epoch):
        pass
    return time.perf_counter() - start

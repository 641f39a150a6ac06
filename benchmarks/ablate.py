"""A filter switched off: MNIST's 10,000 and one picture's answer, for each layer of LeNet, against the whole pass."""

from __future__ import annotations

import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch

from cnnviz.base.paths import FIRST_CHECKPOINT, shipped_checkpoints
from cnnviz.commands.bench import Row
from cnnviz.data.registry import DATASETS, dataset
from cnnviz.engine.checkpoint import load
from cnnviz.engine.device import choose_device, limit_threads
from cnnviz.engine.loader import DeviceDataset, Preprocessing
from cnnviz.inspection.ablation import Change, probabilities, without
from cnnviz.inspection.bend import Bend, sweep
from cnnviz.inspection.effect import TestBench
from cnnviz.inspection.flip import smallest_flip
from cnnviz.inspection.perturb import answers, bent_each
from cnnviz.ui.layers import bending, switched
from tests.browser.server import app_server
from tests.browser.session import Session
from tests.conftest import COMPLETE_DATA

REPEATS = 5


def run() -> Iterator[Row | str]:
    """Seconds, medians of five in turn; "plain" is the shared network, whole, with a hook on the layer."""
    limit_threads()
    name = "mnist" if dataset("mnist").is_present() else "digits"
    model, card = load(shipped_checkpoints() / FIRST_CHECKPOINT)
    spec = DATASETS[name]
    prepare = Preprocessing(card.input_size, card.mean, card.std, spec.margin)
    data = DeviceDataset.load(spec, "test", prepare, choose_device("cpu"))
    x = prepare(data.images[:1])
    for layer in model._modules:
        change = Change(layer, (0,))

        def whole(change: Change = change) -> None:
            with torch.inference_mode(), without(model, change.layer, change.channels):
                for batch, _labels in data.in_order(1000):
                    model(batch)

        bench = TestBench(model, layer, data)
        first = _seconds(lambda bench=bench, change=change: bench.score(change), 1)
        what = f"{layer}: one channel off, {len(data):,} of {name}"
        ours, plain = _in_turn(lambda bench=bench, change=change: bench.score(change), whole)
        yield Row(what, ours, plain)
        yield Row(f"{what}, the first time", first, plain)
        if layer in ("conv1", "conv2"):
            yield Row(
                f"{layer}: ranking all channels",
                _seconds(lambda bench=bench: [*bench.rank()], 1),
                plain * bench.channels,
            )
            by_hand = Change(layer, weights=(((0, 0, 1, 1), 0.5),))
            yield Row(f"{layer}: a weight by hand", _seconds(lambda bench=bench, c=by_hand: bench.score(c), 3), plain)
        answer = _seconds(lambda change=change: probabilities(model, x, change), 20)
        with torch.inference_mode():
            yield Row(
                f"{layer}: the answer to one picture, milliseconds",
                1000 * answer,
                1000 * _seconds(lambda: model(x), 20),
                "ms",
            )
    picture = data.images[0].numpy()
    pictures = bent_each(picture, [Bend(rotation=value) for value in sweep("rotation")])
    curve = _seconds(lambda: [*answers(model, card, pictures)], 5)
    one = _seconds(lambda: [*answers(model, card, pictures[:1])], 5)
    yield Row(f"curve of {len(pictures)} rotations, milliseconds", 1000 * curve, 1000 * one * len(pictures), "ms")
    for shape in ("linf", "l2"):
        times = [
            _seconds(lambda i=i, s=shape: smallest_flip(model, card, data.images[i].numpy(), s), 1) for i in range(5)
        ]
        yield Row(f"smallest flip, {shape}; the slowest of five pictures", statistics.median(times), max(times))

    yield from _served()


def _served() -> Iterator[Row | str]:
    """What a visitor waits for: the view alone runs, in a server, beside the whole page."""
    if not COMPLETE_DATA:
        yield "the page was not asked: it needs MNIST, in CNNVIZ_DATA"
        return
    with tempfile.TemporaryDirectory() as folder, app_server(Path(folder), COMPLETE_DATA) as server:
        off = [{"off": [k], "factor": 0.0} for k in range(16)]
        file = shipped_checkpoints() / f"{FIRST_CHECKPOINT}.safetensors"
        for layer in ("conv1", "conv2"):
            token = f"{file}|{layer}|0"
            changes = [{"settings": {**each, "token": token}} for each in off[: 6 if layer == "conv1" else 16]]
            link = f"layers_view=ablation&layers_layer={layer}"
            yield asyncio.run(
                _asked(server.url, link, switched.COMPONENT, changes, f"{layer} switched off on the page")
            )
        token = bending.token_of(DATASETS["mnist"].load("test").images[0])
        changes = [{"bend": {"token": token, "bend": {"shift_x": k / 2}, "ink": ""}} for k in range(16)]
        yield asyncio.run(
            _asked(server.url, "layers_view=bend", bending.COMPONENT, changes, "the picture moved on the page")
        )


async def _asked(url: str, link: str, key: str, changes: list[dict[str, Any]], what: str) -> Row:
    """Milliseconds, medians."""
    async with Session(url, query=link, page="layers", keeps_time=False) as visitor:
        await visitor.run()
        await asyncio.sleep(4)  # the first time is over
        ours = [await visitor.set(key, json_value=json.dumps(each)) for each in changes]
        page = [await visitor.run() for _ in changes]
    assert not visitor.exceptions, visitor.exceptions
    return Row(
        f"{what}, server, milliseconds; the whole page",
        1000 * statistics.median(ours),
        1000 * statistics.median(page),
        "ms",
    )


def _in_turn(ours: Callable[[], object], plain: Callable[[], object]) -> tuple[float, float]:
    pairs = [(_seconds(ours, 1), _seconds(plain, 1)) for _ in range(REPEATS)]
    return statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs)


def _seconds(call: Callable[[], object], times: int) -> float:
    found = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        found.append(time.perf_counter() - start)
    return statistics.median(found)

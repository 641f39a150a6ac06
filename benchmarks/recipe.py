"""How a step is computed, choice by choice: what the engine takes on this device beside what it might have taken.

One epoch of LeNet-5 (no padding) on MNIST from batches that lie ready on the device, forward, backward and step. Slices
of both ways alternate. Which accuracy a schedule or a batch size leads to is another question: docs/benchmarks.md.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import cycle

import torch
import torch.nn.functional as F

from benchmarks._lesson import BATCH_SIZE, CONFIG
from cnnviz.commands.bench import Row, compare_slices
from cnnviz.data.registry import dataset
from cnnviz.engine.cpu_layout import optimize_forward
from cnnviz.engine.device import choose_device, keep_memory, limit_threads
from cnnviz.engine.fastest import allow_tf32, autocast
from cnnviz.engine.loader import Batch, DeviceDataset, LoaderConfig, Preprocessing
from cnnviz.engine.network import build_network, network_spec
from cnnviz.engine.optim import make_optimizer

IMAGES = 60_000
_SLICE = 20  # steps


@dataclass(frozen=True)
class Way:
    """How the steps of an epoch are computed; the defaults are the engine's."""

    threads: int
    batch_size: int = BATCH_SIZE
    is_channels_last: bool = True
    is_rearranged: bool = True
    is_fused: bool = True
    is_compiled: bool = False
    precision: str = "float32"


def run() -> Iterator[Row]:
    """Seconds of an epoch in both ways."""
    limit_threads()
    keep_memory()
    device = choose_device()
    ours = Way(torch.get_num_threads())
    for what, chosen, other in _pairs(ours, device.type):
        yield compare_slices(f"{what}, on {device}", ready(chosen, device), ready(other, device), IMAGES)


def _pairs(ours: Way, kind: str) -> Iterator[tuple[str, Way, Way]]:
    """(what is compared, what was chosen, what else there is) on a device of this kind."""
    layers = replace(ours, is_rearranged=False)
    yield "channels last against channels first", layers, replace(layers, is_channels_last=False)
    yield "fused Adam against one kernel per operation", ours, replace(ours, is_fused=False)
    yield "batches of 128 against 64", replace(ours, batch_size=128), replace(ours, batch_size=64)
    yield "float32 against bfloat16", ours, replace(ours, precision="bfloat16")
    if kind == "cpu":
        yield "full vector registers, pooling first against the layers as written", ours, layers
        yield "as written against torch.compile", layers, replace(layers, is_compiled=True)
        cores = os.cpu_count() or 1
        yield f"{ours.threads} of {cores} cores against all", ours, replace(ours, threads=cores)
    if kind == "cuda":
        yield "float32 against TF32", ours, replace(ours, precision="tf32")
        yield "as it is against torch.compile with CUDA graphs", ours, replace(ours, is_compiled=True)


def ready(way: Way, device: torch.device) -> Iterator[int]:
    """Trains for ever, its first steps are done; says after every 20 steps how many pictures that were."""
    data = dataset("mnist")
    prepare = Preprocessing.between(data, network_spec(CONFIG), CONFIG.normalize)
    batches = DeviceDataset.load(data, "train", prepare, device).batches(LoaderConfig(way.batch_size), 1)
    layout = torch.channels_last if way.is_channels_last else torch.contiguous_format
    steps = _steps(way, device, [(x.contiguous(memory_format=layout), labels) for x, labels in batches])
    next(steps)
    return steps


def _steps(way: Way, device: torch.device, batches: list[Batch]) -> Iterator[int]:
    model = build_network(CONFIG, dataset("mnist")).to(device).train()
    if way.is_channels_last:
        model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's stubs lack it
    forward = optimize_forward(model) if way.is_rearranged else model
    if way.is_compiled:
        forward = torch.compile(forward, mode="reduce-overhead")
    optimizer = make_optimizer(model, CONFIG)
    for group in optimizer.param_groups:
        group["fused"] = way.is_fused
    images = 0
    for step, (x, labels) in enumerate(cycle(batches), start=1):
        if step % _SLICE == 1:
            torch.set_num_threads(way.threads)
            allow_tf32(way.precision)
        with autocast(way.precision, device):
            logits = forward(x)
        loss = F.cross_entropy(logits.float(), labels)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        images += len(labels)
        if step % _SLICE == 0:
            if device.type == "cuda":
                torch.cuda.synchronize()
            yield images
            images = 0

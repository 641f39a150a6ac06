"""On a CUDA device: seconds of training until 99% of MNIST, and an epoch of CIFAR-10 (JPEG), each beside a plain loop.

Written without a CUDA device at hand: nobody has run it yet. The pictures of CIFAR-10 are those of `folder:cifar10`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader

from benchmarks import accuracy
from benchmarks._lesson import CONFIG
from cnnviz.base import paths
from cnnviz.base.errors import DataError
from cnnviz.commands.bench import Row, compare_slices
from cnnviz.data.registry import dataset
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.device import device_name, works
from cnnviz.engine.events import Event, Progress
from cnnviz.engine.network import build_network
from cnnviz.engine.presets import settings
from cnnviz.engine.train import train

_DATA = "folder:cifar10"
_CIFAR = TrainConfig(
    model="resnet-small",
    data=_DATA,
    epochs=1000,
    batch_size=512,
    optimizer="nesterov",
    augmentation="crop-flip",
    precision="bfloat16",
)
_IMAGES = 50_000


def run() -> Iterator[Row | str]:
    """Rows, or the note that there is no device."""
    if not works("cuda"):
        yield "no CUDA device works here: nothing was measured"
        return
    name = device_name(torch.device("cuda"))
    recipe = TrainConfig(**{**settings("fast", CONFIG.model, CONFIG.data), "epochs": 3})
    ours, plain = accuracy.race(partial(accuracy.ours, recipe), partial(accuracy.lesson, 0), 0.99)
    yield Row(f"seconds to 99% of MNIST's test pictures on {name}", ours, plain)
    try:
        dataset(_DATA)
    except DataError as error:
        yield f"an epoch of CIFAR-10 (JPEG) was not measured: {error}"
        return
    what = f"an epoch of {_CIFAR.model} on CIFAR-10 (JPEG) on {name}"
    yield compare_slices(what, _ours(), _plain(), _IMAGES)


def _ours() -> Iterator[int]:
    events = train(_CIFAR)
    next(events)
    return _reported(events)


def _reported(events: Iterator[Event]) -> Iterator[int]:
    before = 0
    for event in events:
        if isinstance(event, Progress):
            images = min(event.step * _CIFAR.batch_size, _IMAGES)
            yield images - before
            before = images % _IMAGES


def _plain() -> Iterator[int]:
    """ImageFolder, random crop and flip for each picture, two loading processes, SGD: as a tutorial has it."""
    from torchvision.datasets import ImageFolder
    from torchvision.transforms import Compose, Normalize, RandomCrop, RandomHorizontalFlip, ToTensor

    spec, device = dataset(_DATA), torch.device("cuda")
    changes = Compose([RandomCrop(32, 4), RandomHorizontalFlip(), ToTensor(), Normalize(spec.mean, spec.std)])
    folder = Path(paths.data_root()) / _DATA.split(":")[1] / "train"
    loader = DataLoader(ImageFolder(str(folder), changes), _CIFAR.batch_size, shuffle=True, num_workers=2)
    model = build_network(replace(_CIFAR, precision="float32"), spec).to(device).train()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=5e-4, nesterov=True)
    while True:
        for x, labels in loader:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x.to(device)), labels.to(device))
            loss.backward()
            optimizer.step()
            loss.item()
            yield len(labels)

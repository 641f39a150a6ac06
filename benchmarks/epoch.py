"""One epoch of LeNet-5 (no padding), test included: the data set on the device, beside DataLoader and ToTensor.

The plain way is the lesson's: torchvision's MNIST with ToTensor, DataLoader(batch_size=100, shuffle=True), Adam, and
`loss.item()` at every step. Ours has the same batch size and number of threads. With MNIST where it is, else with as
many random pictures of its size, which cost the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, Dataset
from torchvision.transforms import ToTensor

from cnnviz.commands.measure import Row, compare
from cnnviz.data.registry import DATASETS
from cnnviz.data.split import Split
from cnnviz.engine.batches import Loading, Pictures
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.device import choose_device, limit_threads
from cnnviz.engine.evaluate import evaluate
from cnnviz.engine.ledger import Ledger
from cnnviz.engine.network import build_network
from cnnviz.engine.optimizer import make_optimizer
from cnnviz.engine.preparation import Preparation
from cnnviz.models.registry import MODELS

BATCH_SIZE = 100
REPEATS = 3
_DATA, _MODEL = DATASETS["mnist"], MODELS["lenet5-valid"]
_CONFIG = TrainConfig(model=_MODEL.name)


class _LessonDataset(Dataset[tuple[torch.Tensor, int]]):
    """What torchvision.datasets.MNIST(transform=ToTensor()) does for each picture, through PIL as it does."""

    def __init__(self, split: Split) -> None:
        from PIL import Image

        self._pictures = [Image.fromarray(picture[0]) for picture in split.images]
        self._labels = split.labels.tolist()
        self._to_tensor = ToTensor()

    def __len__(self) -> int:
        return len(self._labels)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        return self._to_tensor(self._pictures[index]), self._labels[index]


def run() -> Iterator[Row]:
    """Seconds of an epoch, medians of three in turn."""
    limit_threads()
    device = choose_device()
    halves = {half: _load(half) for half in ("train", "test")}
    yield compare(
        f"seconds an epoch, batch {BATCH_SIZE}, on {device}", _ours(halves, device), _plain(halves, device), REPEATS
    )


def _load(half: str) -> Split:
    if _DATA.is_present():
        return _DATA.load(half)
    n = _DATA.train_images if half == "train" else _DATA.test_images
    generator = np.random.default_rng(0)
    images = generator.integers(0, 256, (n, *_DATA.image_size), dtype=np.uint8)
    return Split(images, generator.integers(0, 10, n))


def _ours(halves: dict[str, Split], device: torch.device) -> Callable[[], None]:
    prepare = Preparation.between(_DATA, _MODEL)
    pictures = {half: Pictures.of(split, prepare, 10, device) for half, split in halves.items()}
    model = build_network(_CONFIG, _DATA).to(device, memory_format=torch.channels_last)
    optimizer = make_optimizer(model, TrainConfig(batch_size=BATCH_SIZE))

    def epoch() -> None:
        ledger = Ledger(device)
        for x, labels in pictures["train"].batches(Loading(BATCH_SIZE), 1):
            logits = model(x)
            loss = F.cross_entropy(logits, labels)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            ledger.add(loss, logits, labels)
        ledger.read()
        evaluate(model, pictures["test"])

    return epoch


def _plain(halves: dict[str, Split], device: torch.device) -> Callable[[], None]:
    loaders = {
        half: DataLoader(_LessonDataset(split), BATCH_SIZE, shuffle=half == "train") for half, split in halves.items()
    }
    model: nn.Module = build_network(_CONFIG, _DATA).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)

    def epoch() -> None:
        model.train()
        total = 0.0
        for x, labels in loaders["train"]:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x.to(device)), labels.to(device))
            loss.backward()
            optimizer.step()
            total += loss.item()
        model.eval()
        with torch.no_grad():
            for x, labels in loaders["test"]:
                total += (model(x.to(device)).argmax(dim=1) == labels.to(device)).sum().item()

    return epoch

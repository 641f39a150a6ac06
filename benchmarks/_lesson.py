"""The lesson's plain way, from the first epoch to the test: what `epoch` and `accuracy` compare ours with.

torchvision's MNIST with ToTensor, DataLoader(batch_size=100, shuffle=True), Adam 0.001, and `loss.item()` at every
step: LeNet-5 without padding, as a student writes it down.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader

from cnnviz.base.paths import data_root
from cnnviz.data.registry import dataset
from cnnviz.engine import train as engine
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.network import build_network
from cnnviz.engine.presets import settings

CONFIG = TrainConfig(**settings("lesson-lenet", "", ""))
BATCH_SIZE, LEARNING_RATE = 100, 0.001
_SLICE = 20  # steps between two looks at the clock


@contextmanager
def every_step_reported() -> Iterator[None]:
    """Within it our training tells of every step, not five times a second."""
    usual, engine.REPORT_SECONDS = engine.REPORT_SECONDS, 0.0
    try:
        yield
    finally:
        engine.REPORT_SECONDS = usual


class Lesson:
    """The lesson's network, data and optimizer, on `device`."""

    def __init__(self, device: torch.device, seed: int = 0) -> None:
        from torchvision.datasets import MNIST
        from torchvision.transforms import ToTensor

        dataset("mnist").load("test")  # raises MissingDataError, in a sentence, where torchvision would not
        halves = [MNIST(str(data_root()), train=train, transform=ToTensor()) for train in (True, False)]
        order = torch.Generator().manual_seed(seed)
        self.train_loader = DataLoader(halves[0], BATCH_SIZE, shuffle=True, generator=order)
        self.test_loader = DataLoader(halves[1], BATCH_SIZE)
        self.device = device
        self.model = build_network(replace(CONFIG, seed=seed), dataset("mnist")).to(device)
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=LEARNING_RATE)

    def epochs(self) -> Iterator[int]:
        """Trains for ever; says after every 20 steps how many pictures that were."""
        while True:
            yield from self.epoch()

    def epoch(self) -> Iterator[int]:
        """One epoch; says after every 20 steps, and at its end, how many pictures that were."""
        self.model.train()
        images, total = 0, 0.0
        for step, (x, labels) in enumerate(self.train_loader, start=1):
            self.optimizer.zero_grad()
            loss = F.cross_entropy(self.model(x.to(self.device)), labels.to(self.device))
            loss.backward()
            self.optimizer.step()
            total += loss.item()
            images += len(labels)
            if step % _SLICE == 0:
                yield images
                images = 0
        yield images

    def test(self) -> float:
        """The share of the test pictures that is right."""
        self.model.eval()
        correct = 0
        with torch.no_grad():
            for x, labels in self.test_loader:
                correct += int((self.model(x.to(self.device)).argmax(dim=1) == labels.to(self.device)).sum().item())
        return correct / len(self.test_loader.dataset)  # type: ignore[arg-type]  # ours has a length

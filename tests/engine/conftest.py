"""A small training run once, for all who look at its files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from cnnviz.engine.config import TrainConfig
from cnnviz.engine.events import Event
from cnnviz.engine.train import train

CONFIG = TrainConfig(data="digits", epochs=3, device="cpu")


@pytest.fixture(autouse=True)
def threads_put_back() -> Iterator[None]:
    """A training limits torch's threads, in this whole process."""
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Event]]:
    """The folder and the events of a run of CONFIG. Do not write there."""
    folder = tmp_path_factory.mktemp("trained")
    return folder, list(train(CONFIG, directory=folder))

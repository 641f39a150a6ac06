"""What every test stands on: a home and data of its own, English, and the complete data sets for tests that ask."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
COMPLETE_DATA = Path(os.environ.get("CNNVIZ_DATA", "")).resolve() if os.environ.get("CNNVIZ_DATA") else None


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty CNNVIZ_HOME, an empty CNNVIZ_DATA and the repository as working folder, for this test only."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("CNNVIZ_HOME", str(home))
    monkeypatch.setenv("CNNVIZ_DATA", str(home / "data"))
    monkeypatch.delenv("CNNVIZ_LANG", raising=False)
    monkeypatch.chdir(REPOSITORY)
    return home


@pytest.fixture(autouse=True)
def every_warning_of_torch() -> None:
    """Torch tells some warnings once a process: told every time, they are met whatever ran before."""
    if torch := sys.modules.get("torch"):
        torch.set_warn_always(True)


@pytest.fixture
def complete_data(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder with the complete MNIST and Fashion-MNIST: skips without one, fails where they are not in it."""
    if COMPLETE_DATA is None:
        pytest.skip("set CNNVIZ_DATA to a folder with the complete MNIST and Fashion-MNIST")
    for name in ("MNIST", "FashionMNIST"):
        first = COMPLETE_DATA / name / "raw" / "train-images-idx3-ubyte"
        assert first.exists(), f"CNNVIZ_DATA must hold the complete data sets: there is no {first}"
    monkeypatch.setenv("CNNVIZ_DATA", str(COMPLETE_DATA))
    return COMPLETE_DATA


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever asks for the complete data sets carries the mark `complete`: CI runs those once more with them."""
    for item in items:
        if "complete_data" in getattr(item, "fixturenames", ()):
            item.add_marker("complete")

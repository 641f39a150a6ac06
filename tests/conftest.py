"""What every test stands on: a home of its own, English, and the complete data sets where they are."""

from __future__ import annotations

import os
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


@pytest.fixture
def complete_data(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder with the complete MNIST and Fashion-MNIST; skips where they are not."""
    if COMPLETE_DATA is None or not (COMPLETE_DATA / "MNIST" / "raw" / "train-images-idx3-ubyte").exists():
        pytest.skip("set CNNVIZ_DATA to a folder with the complete MNIST and Fashion-MNIST")
    monkeypatch.setenv("CNNVIZ_DATA", str(COMPLETE_DATA))
    return COMPLETE_DATA

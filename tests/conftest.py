"""What every test stands on: a home and data of its own, English, and the complete data sets for tests that ask."""

from __future__ import annotations

import functools
import os
import sys
from pathlib import Path

import pytest

# As many tests as cores are at work at once: a library's threads, which wait for each other, would only take turns.
# Read when the libraries are loaded; every server and worker that a test starts has it, too.
for _threads in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_threads, "1")

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


@pytest.fixture(autouse=True)
def installed_packages_are_searched_once() -> None:
    """Each new AppTest has Streamlit look for components in every installed package, longer than it runs the page."""
    scanner = sys.modules.get("streamlit.components.v2.manifest_scanner")
    if scanner and not hasattr(scanner.scan_component_manifests, "cache_info"):
        scanner.scan_component_manifests = functools.cache(scanner.scan_component_manifests)  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def no_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """No process that trains, nor one that waits to: pages start them, and they outlive the test. `fake_workers` does,
    and a module that wants real ones has a fixture of this name that does nothing."""
    if scheduler := sys.modules.get("cnnviz.runs.scheduler"):
        monkeypatch.setattr(scheduler, "_start", lambda home, start: None)
        monkeypatch.setattr(scheduler.warm_worker, "prepare", lambda home: None)


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
    """Whatever asks for the complete data sets carries the mark `complete`: CI runs those once more with them.

    Files in which something takes long begin first: several are tested at once, and the last are to be short.
    """
    for item in items:
        if "complete_data" in getattr(item, "fixturenames", ()):
            item.add_marker("complete")
    long = {item.path for item in items if item.get_closest_marker("slow") or "browser" in item.path.parts}
    items.sort(key=lambda item: item.path not in long)

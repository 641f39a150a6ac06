"""The first visitors of a server, all at once: nobody breaks it for the others."""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cnnviz.ui.shared.page import PAGES
from tests.browser.server import app_server
from tests.browser.session import Session

pytestmark = pytest.mark.slow

STARTS = (
    6  # what could differ from start to start is an import in a visitor's thread, and there is none: see the last test
)
TELL = """
import os, sys, threading

def tell(event, arguments):
    thread = threading.current_thread()
    if event == "import" and thread.name.startswith("ScriptRunner"):
        with open(os.environ["IMPORTED"], "a") as file:
            file.write(arguments[0] + "\\n")

sys.addaudithook(tell)
"""


async def arrive(url: str) -> dict[str, tuple[list[str], list[str]]]:
    """Eight visitors at one instant, each on a page of his own; page -> what went wrong, and what it says."""
    paths = ["" if page.name == "home" else page.name for page in PAGES]
    seen = await asyncio.gather(*(_visitor(url, path) for path in paths))
    return {page.name: answer for page, answer in zip(PAGES, seen, strict=True)}


def all_at_once(url: str) -> dict[str, tuple[list[str], list[str]]]:
    """`arrive`, in a thread of its own: a browser test of the same process has an event loop running in ours."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(arrive(url))).result()


async def _visitor(url: str, path: str) -> tuple[list[str], list[str]]:
    async with Session(url, page=path, keeps_time=False) as visitor:
        await visitor.run()
        return visitor.exceptions, visitor.texts


@pytest.mark.parametrize("start", range(STARTS))
def test_eight_first_visitors_at_once(start: int, tmp_path: Path) -> None:
    """Whoever comes first to a server just started, on whatever pages, sees the page."""
    with app_server(tmp_path) as server:
        seen = all_at_once(server.url)
    for page in PAGES:
        exceptions, texts = seen[page.name]
        assert not exceptions
        assert page.title in texts


def test_a_visitor_imports_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every import is the warm-up's, in its one thread: two threads that import can give each other half a module."""
    told = tmp_path / "imported"
    (tmp_path / "sitecustomize.py").write_text(TELL)
    monkeypatch.setenv("IMPORTED", str(told))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    with app_server(tmp_path) as server:
        all_at_once(server.url)
    assert not told.exists(), f"the warm-up leaves out: {told.read_text().split()}"

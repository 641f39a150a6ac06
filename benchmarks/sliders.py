"""A slider on the convolution page while a training runs, against the same slider while none does."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from cnnviz.commands.measure import Row
from tests.browser import chromium
from tests.browser.server import app_server
from tests.conftest import COMPLETE_DATA

_TRAIN = (
    "from cnnviz.engine.config import TrainConfig; from cnnviz.runs import scheduler; "
    "print(scheduler.submit(TrainConfig(data={data!r}, epochs=1000)))"
)
_STOP = "from cnnviz.runs import scheduler; scheduler.stop(1)"


def run(moves: int = 40) -> Iterator[Row]:
    """Milliseconds from the key press on the slider to Python's answer in the page."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        home = Path(folder)
        with app_server(home, COMPLETE_DATA) as server:
            browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.ARGUMENTS)
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(f"{server.url}/convolution")
            page.locator("input[type=range]").first.wait_for(timeout=60_000)
            page.wait_for_timeout(8000)  # the heavy imports in the background are done
            idle = _moves(page, moves)
            _python(home, _TRAIN.format(data="mnist" if COMPLETE_DATA else "digits"))
            time.sleep(8)  # torch is loaded and the training has begun
            busy = _moves(page, moves)
            _python(home, _STOP)
            idle += _moves(page, moves)
            browser.close()
    yield Row("slider answered, training against none, median", statistics.median(busy), statistics.median(idle), "ms")
    yield Row("slider answered, training against none, 95th percentile", _p95(busy), _p95(idle), "ms")


def _moves(page: Page, count: int) -> list[float]:
    slider = page.locator("input[type=range]").first
    slider.focus()
    taken = []
    for index in range(count):
        before = page.evaluate("window.location.search")
        start = time.perf_counter()
        page.keyboard.press("ArrowRight" if index % 2 == 0 else "ArrowLeft")
        _answered(page, before)
        taken.append((time.perf_counter() - start) * 1000)
        page.wait_for_timeout(150)
    return taken


def _answered(page: Page, before: str) -> None:
    """Streamlit's own sign that a script run was asked for and is over."""
    page.wait_for_function("before => window.location.search !== before", arg=before, polling=5)
    page.wait_for_function(
        "document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'", polling=5
    )


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def _python(home: Path, code: str) -> None:
    environment = {**os.environ, "CNNVIZ_HOME": str(home), "CNNVIZ_DATA": str(COMPLETE_DATA or home / "data")}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(print(*run(), sep="\n"))

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

from playwright.sync_api import sync_playwright

from benchmarks.convolution import LISTEN, p95, releases
from cnnviz.commands.bench import Row
from tests.browser import chromium
from tests.browser.server import app_server
from tests.conftest import COMPLETE_DATA

_TRAIN = (
    "from cnnviz.engine.config import TrainConfig; from cnnviz.runs import scheduler; "
    "print(scheduler.submit(TrainConfig(data={data!r}, epochs=1000)))"
)
_STOP = "from cnnviz.runs import scheduler; scheduler.stop(1)"


def run(moves: int = 40) -> Iterator[Row]:
    """Milliseconds from the key press on the slider until Python's panels show it."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        home = Path(folder)
        with app_server(home, COMPLETE_DATA) as server:
            browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.ARGUMENTS)
            page = browser.new_page(viewport={"width": 1280, "height": 900}, locale="en-US")
            page.add_init_script(LISTEN)
            page.goto(f"{server.url}/convolution?n=28")
            page.get_by_test_id("stTabs").wait_for(timeout=60_000)
            page.wait_for_timeout(8000)  # the heavy imports in the background are done
            idle = releases(page, moves)
            _python(home, _TRAIN.format(data="mnist" if COMPLETE_DATA else "digits"))
            time.sleep(8)  # torch is loaded and the training has begun
            busy = releases(page, moves)
            _python(home, _STOP)
            idle += releases(page, moves)
            browser.close()
    yield Row("slider answered, training against none, median", statistics.median(busy), statistics.median(idle), "ms")
    yield Row("slider answered, training against none, 95th percentile", p95(busy), p95(idle), "ms")


def _python(home: Path, code: str) -> None:
    environment = {**os.environ, "CNNVIZ_HOME": str(home), "CNNVIZ_DATA": str(COMPLETE_DATA or home / "data")}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(print(*run(), sep="\n"))

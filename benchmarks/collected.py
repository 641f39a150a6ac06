"""From “Train on these” to the first answer: four classes of 20 drawings, collected by hand on the page Data."""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from cnnviz.commands.bench import Row
from tests.browser import chromium
from tests.browser.collecting import SHAPES, collect, draw, pad
from tests.browser.server import app_server

_EACH = 20
_PATIENCE = 120_000  # ms
_PROMISED = 60.0  # s of waiting
_NEW = 8  # drawings it is asked about


def run() -> Iterator[Row]:
    """Seconds of waiting, the drawing left out, beside those promised; how many of eight new ones it reads right."""
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as home, app_server(Path(home)) as server:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.ARGUMENTS)
        page = browser.new_page(viewport={"width": 1280, "height": 800}, locale="en-US")
        page.set_default_timeout(_PATIENCE)
        chance = random.Random(0)
        page.goto(f"{server.url}/data?data_view=own")
        pad(page).wait_for()
        collect(page, _EACH, chance)
        begun = time.perf_counter()
        page.get_by_role("button", name="Train on these").click()
        page.get_by_role("link", name="Draw, and it answers").click()
        page.locator(".cnn-verdict").wait_for()
        taken = time.perf_counter() - begun
        draw(page, "circle", chance)  # from here on there is something to clear
        right = sum(_is_right(page, list(SHAPES)[number % len(SHAPES)], chance) for number in range(_NEW))
        browser.close()
    yield Row(f"four classes of {_EACH} drawings: Train on these to answer, {right} of {_NEW} right", taken, _PROMISED)


def _is_right(page: Page, shape: str, chance: random.Random) -> bool:
    """Whether the page Layers takes a new drawing for what it is."""
    page.get_by_role("button", name="Clear").click()
    page.locator(".cnn-verdict").wait_for(state="detached")
    draw(page, shape, chance)
    return shape in page.locator(".cnn-verdict").inner_text()


if __name__ == "__main__":
    sys.exit(print(*run(), sep="\n"))

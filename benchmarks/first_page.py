"""From starting the server to the first page on the screen, against a Streamlit page that says hello."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from cnnviz.commands.bench import Row
from tests.browser import chromium
from tests.browser.server import app_server
from tests.conftest import COMPLETE_DATA

_HELLO = 'import streamlit as st\nst.title("Hello")\n'


def run(repeats: int = 5) -> Iterator[Row]:
    """Seconds; the browser is open already, the server is not."""
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.ARGUMENTS)
        hello = Path(folder) / "hello.py"
        hello.write_text(_HELLO)
        ours: list[float] = []
        plain: list[float] = []
        for _ in range(repeats):
            ours.append(_seconds(browser, "streamlit_app.py", "canvas.pad"))
            plain.append(_seconds(browser, str(hello), "h1"))
        browser.close()
    yield Row(
        f"server start to first page, worst of {repeats} {max(ours):.2f} s", *map(statistics.median, (ours, plain))
    )


def _seconds(browser: Browser, script: str, sign: str) -> float:
    """Until `sign`, a CSS selector, is visible to a visitor who comes as soon as the server listens."""
    with tempfile.TemporaryDirectory() as home, app_server(Path(home), COMPLETE_DATA, script=script) as server:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(server.url, wait_until="commit")
        page.locator(sign).first.wait_for(state="visible", timeout=60_000)
        taken = time.perf_counter() - server.started
        page.close()
    return taken


if __name__ == "__main__":
    sys.exit(print(*run(), sep="\n"))

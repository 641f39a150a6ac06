"""Pictures of every page, light and dark, 1280 and 390 pixels wide, in both languages: `make screenshots`.

Starts the app with a home of its own, trains LeNet on the embedded digits so that Training has something to show,
and writes docs/screenshots/PAGE-WIDTH-THEME-LANGUAGE.png. Arguments name the pages to take; none takes all.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from itertools import product
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from cnnviz.ui.shared.page import PAGES
from tests.browser import chromium
from tests.browser.server import app_server
from tests.conftest import COMPLETE_DATA

FOLDER = Path(__file__).parent / "screenshots"
WIDTHS = (1280, 390)
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
LANGUAGES = ("en", "zh")
LINKS = {  # what a page is shown with; the link reproduces it
    "convolution": "&n=7&s=2",
    "networks": "&networks_model=googlenet&networks_layer=inception3a.branch2.1.conv",
    "layers": "&layers_checkpoint=lenet5-mnist",
    "runs": "&runs=3,1,2",
    "data": "&data_name=mnist&data_panel=normalize",
}

READY = {"networks": ".nw-block"}  # what a page that waits for PyTorch shows when it no longer does


def main(names: list[str]) -> None:
    """Take the pictures of the pages `names`, or of all."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as home, app_server(Path(home), COMPLETE_DATA) as server:
        _train_digits(Path(home))
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.ARGUMENTS)
            for page, width, theme, language in product(PAGES, WIDTHS, THEMES, LANGUAGES):
                if not names or page.name in names:
                    _take(browser, server.url, page.name, width, theme, language)
            browser.close()


def _train_digits(home: Path) -> None:
    """Three, so that Runs has something to compare; the last one is what Training shows."""
    command = [sys.executable, "-m", "cnnviz", "train", "--data", "digits", "--epochs", "8"]
    environment = {**os.environ, "CNNVIZ_HOME": str(home)}
    for more in (["--optimizer", "sgd"], ["--model", "lenet5-classic"], []):
        subprocess.run([*command, *more], check=True, env=environment, stdout=subprocess.DEVNULL)


def _take(browser: Browser, url: str, name: str, width: int, theme: Literal["light", "dark"], language: str) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=theme,
        locale="zh-CN" if language == "zh" else "en-US",
        reduced_motion="reduce",
    )
    page = context.new_page()
    path = "" if name == "home" else name
    page.goto(f"{url}/{path}?lang={language}{LINKS.get(name, '')}")
    if name in READY:
        page.wait_for_selector(READY[name], timeout=60_000)
    _settle(page)
    _fit_height(page, width)
    target = FOLDER / f"{name}-{width}-{theme}-{language}.png"
    page.screenshot(path=target)
    _shrink(target)
    print(target.name, flush=True)
    context.close()


def _settle(page: Page) -> None:
    """Wait until Streamlit has finished a run and the page no longer changes its height."""
    page.wait_for_selector("h1", timeout=60_000)
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=60_000)
    height = -1
    for _attempt in range(40):
        page.wait_for_timeout(400)
        if height == (height := _content_height(page)) and not page.query_selector("[data-testid=stSpinner]"):
            return


def _content_height(page: Page) -> int:
    return int(page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight"))


def _fit_height(page: Page, width: int) -> None:
    """Streamlit scrolls inside the page: make the window as tall as the content instead."""
    page.set_viewport_size({"width": width, "height": max(900, min(_content_height(page), 4000))})
    page.wait_for_timeout(600)


def _shrink(path: Path) -> None:
    """256 colours: a third of the bytes, and no difference an eye would see on these pages."""
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    main(sys.argv[1:])

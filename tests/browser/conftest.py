"""A real Chromium and a real server for the browser tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser import chromium
from tests.browser.server import Server, app_server
from tests.browser.waiting import SLOW

expect.set_options(timeout=SLOW)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One headless Chromium for the session; no Chromium fails in CI and skips elsewhere."""
    path = chromium.find()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium: run `python -m tests.browser.chromium`")
        pytest.skip("no Chromium: run `python -m tests.browser.chromium`")
    with sync_playwright() as playwright:
        instance = playwright.chromium.launch(executable_path=path, args=chromium.ARGUMENTS)
        instance.on("context", _wait_long)
        yield instance
        instance.close()


def _wait_long(context: BrowserContext) -> None:
    context.set_default_timeout(SLOW)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app as a newcomer has it, with the embedded digits alone; one for the session, so that nobody trains there.

    A module whose tests train has a fixture of this name of its own.
    """
    with app_server(tmp_path_factory.mktemp("served")) as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh English visitor at 1280 x 900."""
    context = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder carries the mark `browser`."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    """One English visitor at 1280 x 900 for the whole module: every test opens a link of its own."""
    context = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()

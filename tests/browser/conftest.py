"""A real Chromium and a real server for the browser tests."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser import chromium
from tests.browser.server import Server, app_server
from tests.browser.waiting import SLOW

_FAILED = pytest.StashKey[bool]()
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
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A fresh English visitor at 1280 x 900. What the page shows and complains of is told when the test fails."""
    context = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 900})
    complaints: list[str] = []
    context.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    context.on("weberror", lambda said: complaints.append(str(said.error)))
    page = context.new_page()
    yield page
    if request.node.stash.get(_FAILED, False) and not page.is_closed():
        print(page.url, *complaints, page.locator("body").inner_text(), sep="\n")
    context.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """A test's fixtures are told whether it failed."""
    report = yield
    item.stash[_FAILED] = item.stash.get(_FAILED, False) or report.failed
    return report


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

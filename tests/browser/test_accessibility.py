"""axe-core finds nothing against WCAG 2.1 A and AA on any page, light and dark, in both languages."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from cnnviz.runs import process
from tests.browser.server import Server, app_server
from tests.browser.waiting import answered

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="make conformance brings it")

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"],
    "rules": {"label-content-name-mismatch": {"enabled": True}},  # WCAG 2.5.3: what is seen is part of what is said
    "resultTypes": ["violations"],
}
PAGES = {  # page: links, each a state of its own
    "home": ("",),
    "convolution": ("", "n=4&predict=1", "mode=pool&input=photo&channels=3"),
    "networks": ("", "networks_view=table", "networks_view=own", "networks_view=compare"),
    "training": ("", "training_run=1"),
    "layers": ("layers_checkpoint=run-1",),
    "evaluation": ("evaluation_checkpoint=run-1",),
    "runs": ("", "runs=1", "runs_view=sweeps", "runs_view=board"),
    "data": ("", "data_class=3&data_picture=8&data_half=test", "data_panel=normalize", "data_view=batches"),
}
VIEWS = [(page, link) for page, links in PAGES.items() for link in links]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app with one network trained on the embedded digits, so that no page is empty."""
    home = tmp_path_factory.mktemp("served")
    command = [sys.executable, "-m", "cnnviz", "train", "--data", "digits", "--epochs", "1"]
    subprocess.run(command, env=process.environment(home), check=True, capture_output=True)
    with app_server(home) as running:
        yield running


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("name", "link"), VIEWS, ids=[f"{page}-{link}" for page, link in VIEWS])
def test_nothing_is_found(browser: Browser, server: Server, name: str, link: str, language: str, scheme: str) -> None:
    """No violation, each named with its element if there is one."""
    context = browser.new_context(color_scheme=scheme, viewport={"width": 1280, "height": 800})  # type: ignore[arg-type]
    page = context.new_page()
    opened(page, f"{server.url}/{'' if name == 'home' else name}?lang={language}&{link}")
    found = axe.Axe().run(page, options=RULES).response["violations"]
    said = [f"{each['id']}: {node['html'][:160]} {node['failureSummary']}" for each in found for node in each["nodes"]]
    assert said == []
    context.close()


def opened(page: Page, address: str) -> None:
    """The page with everything that comes late."""
    page.goto(address)
    expect(page.locator("h1")).to_be_visible()
    answered(page)

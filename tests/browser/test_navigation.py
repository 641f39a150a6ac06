"""Links and languages hold: whatever page a visitor comes in by, and wherever the visitor goes."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from cnnviz.ui.shared.page import PAGES
from tests.browser.server import Server, app_server
from tests.browser.waiting import at_rest


def test_first_visitor_may_come_by_a_link(browser: Browser, tmp_path: Path) -> None:
    """The very first visitor of a new server, with a page's own link, sees the app's navigation, not file names."""
    with app_server(tmp_path) as server:
        page = browser.new_page(locale="en-US")
        page.goto(f"{server.url}/convolution")
        expect(page.get_by_role("link", name="Training")).to_be_visible()
        expect(page.get_by_role("heading", name="Convolution")).to_be_visible()
        page.close()


@pytest.mark.parametrize(("locale", "title"), [("zh-CN", "训练"), ("en-GB", "Training"), ("fr-FR", "Training")])
def test_language_follows_the_browser(browser: Browser, server: Server, locale: str, title: str) -> None:
    """A visitor without a wish is spoken to in the browser's language, in English if we do not speak it."""
    context = browser.new_context(locale=locale)
    page = context.new_page()
    page.goto(f"{server.url}/training")
    expect(page.get_by_role("heading", level=1, name=title, exact=True)).to_be_visible()
    context.close()


def test_language_is_kept_in_the_link(page: Page, server: Server) -> None:
    """Chosen once, the language stays over page switches, reloads, and in a link passed on."""
    page.goto(f"{server.url}/convolution")
    page.get_by_role("combobox", name="Language").click()
    page.get_by_role("option", name="简体中文").click()
    expect(page.get_by_role("heading", level=1, name="卷积")).to_be_visible()
    page.get_by_role("link", name="数据").click()
    expect(page.get_by_role("heading", level=1, name="数据")).to_be_visible()
    assert "lang=zh" in page.url
    page.reload()
    expect(page.get_by_role("heading", level=1, name="数据")).to_be_visible()


@pytest.mark.parametrize("name", [page.name for page in PAGES])
@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_is_wider_than_the_window(browser: Browser, server: Server, name: str, width: int) -> None:
    """No page scrolls sideways, on a projector or on a phone, and none shows an error."""
    context = browser.new_context(locale="en-US", viewport={"width": width, "height": 900})
    page = context.new_page()
    page.goto(server.url if name == "home" else f"{server.url}/{name}")
    page.wait_for_selector("h1")
    at_rest(page)
    overflow = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth - window.innerWidth")
    assert overflow <= 0
    assert page.locator("[data-testid=stException]").count() == 0
    context.close()

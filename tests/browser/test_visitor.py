"""Whose browser it is, is known on every page: what is started anywhere is kept under one number."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from cnnviz.runs import annotations
from cnnviz.runs.store import Store
from cnnviz.ui.shared.page import PAGES
from tests.browser.server import Server, app_server
from tests.browser.waiting import SLOW

TRAIN = re.compile(r"\bTrain$")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Not everybody's: here is trained."""
    with app_server(tmp_path_factory.mktemp("trains")) as running:
        yield running


@pytest.fixture
def store(server: Server):
    """The runs of the server under test, read as it reads them itself."""
    opened = Store(server.home / "runs.sqlite3")
    yield opened
    for record in opened.records(100):
        opened.ask_stop(record.id)
    opened.close()


@pytest.fixture
def visitor(browser: Browser):
    """A browser of its own."""
    context = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 900})
    yield context
    context.close()


def named_on_the_board(context: BrowserContext, server: Server, name: str) -> None:
    """The visitor gives a name; it is his on a second look."""
    page = context.new_page()
    page.goto(f"{server.url}/runs?runs_view=board")
    box = page.get_by_role("textbox", name="Your name on the board")
    box.fill(name, timeout=SLOW)
    box.press("Tab")
    expect(page.get_by_role("textbox", name="Your name on the board")).to_have_value(name, timeout=SLOW)
    page.wait_for_function("document.cookie.includes('cnnviz-visitor=')")
    page.close()


def trained_on_networks(page: Page, server: Server) -> None:
    """A network of one's own, in a session that has seen no other page."""
    page.goto(f"{server.url}/networks?lang=en&networks_view=own")
    page.get_by_role("button", name=TRAIN).click(timeout=SLOW)
    expect(page.get_by_role("link", name="Watch it on the page Training")).to_be_visible(timeout=SLOW)


@pytest.mark.parametrize("forgets", ["nothing", "cookies"])
def test_a_network_of_ones_own_is_booked_to_its_browser(
    visitor: BrowserContext, server: Server, store: Store, forgets: str
) -> None:
    """Trained from Networks in a new session, with the cookie and without: the run is the named visitor's."""
    named_on_the_board(visitor, server, "Lin")
    if forgets == "cookies":
        visitor.clear_cookies()
    trained_on_networks(visitor.new_page(), server)
    assert store.records(1)[0].visitor_name == "Lin"


@pytest.mark.parametrize("name", [page.name for page in PAGES])
def test_every_page_gives_a_new_browser_its_number(visitor: BrowserContext, server: Server, name: str) -> None:
    """Whichever page is opened first: the browser keeps one number, and every later session sends the same."""
    page = visitor.new_page()
    kept = set()
    for _visit in range(2):
        page.goto(f"{server.url}/{'' if name == 'home' else name}?lang=en")
        page.wait_for_function("document.cookie.includes('cnnviz-visitor=')", timeout=SLOW)
        cookies = {each["name"]: each["value"] for each in visitor.cookies()}
        kept |= {cookies["cnnviz-visitor"], page.evaluate("localStorage.getItem('cnnviz-visitor')")}
    assert len(kept) == 1
    assert all(map(annotations.is_id, kept))


def test_a_browser_that_is_known_is_not_asked(visitor: BrowserContext, server: Server) -> None:
    """With its cookie, a session mounts nothing to ask with, and no page is drawn a second time for it."""
    page = visitor.new_page()
    page.goto(f"{server.url}/data?lang=en")
    page.wait_for_function("document.cookie.includes('cnnviz-visitor=')", timeout=SLOW)
    page.reload()
    expect(page.get_by_role("heading", name="Data")).to_be_visible(timeout=SLOW)
    expect(page.locator(".st-key-visitor_component")).to_have_count(0)

"""The chosen layer in a real browser: its link computed by the page's own modules, its map under the finger."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from tests.browser.server import Server
from tests.browser.waiting import at_rest

SLOW = 60_000  # ms: the first visitor waits for torch's import


def test_pointing_at_the_map(page: Page, server: Server) -> None:
    """The arrow keys move the box; measured influence is shown for the middle value."""
    page.goto(f"{server.url}/networks?networks_layer=conv2")
    says = page.locator(".fd-say")
    expect(says).to_contain_text("Row 6, column 6: the value sees 14 × 14 pixels", timeout=SLOW)
    page.locator(".fd-map").focus()
    for _step in range(5):
        page.keyboard.press("ArrowUp")
    expect(says).to_contain_text("Row 1, column 6: the value sees a box of 14 × 14 pixels, of which 12 × 14 lie")
    page.get_by_text("Random weights", exact=True).click()
    expect(page.locator(".fd-picture-says")).to_contain_text("the middle values of all maps span 14 × 14", timeout=SLOW)
    expect(page.locator(".fd-heat")).to_be_visible()


def test_where_no_position_is_left(page: Page, server: Server) -> None:
    """A fully connected layer: the picture with what its pixels count, and no map to point at."""
    page.goto(f"{server.url}/networks?networks_layer=fc3")
    expect(page.locator(".fd-picture-says")).to_contain_text("of the pixels move this value", timeout=SLOW)
    expect(page.locator(".fd-map")).to_be_hidden()


def test_the_door(page: Page, server: Server) -> None:
    """The link brings the layer's numbers, and the page draws its map."""
    page.goto(f"{server.url}/networks?networks_model=alexnet")
    door = page.get_by_role("link", name="Open in the convolution page")
    expect(door).to_be_visible(timeout=SLOW)
    assert len(door.get_attribute("href") or "") < 8000
    door.click()
    expect(page.get_by_label("Kernel size K").first).to_have_value("11", timeout=SLOW)
    expect(page).to_have_url(re.compile("k=11&p=2&s=4&input=typed&kernel=typed"))


def test_fits_on_a_phone(browser: Browser, server: Server) -> None:
    """At 390 pixels nothing is wider than the page."""
    context = browser.new_context(locale="en-US", viewport={"width": 390, "height": 844})
    try:
        page = context.new_page()
        page.goto(f"{server.url}/networks?networks_model=resnet18&networks_layer=layer4.0.add")
        expect(page.locator(".fd-picture")).to_be_visible(timeout=SLOW)
        at_rest(page)
        assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
        for part in (".st-key-networks_way", ".st-key-networks_pair"):
            box = page.locator(part).bounding_box()
            assert box is not None
            assert box["x"] + box["width"] <= 390
    finally:
        context.close()

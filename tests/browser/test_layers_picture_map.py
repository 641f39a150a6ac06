"""All pictures, in a real browser: a click opens a picture and makes it the page's; a copied link brings all back."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlparse

from playwright.sync_api import Browser, Page, expect

from tests.browser.server import Server
from tests.browser.waiting import at_rest


def test_from_a_point_to_a_link(page: Page, browser: Browser, server: Server) -> None:
    """Click a point: its picture is there; look at it: the page has it; copy the link: so has another browser."""
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{server.url}/layers?layers_view=pictures&layers_layer=conv2&layers_map=5")
    marks = page.locator(".scatterlayer .trace").first.locator(".point")
    expect(marks.first).to_be_visible()
    at_rest(page)
    marks.nth(7).click(force=True)
    look = page.get_by_role("button", name="Look at this picture")
    expect(look).to_be_visible()
    point = page.locator(".st-key-layers_all_picture input")
    number = re.fullmatch(r"No\. (\d+): .*", point.input_value())
    assert number is not None
    at_rest(page)
    box = look.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 800
    look.click()
    expect(page.get_by_role("spinbutton", name="Number in the test set")).to_have_value(number[1])
    at_rest(page)

    page.get_by_role("button", name="Take away").click()
    link = page.get_by_role("textbox", name="Link to all of this")
    page.get_by_role("button", name="Copy link").click()
    expect(page.locator(".ad-done")).to_have_text(re.compile("Copied|Selected"))
    said = parse_qs(urlparse(link.input_value()).query)
    assert said["layers_checkpoint"] == ["lenet5-mnist"]
    assert said["layers_source"] == ["test"]
    context = browser.new_context(locale="en-US", viewport={"width": 390, "height": 844})
    try:
        other = context.new_page()
        other.goto(link.input_value())
        expect(other.locator(".st-key-layers_all_picture input")).to_have_value(re.compile(rf"No\. {number[1]}: "))
        expect(other.get_by_role("spinbutton", name="Number in the test set")).to_have_value(number[1])
        expect(other.get_by_role("spinbutton", name="Feature map")).to_have_value("5")
        at_rest(other)
        assert other.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
    finally:
        context.close()

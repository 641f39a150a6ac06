"""Data, in a real browser: from all classes to one, from there to a picture and its values, with mouse and keys."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from cnnviz.data.registry import DATASETS
from tests.browser.server import Server
from tests.browser.waiting import at_rest


def test_from_a_class_to_a_pixel(page: Page, server: Server) -> None:
    """Every class is on the screen; a class opens all its pictures; the arrow keys walk, Enter shows one large."""
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{server.url}/data?data_half=test")
    rows = page.locator(".ga-row:not(.ga-titles)")
    expect(rows).to_have_count(10)
    at_rest(page)
    last = rows.last.bounding_box()
    assert last is not None
    assert last["y"] + last["height"] <= 800, "seen without scrolling"
    rows.nth(8).get_by_role("button", name="8").first.click()
    expect(rows).to_have_count(1)
    labels = DATASETS["digits"].load("test").labels
    eights = [index + 1 for index, label in enumerate(labels) if label == 8]
    expect(page.get_by_text(f"{len(eights)} pictures of class 8")).to_be_visible()
    tiles = page.locator(".ga-tile")
    expect(tiles).to_have_count(len(eights))
    tiles.first.focus()
    page.keyboard.press("ArrowRight")
    expect(tiles.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"Picture {eights[1]}, class 8", exact=True)).to_be_visible()
    expect(tiles.nth(1)).to_have_attribute("aria-pressed", "true")
    expect(page).to_have_url(re.compile(rf"data_picture={eights[1]}\b"))
    written = page.locator(".st-key-data_picture_values .textpoint text")
    expect(written).to_have_count(64)
    value = DATASETS["digits"].load("test").images[eights[1] - 1, 0, 3, 4]
    expect(written.nth(3 * 8 + 4)).to_have_text(str(value))
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_role("radio", name="Normalize")).to_be_visible()
    rows.first.locator(".ga-head").click()
    expect(rows).to_have_count(10)

"""The view "What excites it" in a browser: the film plays, its slider works by keyboard, a tile chooses its filter."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.server import Server
from tests.browser.waiting import SLOW


def test_film_sheet_and_choice(page: Page, server: Server) -> None:
    """From the sheet of all filters to one of them, its film to the end, and back step by step; all on the screen."""
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{server.url}/layers?layers_view=excitation&layers_layer=conv2&layers_excite_target=all")
    sheet = page.get_by_role("group", name="What excites conv2 most")
    expect(sheet.get_by_role("button")).to_have_count(16, timeout=SLOW)
    sheet.get_by_role("button", name="What excites filter 13").click()
    expect(page.get_by_label("Feature map", exact=True)).to_have_value("13", timeout=SLOW)
    slider = page.get_by_role("slider", name="Step of the ascent")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("^step 96 of 96: "), timeout=SLOW)
    expect(page.get_by_role("img", name=re.compile(r"^What excites filter 13 of conv2 most \d"))).to_be_visible()
    expect(page.locator(".cnn-excite img")).to_have_count(9, timeout=SLOW)
    expect(page.locator(".as-best")).to_contain_text("the best test picture", timeout=SLOW)

    slider.focus()
    page.keyboard.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("^step 0 of 96: "))
    start = page.locator(".as-said b").inner_text()
    page.get_by_role("button", name="Play again").click()
    expect(page.locator(".as-said b")).not_to_have_text(start)
    expect(slider).to_have_attribute("aria-valuetext", re.compile("^step 96 of 96: "), timeout=SLOW)

    bottom = page.locator(".st-key-layers_excite").bounding_box()
    assert bottom is not None
    assert bottom["y"] + bottom["height"] <= 800
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

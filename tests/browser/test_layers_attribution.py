"""Why this answer, in a real browser: one screen, a slider that needs no server, and the ways that lead there."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.server import Server
from tests.browser.test_home import DIGITS, draw
from tests.browser.waiting import SLOW, answered, at_rest


def test_strength_moves_in_the_browser(page: Page, server: Server) -> None:
    """By the keyboard: the map over the picture fades while the page stays; released, the link has it."""
    page.goto(f"{server.url}/layers?layers_view=attribution&layers_why_method=input_x_gradient")
    over = page.locator(".bl-over")
    expect(over).to_have_count(2, timeout=SLOW)
    slider = page.get_by_role("slider", name="Strength over the picture")
    slider.focus()
    for key in ("Home", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    for index in range(2):
        expect(over.nth(index)).to_have_css("opacity", "0.02")
    answered(page)
    assert "layers_why_strength=2" in page.url
    assert slider.input_value() == "2"
    alts = page.locator(".bl-blended")
    expect(alts.first).to_have_accessible_name(re.compile(r"^This network: Input × gradient, why \d, over the picture"))


def test_the_question_follows_the_answer(page: Page, server: Server) -> None:
    """Another picture, another answer: the box asks why that one, and the map is of it."""
    page.goto(f"{server.url}/layers?layers_view=attribution")
    target = page.get_by_role("combobox", name="Class to explain")
    maps = page.locator(".bl-blended").first
    expect(target).to_have_value(re.compile(r"^why \d, its answer$"), timeout=SLOW)
    before = target.input_value()
    number = page.get_by_role("spinbutton", name="Number in the test set")
    number.fill("5")
    number.press("Enter")
    expect(target).not_to_have_value(before, timeout=SLOW)
    expect(target).to_have_value(re.compile(r"^why \d, its answer$"))
    said = target.input_value().removesuffix(", its answer")
    expect(maps).to_have_accessible_name(re.compile(rf"{said}, over the picture"), timeout=SLOW)


def test_a_drawing_leads_here(page: Page, server: Server) -> None:
    """From the first page: what was just drawn is explained, also where a test picture was looked at before."""
    page.goto(f"{server.url}/layers")
    expect(page.locator(".fm-tile").first).to_be_visible()
    page.get_by_role("link", name="Draw a digit").click()
    draw(page, DIGITS[0])
    page.get_by_role("link", name="Ask it why").click()
    expect(page.locator(".bl-panel")).to_have_count(2)
    expect(page.locator("canvas.pad")).to_be_visible()


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_on_one_screen(browser: Browser, server: Server, width: int, height: int) -> None:
    """On a projector both networks' maps, legend and conclusion are seen at once; a phone stacks them."""
    context = browser.new_context(locale="zh-CN", viewport={"width": width, "height": height})
    try:
        page = context.new_page()
        page.goto(f"{server.url}/layers?layers_view=attribution")
        expect(page.locator(".bl-panel")).to_have_count(2, timeout=SLOW)
        said = page.get_by_text("秩相关")
        expect(said).to_be_visible()
        at_rest(page)
        assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= width
        if width > 1000:
            box = said.bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= height
    finally:
        context.close()

"""Layers and Evaluation in a real browser: what follows the finger, and the keyboard."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.server import Server
from tests.browser.waiting import SLOW, at_rest


def cell(page: Page, true: int, predicted: int) -> Locator:
    return page.locator(f'button.cm-cell[data-row="{true}"][data-column="{predicted}"]')


def numbers(text: str) -> list[float]:
    """The decimal numbers of a sentence, its minus signs understood."""
    return [float(number) for number in re.findall(r"-?\d+\.\d+", text.replace("−", "-"))]


def test_click_on_a_map_shows_how_it_comes_about(page: Page, server: Server) -> None:
    """A tile sets the number box; pointing and arrow keys move the window, and the sum in words adds up."""
    page.goto(f"{server.url}/layers?layers_layer=conv2")
    sheet = page.get_by_role("group", name="conv2: 16 feature maps of 10 × 10")
    expect(sheet.get_by_role("button")).to_have_count(16, timeout=SLOW)
    sheet.get_by_role("button", name="map 9:").click()
    expect(page.get_by_role("heading", name="Map 9, value by value")).to_be_visible(timeout=SLOW)
    expect(page.get_by_label("Feature map", exact=True)).to_have_value("9")
    assert "layers_map=9" in page.url

    said = page.locator(".tr-say")
    output = page.locator(".tr-output canvas")
    box = output.bounding_box()
    assert box is not None
    output.hover(position={"x": box["width"] * 0.35, "y": box["height"] * 0.75})
    expect(said).to_contain_text("Map 9, row 8, column 4: 150 products")
    total, bias, value = numbers(said.inner_text())
    assert value == pytest.approx(total + bias, abs=0.002)
    page.mouse.move(0, 0)
    output.focus()
    page.keyboard.press("ArrowRight")
    expect(said).to_contain_text("row 8, column 5")


def place(page: Page, selector: str) -> dict[str, float]:
    box = page.locator(selector).first.bounding_box()
    assert box is not None, selector
    return dict(box)


def test_the_whole_page_is_one_screen(browser: Browser, server: Server) -> None:
    """At 1280 x 800 nothing that belongs to the lesson lies below the window, and another layer or map moves nothing.

    A layer is chosen in the strip by keyboard, a map by a click; picture, strip, switch and view stay where they are.
    """
    context = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 800})
    try:
        page = context.new_page()
        page.goto(f"{server.url}/layers?layers_layer=conv1")
        expect(page.locator(".tr-say")).to_be_visible(timeout=SLOW)
        at_rest(page)
        parts = (".st-row", ".st-key-layers_view_switch", ".fm-sheet", ".tr-input", ".st-key-layers_answer img")
        before = {part: place(page, part) for part in parts}
        for part in (*parts, ".tr-say", ".st-key-layers_convolution_link", ".cnn-legend", ".st-key-layers_another"):
            box = place(page, part)
            assert box["y"] >= 0
            assert box["y"] + box["height"] <= 800, part
        strip = page.locator(".st-scroll")
        assert strip.evaluate("it => it.scrollWidth <= it.clientWidth"), strip.bounding_box()  # all 12 layers are seen
        first = page.locator('.st-tile[title^="conv1, Conv2d"]')
        first.focus()
        for key in ("ArrowRight", "ArrowRight", "ArrowRight", "Enter"):
            page.keyboard.press(key)
        expect(page.get_by_text("conv2: 16 feature maps of 10 × 10")).to_be_visible(timeout=SLOW)
        expect(page.locator('.st-tile[title^="conv2, Conv2d"]')).to_have_attribute("aria-pressed", "true")
        assert "layers_layer=conv2" in page.url
        page.get_by_role("button", name="map 16:").click()
        expect(page.get_by_role("heading", name="Map 16, value by value")).to_be_visible(timeout=SLOW)
        at_rest(page)
        for part in parts:
            now = place(page, part)
            assert (now["x"], now["y"]) == (before[part]["x"], before[part]["y"]), part
        assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == 0
    finally:
        context.close()


def test_from_the_number_to_the_convolution_page(page: Page, server: Server) -> None:
    """The link opens exactly this layer: kernel 5 over 14 x 14, and the sum there is one of the layer's."""
    page.goto(f"{server.url}/layers?layers_layer=conv2&layers_map=9")
    link = page.locator(".st-key-layers_convolution_link a:visible").first
    expect(link).to_be_visible(timeout=SLOW)
    link.click()
    expect(page).to_have_url(re.compile("/convolution.*n=14.*k=5"), timeout=SLOW)


def test_matrix_by_keyboard(page: Page, server: Server) -> None:
    """Arrow keys go from cell to cell and say each in words; Enter picks, and picks again to let go."""
    page.goto(f"{server.url}/evaluation?evaluation_checkpoint=lenet5-mnist")
    first = cell(page, 0, 0)
    expect(first).to_be_visible(timeout=SLOW)
    first.focus()
    for key in ["ArrowDown"] * 4 + ["ArrowRight"] * 9:
        page.keyboard.press(key)
    target = cell(page, 4, 9)
    expect(target).to_be_focused()
    count = target.inner_text() or "0"
    said = page.locator(".cm-say")
    expect(said).to_contain_text(re.compile(rf"^4 taken for 9: {count} of 982"))
    expect(page.locator("th.cm-on")).to_have_text(["9", "4"])
    page.keyboard.press("Enter")
    expect(target).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Enter")
    expect(target).to_have_attribute("aria-pressed", "false")


def test_shares_of_a_class_sum_to_one_hundred(page: Page, server: Server) -> None:
    """As shares, every row of the matrix sums to 100%, up to rounding."""
    page.goto(f"{server.url}/evaluation?evaluation_checkpoint=lenet5-mnist&evaluation_share=true")
    expect(cell(page, 0, 0)).to_be_visible(timeout=SLOW)
    rows = page.locator(".cm-table tbody tr")
    assert rows.count() == 10
    for index in range(10):
        shares = [float(text) for text in rows.nth(index).locator("button").all_inner_texts() if text]
        assert sum(shares) == pytest.approx(100, abs=0.5)


@pytest.mark.parametrize(("path", "waits_for"), [("evaluation", "button.cm-cell"), ("layers", ".tr-output canvas")])
def test_fits_on_a_phone(browser: Browser, server: Server, path: str, waits_for: str) -> None:
    """At 390 pixels nothing is wider than the page, and all ten columns are in sight."""
    context = browser.new_context(locale="en-US", viewport={"width": 390, "height": 844})
    try:
        page = context.new_page()
        page.goto(f"{server.url}/{path}")
        expect(page.locator(waits_for).first).to_be_visible(timeout=SLOW)
        at_rest(page)
        width = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
        assert width <= 390
        if path == "evaluation":
            box = cell(page, 0, 9).bounding_box()
            assert box is not None
            assert box["x"] + box["width"] <= 390
    finally:
        context.close()

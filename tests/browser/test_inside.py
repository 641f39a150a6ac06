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

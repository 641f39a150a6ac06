"""The page Networks in a real browser: the drawing's modules alone, and what follows the finger."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.server import Server
from tests.browser.waiting import at_rest

SLOW = 60_000  # ms: the first visitor waits for torch's import


def test_blocks_by_hand_and_by_keyboard(page: Page, server: Server) -> None:
    """A click and the arrow keys choose a layer; the select box, the link and the facts follow."""
    page.goto(f"{server.url}/networks")
    block = page.locator('.nw-block[data-name="conv2"]')
    expect(block).to_be_visible(timeout=SLOW)
    block.click()
    expect(page).to_have_url(re.compile("networks_layer=conv2"), timeout=SLOW)
    expect(page.locator(".nw-say")).to_contain_text("conv2: Conv2d")
    expect(block).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("networks_layer=pool2"), timeout=SLOW)
    door = page.get_by_role("link", name="Open in the convolution page")
    expect(door).to_have_attribute("href", re.compile("mode=pool"), timeout=SLOW)
    door.click()
    expect(page.get_by_role("heading", name="Convolution", exact=True)).to_be_visible(timeout=SLOW)
    assert "n=10" in page.url


def test_folding_stays_in_the_browser(page: Page, server: Server) -> None:
    """Enter unfolds a block, its handle or Escape folds it again, and the focus stays in the drawing."""
    page.goto(f"{server.url}/networks?networks_model=resnet18")
    block = page.locator('.nw-block[data-name="layer1.1"]')
    expect(block).to_have_attribute("aria-expanded", "false", timeout=SLOW)
    block.focus()
    page.keyboard.press("Enter")
    inside = page.locator('.nw-block[data-name="layer1.1.conv1"]')
    expect(inside).to_be_focused()
    page.locator('.nw-handle[data-fold="layer1.1"]').click()
    expect(inside).to_have_count(0)
    block.focus()
    page.keyboard.press("Enter")
    expect(inside).to_be_focused()
    page.keyboard.press("Escape")
    expect(inside).to_have_count(0)
    expect(block).to_be_focused()


def test_bars_choose_layers(page: Page, server: Server) -> None:
    """AlexNet's shares are said in figures; a part of a bar chooses its layer, by mouse and by keys."""
    page.goto(f"{server.url}/networks?networks_model=alexnet")
    expect(page.locator(".nw-part").first).to_be_visible(timeout=SLOW)
    weights, work = page.locator(".nw-row").all()
    expect(weights.locator(".nw-shares")).to_contain_text("96.0% fully connected (3)")
    expect(work.locator(".nw-shares")).to_contain_text("91.8% convolution (5)")
    weights.locator('.nw-part[data-name="classifier.1"]').click()
    expect(page).to_have_url(re.compile("networks_layer=classifier.1"), timeout=SLOW)
    expect(page.locator('.nw-block[data-name="classifier.1"]')).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("ArrowRight")
    expect(weights.locator(".nw-told")).to_have_text("classifier.4: 16,781,312 weights, 27.5%")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("networks_layer=classifier.4"), timeout=SLOW)
    expect(page.locator('.nw-part[data-name="classifier.4"]').first).to_be_focused()


def test_rows_choose_layers(page: Page, server: Server) -> None:
    """A click on a row and the arrow keys choose a layer; the drawing follows, and the row is in sight."""
    page.goto(f"{server.url}/networks?networks_model=vgg16&networks_view=table")
    page.locator('tr[data-name="features.5"] td').first.click(timeout=SLOW)
    expect(page.locator(".nw-say")).to_contain_text("features.5: Conv2d", timeout=SLOW)
    row = page.locator('tr[data-name="features.5"]')
    expect(row.locator("button")).to_have_attribute("aria-pressed", "true")
    row.locator("button").focus()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(page.locator(".nw-say")).to_contain_text("classifier.6: Linear", timeout=SLOW)
    expect(page.locator('tr[data-name="classifier.6"]')).to_be_in_viewport()


def test_two_networks_are_one_picture(page: Page, server: Server) -> None:
    """One legend, one hint, one scale: the same picture is drawn as large in both, and both fit the width."""
    page.set_viewport_size({"width": 1280, "height": 1200})
    page.goto(f"{server.url}/networks?networks_model=alexnet&networks_view=compare&networks_with_alexnet=googlenet")
    pictures = page.locator('.nw-block[data-name="@picture"] .nw-front')
    expect(pictures).to_have_count(2, timeout=SLOW)
    sizes = [pictures.nth(i).evaluate("(e) => e.getBoundingClientRect().height") for i in (0, 1)]
    assert sizes[0] == pytest.approx(sizes[1], abs=0.5)
    expect(page.locator(".nw-legend")).to_have_count(1)
    expect(page.locator(".nw-say")).to_have_count(1)
    at_rest(page)  # drawn again where a scroll bar has taken its width
    for scroll in page.locator(".nw-frames .nw-scroll").all():
        assert scroll.evaluate("(e) => e.scrollWidth <= e.clientWidth")


def test_fit_to_width(page: Page, server: Server) -> None:
    """What goes on beyond the edge says so, and fits at a press; unfolded, it still does."""
    page.goto(f"{server.url}/networks?networks_model=googlenet")
    edge, scroll = page.locator(".nw-right"), page.locator(".nw-frames .nw-scroll")
    expect(edge).to_be_visible(timeout=SLOW)
    page.get_by_role("button", name="Unfold all").click()
    page.get_by_role("button", name="Fit to width").click()
    expect(edge).to_be_hidden()
    at_rest(page)
    assert scroll.evaluate("(e) => e.scrollWidth <= e.clientWidth")
    expect(page.get_by_role("button", name="Fit to width")).to_have_attribute("aria-pressed", "true")


OVERLAPPING = """(svg) => {
    const texts = [...svg.querySelectorAll("text")].filter((text) => text.textContent.length > 1).map((text) => {
        const box = text.getBoundingClientRect();
        return { block: text.parentNode, says: text.textContent, left: box.left, right: box.right,
                 top: box.top + 2, bottom: box.bottom - 2 };
    });
    const meet = (a, b) => a.block !== b.block && a.left < b.right - 0.5 && b.left < a.right - 0.5
        && a.top < b.bottom && b.top < a.bottom;
    return texts.flatMap((a, i) => texts.slice(i + 1).filter((b) => meet(a, b)).map((b) => [a.says, b.says]));
}"""


@pytest.mark.parametrize("name", ["googlenet", "inception-v3", "resnet50"])
def test_labels_do_not_overlap(page: Page, server: Server, name: str) -> None:
    """Neither at first nor with all unfolded."""
    page.goto(f"{server.url}/networks?networks_model={name}")
    svg = page.locator(".nw-frames svg")
    expect(svg).to_be_visible(timeout=SLOW)
    assert svg.evaluate(OVERLAPPING) == []
    page.get_by_role("button", name="Unfold all").click()
    assert svg.evaluate(OVERLAPPING) == []


@pytest.mark.parametrize("query", ["networks_model=googlenet", "networks_view=table", "networks_view=own"])
def test_fits_on_a_phone(browser: Browser, server: Server, query: str) -> None:
    """At 390 pixels what is wide scrolls inside its own box."""
    context = browser.new_context(locale="en-US", viewport={"width": 390, "height": 844})
    try:
        page = context.new_page()
        page.goto(f"{server.url}/networks?{query}")
        expect(page.locator(".nw-block").first).to_be_visible(timeout=SLOW)
        at_rest(page)
        assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
    finally:
        context.close()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_table_shows_every_column(page: Page, server: Server, language: str) -> None:
    """At 1280 pixels nobody scrolls sideways for the receptive field, which teachers look up."""
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{server.url}/networks?lang={language}&networks_model=resnet50&networks_view=table")
    table = page.locator(".lt-scroll")
    expect(table.locator("tbody tr").first).to_be_visible(timeout=SLOW)
    at_rest(page)
    assert table.evaluate("each => each.scrollWidth <= each.clientWidth")

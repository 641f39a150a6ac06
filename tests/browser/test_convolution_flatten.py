"""Flattening on the convolution page: the order of torch, said place by place, and the lines that do it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.server import Server


@pytest.fixture(scope="module")
def tab(browser: Browser, server: Server) -> Iterator[Page]:
    """The example "5. Flattened", chosen on the page; nothing moves."""
    context = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{server.url}/convolution")
    page.get_by_label("Example", exact=True).select_option(label="5. Flattened")
    expect(page.locator(".formula")).to_have_attribute("aria-label", re.compile(r"^n_out = 1 × 5 × 5 = 25\."))
    yield page
    context.close()


def test_the_example_flattens(tab: Page) -> None:
    """No kernel, no slider of one, nothing to predict; each step says where a value goes."""
    board = tab.locator(".conv canvas.live")
    expect(board).to_have_attribute(
        "aria-label", re.compile("^Maps: 1, each 5 × 5; flattened: 25 numbers in one row. ")
    )
    expect(tab.locator(".lessons p")).to_contain_text("16 maps of 5 × 5 become one row of 400")
    for name in ("Kernel size K", "Padding P", "Stride S", "Dilation D"):
        expect(tab.get_by_role("slider", name=name, exact=True)).to_be_hidden()
    expect(tab.locator(".predict")).to_be_hidden()
    tab.locator(".conv .restart").click()
    for _ in range(7):
        tab.locator(".conv .forward").click()
    expect(tab.locator(".count")).to_have_text("8 / 25")
    expect(tab.locator(".sum")).to_contain_text("in row 2, column 3 goes to place 8:")
    expect(tab.locator(".sum")).to_contain_text("(2 − 1) × 5 + 3 = 8")
    expect(board).to_have_attribute("aria-label", re.compile("row 2, column 3 goes to place 8:$"))


def test_a_cell_and_its_place_belong_together(tab: Page) -> None:
    """Pointed at in the map or in the row, the same pair is named; the keyboard finds it too."""
    for panel, row, column in (("input", 3, 1), ("output", 0, 16)):
        x, y = tab.locator(".conv").evaluate(
            """(root, [name, row, column]) => {
                const { stage } = root.explorer;
                stage.board.host.scrollIntoView({ block: "center" });
                const panel = stage.planNow().panels.find((one) => one.name === name);
                const box = stage.board.host.getBoundingClientRect();
                return [box.left + panel.x + (column + 0.5) * panel.cell, box.top + panel.y + (row + 0.5) * panel.cell];
            }""",
            [panel, row, column],
        )
        tab.mouse.move(x, y)
        expect(tab.locator(".sum")).to_contain_text("in row 4, column 2 goes to place 17:")
        tab.mouse.move(2, 2)
    tab.locator(".cursor.input").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
        tab.keyboard.press(key)
    expect(tab.locator(".sum")).to_contain_text("in row 2, column 2 goes to place 7:")
    tab.keyboard.press("Escape")


def test_three_maps_follow_each_other(tab: Page) -> None:
    """The second map begins at place 26; the panel tells PyTorch's order from Keras'."""
    tab.locator(".conv").evaluate("(root) => root.explorer.change({ channels: 3, step: 1 })")
    expect(tab.locator(".formula")).to_have_attribute("aria-label", re.compile(r"^n_out = 3 × 5 × 5 = 75\."))
    tab.locator(".stage").press("End")
    expect(tab.locator(".sum")).to_contain_text("in map 3, row 5, column 5 goes to place 75:")
    expect(tab.locator(".sum")).to_contain_text("(3 − 1) × 25 + (5 − 1) × 5 + 5 = 75")
    expect(tab.get_by_test_id("stTabs")).to_contain_text("they must be reordered")


def test_back_to_a_convolution(tab: Page) -> None:
    """Formula, sliders and prediction are there again."""
    tab.get_by_label("Example", exact=True).select_option(label="6. Fully connected, 120 units")
    expect(tab.locator(".formula")).to_have_attribute("aria-label", "n_out = floor((5 + 2 × 0 − 5) / 1) + 1 = 1")
    expect(tab.get_by_role("slider", name="Kernel size K", exact=True)).to_be_visible()
    expect(tab.locator(".predict")).to_be_visible()

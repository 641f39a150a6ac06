"""The page Evaluation in a real Chromium: a chosen cell, its link, and another network."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.server import Server


def cell(page: Page, row: int, column: int) -> Locator:
    """A cell of the matrix, counted from 0."""
    return page.locator(f'.cm-cell[data-row="{row}"][data-column="{column}"]')


def opened(page: Page, server: Server, query: str) -> Page:
    """The page once its matrix is there."""
    page.goto(f"{server.url}/evaluation?{query}")
    expect(cell(page, 0, 0)).to_be_visible()
    return page


def test_a_cell_is_chosen_shared_and_let_go(page: Page, server: Server) -> None:
    """A click puts it into the address, which opens with it; a second click takes it out again."""
    opened(page, server, "evaluation_checkpoint=lenet5-fashion-mnist")
    cell(page, 5, 7).click()
    expect(page).to_have_url(re.compile("evaluation_true=Sandal&evaluation_predicted=Sneaker"))
    page.reload()
    expect(cell(page, 5, 7)).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".cm-say")).to_contain_text("Sandal taken for Sneaker")
    cell(page, 5, 7).click()
    expect(page).not_to_have_url(re.compile("evaluation_true"))
    expect(page.locator('.cm-cell[aria-pressed="true"]')).to_have_count(0)


def test_another_network_has_no_cell_chosen(page: Page, server: Server) -> None:
    """What was sandal taken for sneaker would be a 5 taken for a 7."""
    link = "evaluation_checkpoint=lenet5-fashion-mnist&evaluation_true=Sandal&evaluation_predicted=Sneaker"
    opened(page, server, link)
    expect(cell(page, 5, 7)).to_have_attribute("aria-pressed", "true")
    page.get_by_role("combobox", name="Checkpoint").click()
    page.get_by_role("option", name="LeNet-5 · MNIST", exact=True).click()
    expect(page.locator(".cm-table th[scope=col]").first).to_have_text("0")
    expect(page.locator('.cm-cell[aria-pressed="true"]')).to_have_count(0)
    expect(page).not_to_have_url(re.compile("evaluation_true"))


def test_the_switch_stands_over_the_matrix(page: Page, server: Server) -> None:
    """Whatever stands under the checkpoint: at the matrix' left edge, right above it."""
    opened(page, server, "")
    switch = page.get_by_test_id("stCheckbox").bounding_box()
    matrix = page.locator(".cm-frame").bounding_box()
    assert switch is not None
    assert matrix is not None
    assert abs(switch["x"] - matrix["x"]) < 2
    assert 0 <= matrix["y"] - switch["y"] - switch["height"] < 40


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_whole_matrix_is_in_sight(page: Page, server: Server, language: str) -> None:
    """At 1280 x 800 nobody scrolls to see the last class."""
    page.set_viewport_size({"width": 1280, "height": 800})
    opened(page, server, f"lang={language}")
    last = cell(page, 9, 9).bounding_box()
    assert last is not None
    assert last["y"] + last["height"] <= 800

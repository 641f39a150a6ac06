"""Layers, Switch off, in a real browser: by mouse and by keyboard; what is off is in the link and counted at once."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.server import Server
from tests.browser.waiting import SLOW


def test_filters_are_switched_and_ranked(page: Page, server: Server) -> None:
    """A click, the space bar, all of them; the ranking, and a row of it that leaves that one off alone."""
    page.goto(f"{server.url}/layers?layers_view=ablation&layers_layer=conv2")
    sheet = page.get_by_role("group", name="Switches of conv2")
    tiles = sheet.get_by_role("button")
    expect(tiles).to_have_count(16, timeout=SLOW)
    score = page.locator(".ab-score")
    expect(score).to_contain_text("as many right as before", timeout=SLOW)

    expect(tiles.first).to_have_accessible_name("map 1, looked at")
    expect(page.get_by_text("Switch something off: here stands which answers change.")).to_be_visible()
    expect(page.locator(".ab-change")).to_have_count(0)

    tiles.nth(2).click()
    expect(tiles.nth(2)).to_have_attribute("aria-pressed", "true")
    expect(tiles.nth(2)).to_have_accessible_name("map 3, off")
    tiles.nth(2).press("ArrowRight")
    expect(tiles.nth(3)).to_be_focused()
    page.keyboard.press("Space")
    expect(page).to_have_url(re.compile(r"layers_off=3(%2C|,)4(&|$)"), timeout=SLOW)
    expect(page.locator(".sw-say")).to_contain_text("2 of 16 chosen")

    page.get_by_role("button", name="All off").click()
    expect(score).to_contain_text("more wrong", timeout=SLOW)
    expect(page.locator(".ab-change td").nth(1)).not_to_be_empty()  # every class but one has lost its pictures
    page.get_by_role("button", name="All on").click()
    expect(score).to_contain_text("as many right as before", timeout=SLOW)
    expect(page).not_to_have_url(re.compile("layers_off="))

    page.get_by_role("button", name="Which matters most?").click()
    rows = page.locator(".sw-ranking li")
    expect(rows).to_have_count(16, timeout=SLOW)
    assert page.locator(".sw-rows").evaluate("rows => rows.scrollHeight - rows.clientHeight") <= 1  # nothing to scroll
    expect(rows.filter(has=page.locator(".sw-chosen"))).to_have_text(re.compile(r"^1[−+±]"))
    first = rows.first.get_by_role("button")
    number = first.inner_text().split()[0]
    first.click()
    expect(page).to_have_url(re.compile(rf"layers_off={number}(&|$)"), timeout=SLOW)
    expect(sheet.locator('[aria-pressed="true"]')).to_have_count(1)
    said = first.inner_text().split()[1]
    assert said.startswith("−")
    expect(score).to_contain_text("more wrong", timeout=SLOW)

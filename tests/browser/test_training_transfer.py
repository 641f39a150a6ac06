"""Transfer learning in a real browser: set up at a click, nothing moves under the next one, and it fits a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.server import Server
from tests.browser.test_training import opened
from tests.browser.waiting import SLOW

LINK = "training_start_from=lenet5-fashion-mnist&training_trainable=fc2&training_thaw=2"

# of the page, however far it is scrolled: Tab shows what it reaches
HEIGHT = """each => each.getBoundingClientRect().top
    - document.querySelector(".st-key-training_group_transfer").getBoundingClientRect().top"""


def test_the_lesson_is_set_up_and_turned_without_anything_moving(page: Page, server: Server) -> None:
    """A card fills the form in; the next choice draws the layers anew, and the boxes stay where they are."""
    page.set_viewport_size({"width": 1280, "height": 800})
    opened(page, server)
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_in_viewport()
    page.locator(".st-key-training_group_transfer summary").click()
    page.locator(".st-key-training_transfer_take_digits button").click()
    layers = page.locator("ol.tl-layers li")
    expect(layers).to_have_count(5, timeout=SLOW)
    expect(layers.first).to_have_text(re.compile("conv1.*frozen.*156 weights", re.DOTALL))
    expect(layers.last).to_have_text(re.compile("fc3.*learns.*850 weights", re.DOTALL))
    expect(page).to_have_url(re.compile("training_preset=lesson-transfer"))
    thaw = page.get_by_role("spinbutton", name="Then thaw")
    thaw.scroll_into_view_if_needed()
    before = thaw.evaluate(HEIGHT)
    thaw.fill("4")
    page.keyboard.press("Tab")
    expect(layers.nth(3)).to_have_text(re.compile("fc2.*thaw 1: epoch 5", re.DOTALL))
    expect(page.get_by_text("optimizer.add_param_group").first).to_be_attached()
    assert thaw.evaluate(HEIGHT) == pytest.approx(before, abs=1)
    page.keyboard.press("Shift+Tab")
    expect(thaw).to_be_focused()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_layers_and_code_fit_a_phone(page: Page, server: Server, language: str) -> None:
    """At 390 pixels every layer is readable, and only the code scrolls sideways, within its box."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{server.url}/training?lang={language}&training_data=digits&{LINK}")
    layers = page.locator("ol.tl-layers li")
    expect(layers).to_have_count(5, timeout=SLOW)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for layer in layers.all():
        box = layer.bounding_box()
        assert box
        assert box["x"] + box["width"] <= 390
        assert layer.evaluate("each => each.scrollWidth <= each.clientWidth + 1")

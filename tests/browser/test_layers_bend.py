"""Layers, Bend the picture, in a real browser: it moves under the hand, and the server comes to the same picture."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.server import Server
from tests.browser.waiting import SLOW

# How much ink is on the canvas, and where its middle is, in pixels of the picture.
_INK = """canvas => {
  const { data, width, height } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let sum = 0, x = 0, y = 0;
  for (let i = 0; i < width * height; i++) {
    sum += data[4 * i]; x += data[4 * i] * (i % width); y += data[4 * i] * Math.floor(i / width);
  }
  return [sum, x / sum, y / sum];
}"""


def test_the_picture_follows_the_hand(page: Page, server: Server) -> None:
    """Arrow keys and dragging move it at once, the pen adds ink, a slider turns it; answer, link and curve follow."""
    page.goto(f"{server.url}/layers?layers_view=bend")
    canvas = page.locator(".bd-canvas")
    expect(canvas).to_be_visible(timeout=SLOW)
    expect(page.get_by_text("Moved sideways")).to_be_visible(timeout=SLOW)
    ink, x, y = canvas.evaluate(_INK)

    canvas.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert abs(canvas.evaluate(_INK)[1] - x - 3) < 0.1  # no server was asked
    expect(page).to_have_url(re.compile("layers_bend_shift_x=3(&|$)"), timeout=SLOW)
    assert abs(canvas.evaluate(_INK)[1] - x - 3) < 0.1  # the server's picture

    box = canvas.bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0], middle[1] - 3 * box["height"] / 28, steps=4)
    page.mouse.up()
    assert abs(canvas.evaluate(_INK)[2] - y + 3) < 0.3

    page.get_by_role("button", name="Draw over").click()
    page.mouse.move(box["x"] + 10, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 10, box["y"] + 20, steps=8)
    page.mouse.up()
    assert canvas.evaluate(_INK)[0] > ink + 20 * 255

    turn = page.get_by_role("slider", name="Turn")
    turn.focus()
    for _ in range(5):
        turn.press("ArrowRight")
    expect(page).to_have_url(re.compile("layers_bend_rotation=5(&|$)"), timeout=SLOW)
    page.get_by_role("button", name="Reset").click()
    expect(page).not_to_have_url(re.compile("layers_bend_rotation"), timeout=SLOW)

    page.set_viewport_size({"width": 390, "height": 800})
    for name in ("Shift ↔", "Smallest flip"):  # the row of choices is in sight from its first to its last
        choice = page.get_by_role("radio", name=name).bounding_box()
        assert choice is not None
        assert choice["x"] >= 0
        assert choice["x"] + choice["width"] <= 390
    assert canvas.evaluate(_INK)[0] == ink
    page.get_by_role("radio", name="Smallest flip").or_(page.get_by_role("button", name="Smallest flip")).first.click()
    expect(page.locator(".fl-said")).to_contain_text("of 255 grey levels", timeout=SLOW)
    expect(page.locator(".fl-row img")).to_have_count(3)

"""One visitor's journey through the whole app, in a real Chromium."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.server import Server

THREE = [(0.3, 0.22), (0.5, 0.15), (0.66, 0.27), (0.5, 0.46), (0.68, 0.64), (0.52, 0.84), (0.28, 0.76)]


def draw(page: Page, points: list[tuple[float, float]]) -> None:
    """One stroke on the sketch pad through points given in shares of its width and height."""
    pad = page.locator("canvas.pad").first
    box = pad.bounding_box()
    assert box is not None
    x, y = points[0]
    page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
    page.mouse.down()
    for x, y in points[1:]:
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=8)
    page.mouse.up()

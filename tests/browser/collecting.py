"""A visitor who collects drawings on the page Data: shapes by hand, each a little different."""

from __future__ import annotations

import math
import random

from playwright.sync_api import Locator, Page

Points = list[tuple[float, float]]  # of a stroke, in -1..1

SHAPES: dict[str, list[Points]] = {
    "circle": [[(math.cos(turn / 2), math.sin(turn / 2)) for turn in range(14)]],
    "square": [[(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]],
    "cross": [[(-1, -1), (1, 1)], [(1, -1), (-1, 1)]],
    "triangle": [[(0, -1), (1, 1), (-1, 1), (0, -1)]],
}


def pad(page: Page) -> Locator:
    """The sketch pad of the collector, or of the page Layers."""
    return page.locator("canvas.pad")


def draw(page: Page, shape: str, chance: random.Random) -> None:
    """Draw a shape by hand: somewhere on the pad, of some size, turned a little."""
    box = pad(page).bounding_box()
    assert box is not None
    side = box["width"]
    x, y = (box[name] + side * chance.uniform(0.4, 0.6) for name in ("x", "y"))
    size, turn = side * chance.uniform(0.15, 0.3), chance.uniform(-0.35, 0.35)
    for stroke in SHAPES[shape]:
        points = [
            (
                x + size * (math.cos(turn) * a - math.sin(turn) * b) + chance.gauss(0, 2),
                y + size * (math.sin(turn) * a + math.cos(turn) * b) + chance.gauss(0, 2),
            )
            for a, b in stroke
        ]
        page.mouse.move(*points[0])
        page.mouse.down()
        for point in points[1:]:
            page.mouse.move(*point, steps=3)
        page.mouse.up()


def collect(page: Page, each: int, chance: random.Random, shapes: tuple[str, ...] = tuple(SHAPES)) -> None:
    """Name a class for each shape, and add so many drawings to it; classes are chosen by their number keys."""
    for _ in shapes[2:]:
        page.get_by_role("button", name="Add a class").click()
    for number, shape in enumerate(shapes, 1):
        page.get_by_label(f"Name of class {number}", exact=True).fill(shape)
    for number, shape in enumerate(shapes, 1):
        pad(page).focus()
        page.keyboard.press(str(number % 10))
        for _ in range(each):
            draw(page, shape, chance)
            page.keyboard.press("Enter")

"""Pointing on the convolution page: what belongs together is marked and said, by mouse and by keys."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.convolution import numbers, opened, place, setting, still, switched, the_sum
from tests.browser.server import Server
from tests.browser.waiting import wait_frames


def point(page: Page, panel: str, row: int, column: int, channel: int = 0) -> None:
    page.mouse.move(*place(page, panel, row, column, channel))


@pytest.mark.parametrize(
    ("link", "cell", "text"),
    [
        ("n=6", ("input", 2, 2), r"^Pixel in row 3, column 3 \(−?\d+\): outputs that read it: 9\.$"),
        ("n=6", ("input", 0, 0), r"^Pixel in row 1, column 1 \(−?\d+\): outputs that read it: 1\.$"),
        ("n=6&s=2", ("input", 5, 0), r"^Pixel in row 6, column 1 \(−?\d+\): outputs that read it: 0\.$"),
        ("n=6&p=1", ("input", 0, 0), r"^Outputs that read this padding pixel: 1\.$"),
        ("n=6", ("kernel", 1, 2), r"^Weight in row 2, column 3 \(−?\d+\) multiplies 16 pixels, one after the other\.$"),
        ("n=6&s=2", ("kernel", 0, 0), r"^Weight in row 1, column 1 \(−?\d+\) multiplies 4 pixels"),
        ("mode=transposed&n=3&s=2", ("input", 1, 1), r"^Pixel in row 2, column 2 \(−?\d+\): outputs that read it: 9\."),
        ("mode=transposed&n=3&s=2&p=1", ("output", 0, 0), r"^Padding cuts this off.* reached it: 1\.$"),
        ("mode=pool&n=7&k=3&s=2", ("input", 2, 2), r"outputs that read it: 4\.$"),
        ("flat=1&n=12&k=5", ("input", 0, 6), r"^Sample 7 \(\S+\): outputs that read it: 5\.$"),
        ("flat=1&n=12", ("kernel", 0, 1), r"^Weight 2 \(\S+\) multiplies 10 samples"),
    ],
)
def test_pointing_says_what_belongs_together(
    tab: Page, server: Server, link: str, cell: tuple[str, int, int], text: str
) -> None:
    """A pixel: all outputs that read it, several or none; a weight: every pixel it multiplies."""
    switched(tab, server, link)
    point(tab, *cell)
    expect(tab.locator(".sum")).to_have_text(re.compile(text))


def test_pointing_marks_all_readers(tab: Page, server: Server) -> None:
    """The outputs, pixels and weights that belong to the cell change on the canvas, and no other cell does."""
    still(tab, server, "n=8&s=2&k=3&p=1&input=noise")  # 4 x 4 outputs; input row 2 (padded) is read by rows 0 and 1
    tab.keyboard.press("End")
    assert setting(tab)["step"] == 16
    without = colours(tab, "output")
    point(tab, "input", 2, 3)
    changed = {at for at, color in colours(tab, "output").items() if color != without[at]}
    assert changed - {(3, 3)} == {(0, 1), (1, 1)}  # (3, 3) was framed as the step
    point(tab, "input", 4, 4)
    changed = {at for at, color in colours(tab, "output").items() if color != without[at]}
    assert changed - {(3, 3)} == {(1, 1), (1, 2), (2, 1), (2, 2)}


def colours(page: Page, panel: str) -> dict[tuple[int, int], list[int]]:
    """The colour of each cell of a grid as it lies on the moving canvas, near its corner where no number stands."""
    cells = page.locator(".conv").evaluate(
        """(root, name) => {
            const { stage } = root.explorer;
            const panel = stage.planNow().panels.find((one) => one.name === name);
            const ratio = devicePixelRatio;
            const context = stage.board.live.getContext("2d");
            const color = (row, column) => [...context.getImageData(
                Math.round((panel.x + (column + 0.2) * panel.cell) * ratio),
                Math.round((panel.y + (row + 0.2) * panel.cell) * ratio), 1, 1).data];
            const all = Array.from({ length: panel.rows * panel.columns }, (_, i) => i);
            const at = all.map((i) => [Math.floor(i / panel.columns), i % panel.columns]);
            return at.map(([row, column]) => [row, column, color(row, column)]);
        }""",
        panel,
    )
    return {(row, column): color for row, column, color in cells}


def test_an_output_shows_its_own_products(tab: Page, server: Server) -> None:
    """Pointed at, whichever step is on; the count stays."""
    still(tab, server, "n=6")
    first = the_sum(tab)
    point(tab, "output", 1, 2)
    expect(tab.locator(".sum")).not_to_have_text(first)
    products, total = the_sum(tab).split("=")
    factors = [numbers(product) for product in products.split("+")]
    assert len(factors) == 9
    assert sum(pixel * weight for pixel, weight in factors) == numbers(total)[0]
    expect(tab.locator(".count")).to_have_text("1 / 16")
    tab.mouse.move(5, 5)
    expect(tab.locator(".sum")).to_have_text(re.compile(re.escape(first.split(" = ")[1])))


def test_a_click_pins_and_escape_lets_go(tab: Page, server: Server) -> None:
    """Pinned, the mouse may go elsewhere; a second click, a click beside, or Escape unpins."""
    still(tab, server, "n=6")
    pinned = re.compile(r"^Pixel in row 3, column 3 .*: 9\.$")
    for let_go in (
        lambda: tab.keyboard.press("Escape"),
        lambda: tab.mouse.click(*place(tab, "input", 2, 2)),
        lambda: tab.mouse.click(*place(tab, "input", -1, -2)),
    ):
        tab.mouse.click(*place(tab, "input", 2, 2))
        point(tab, "kernel", 0, 0)
        expect(tab.locator(".sum")).to_have_text(pinned)
        expect(tab.locator(".spoken")).to_have_text(pinned)
        let_go()
        tab.mouse.move(5, 5)
        expect(tab.locator(".sum")).not_to_have_text(pinned)


def test_play_waits_while_something_is_pointed_at(tab: Page, server: Server) -> None:
    """And goes on when the mouse has gone."""
    opened(tab, server, "n=20")
    point(tab, "kernel", 0, 0)
    expect(tab.locator(".sum")).to_have_text(re.compile("multiplies 324 pixels"))
    before = tab.locator(".count").inner_text()
    wait_frames(tab, 40)
    expect(tab.locator(".count")).to_have_text(before)
    tab.mouse.move(5, 5)
    expect(tab.locator(".count")).not_to_have_text(before)


def test_keys_walk_over_every_grid(tab: Page, server: Server) -> None:
    """What the mouse shows, the keyboard does, spoken: pixels, weights, outputs; Enter pins, Escape lets go."""
    still(tab, server, "n=6")
    spoken = tab.locator(".spoken")
    for grid, text in (
        ("Input pixels", r"^Pixel in row 2, column 2 \(−?\d+\): outputs that read it: 4\.$"),
        ("Weights", r"^Weight in row 2, column 2 \(−?\d+\) multiplies 16 pixels"),
        ("Outputs", r"^Output row 2, column 2: −?\d+\. The window lies on padded rows 2–4, columns 2–4\.$"),
    ):
        tab.get_by_role("group", name=re.compile(f"^{grid}: arrow keys")).focus()
        for key in ("ArrowRight", "ArrowRight", "ArrowDown"):  # the first one lands on the first cell
            tab.keyboard.press(key)
        expect(spoken).to_have_text(re.compile(text))
    products = the_sum(tab)
    tab.keyboard.press("Enter")
    tab.locator(".play").focus()
    tab.mouse.move(*place(tab, "input", 0, 0))
    assert the_sum(tab) == products
    tab.keyboard.press("Escape")
    tab.mouse.move(5, 5)
    expect(tab.locator(".sum")).not_to_have_text(products)

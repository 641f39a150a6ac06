"""The convolution page as its tests drive it: opened by a link, pointed at, read."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.server import Server


def opened(page: Page, server: Server, link: str) -> Page:
    """The page with what `link` says, once its stage has drawn."""
    page.goto(f"{server.url}/convolution?{link}")
    expect(live(page)).to_have_attribute("aria-label", re.compile("."))
    return page


def still(page: Page, server: Server, link: str) -> Page:
    """The same, paused at the first position."""
    opened(page, server, link)
    page.locator(".stage").focus()
    page.keyboard.press("Home")
    expect(page.locator(".count")).to_have_text(re.compile(r"^1 /"))
    return page


def switched(page: Page, server: Server, link: str) -> Page:
    """The same on a page that is open already, as its examples do it: much faster."""
    if not page.url.startswith(f"{server.url}/convolution"):
        return still(page, server, link)
    page.mouse.move(5, 5)
    page.locator(".conv").evaluate(
        """(root, link) => new Promise((drawn) => {
            root.explorer.open(link);
            requestAnimationFrame(() => requestAnimationFrame(drawn));
        })""",
        link,
    )
    return page


def live(page: Page) -> Locator:
    """The canvas whose label describes the whole picture."""
    return page.locator(".conv canvas.live")


def says(page: Page, text: str) -> None:
    """The picture's description begins with `text`."""
    expect(live(page)).to_have_attribute("aria-label", re.compile("^" + re.escape(text)))


def setting(page: Page) -> dict[str, Any]:
    """What the page is set to now."""
    found: dict[str, Any] = page.locator(".conv").evaluate("(root) => root.explorer.setting")
    return found


def slider(page: Page, name: str) -> Locator:
    return page.get_by_role("slider", name=name, exact=True)


def place(page: Page, panel: str, row: int, column: int, channel: int = 0) -> tuple[float, float]:
    """The middle of a cell on the screen; rows and columns are counted from 0, padding included."""
    page.locator(".conv .board").scroll_into_view_if_needed()
    x, y = page.locator(".conv").evaluate(
        """(root, [name, row, column, channel]) => {
            const { stage } = root.explorer;
            const panel = stage.planNow().panels.find((one) => one.name === name && one.channel === channel);
            const box = stage.board.host.getBoundingClientRect();
            return [box.left + panel.x + (column + 0.5) * panel.cell, box.top + panel.y + (row + 0.5) * panel.cell];
        }""",
        [panel, row, column, channel],
    )
    return x, y


def numbers(text: str) -> list[float]:
    """Every number in a text with true minus signs."""
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", text.replace("−", "-"))]


def the_sum(page: Page) -> str:
    """The line under the board."""
    return page.locator(".sum").inner_text().replace("\n", " ")

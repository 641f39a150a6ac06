"""Time on the convolution page: keys, buttons and the scrubber step through the output; play goes on."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from tests.browser.convolution import opened, slider, still
from tests.browser.server import Server
from tests.browser.waiting import at_rest, wait_frames


def test_keys_step_through_the_output(tab: Page, server: Server) -> None:
    """Arrows step, Home and End jump, space plays and pauses; every step is spoken."""
    still(tab, server, "n=6")
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("ArrowDown")
    expect(tab.locator(".count")).to_have_text("6 / 16")
    expect(tab.locator(".spoken")).to_have_text(
        re.compile(r"^Output row 2, column 2: −?\d+\. The window lies on padded rows 2–4, columns 2–4\.$")
    )
    tab.keyboard.press("ArrowUp")
    expect(tab.locator(".count")).to_have_text("2 / 16")
    tab.keyboard.press("ArrowUp")  # above the first row there is nothing
    expect(tab.locator(".count")).to_have_text("2 / 16")
    tab.keyboard.press("End")
    expect(tab.locator(".count")).to_have_text("16 / 16")
    tab.keyboard.press("ArrowRight")
    expect(tab.locator(".count")).to_have_text("16 / 16")
    tab.keyboard.press("Home")
    tab.keyboard.press("Space")
    expect(tab.locator(".play")).to_have_attribute("title", "Pause")
    expect(tab.locator(".count")).to_have_text(re.compile(r"^([2-9]|1\d) / 16$"))
    tab.keyboard.press("Space")
    expect(tab.locator(".play")).to_have_attribute("title", "Play")


def test_buttons_step_restart_and_play_to_the_end(tab: Page, server: Server) -> None:
    """Forward, back, restart; play stops at the last position, and begins anew from there."""
    still(tab, server, "n=4")
    for button, count in ((".forward", 2), (".forward", 3), (".back", 2), (".restart", 1), (".back", 1)):
        tab.locator(button).click()
        expect(tab.locator(".count")).to_have_text(f"{count} / 4")
    for _ in range(2):
        tab.locator(".play").click()
        expect(tab.locator(".count")).to_have_text("4 / 4")
        expect(tab.locator(".play")).to_have_attribute("title", "Play")


def test_the_scrubber_goes_anywhere(tab: Page, server: Server) -> None:
    """By keys and by the mouse; it says where it is."""
    still(tab, server, "n=10")
    scrubber = slider(tab, "Position of the window")
    scrubber.press("End")
    expect(tab.locator(".count")).to_have_text("64 / 64")
    scrubber.press("ArrowLeft")
    expect(scrubber).to_have_attribute("aria-valuetext", "63 of 64")
    box = scrubber.bounding_box()
    assert box is not None
    tab.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    position = int(tab.locator(".count").inner_text().split(" / ")[0])
    assert 30 <= position <= 35
    assert f"step={position}" in tab.url


def test_speed_is_kept_and_counts(tab: Page, server: Server) -> None:
    """At the largest speed 400 positions take about two seconds; at the least not one a second passes."""
    still(tab, server, "n=22")
    speed = slider(tab, "Speed")
    speed.press("End")
    expect(speed).to_have_attribute("aria-valuetext", "Positions a second: 240")
    tab.locator(".play").click()
    expect(tab.locator(".count")).to_have_text("400 / 400")
    speed.press("Home")
    expect(speed).to_have_attribute("aria-valuetext", "Positions a second: 1")
    tab.locator(".play").click()
    wait_frames(tab, 20)
    expect(tab.locator(".count")).to_have_text(re.compile(r"^[1-9] / 400$"))
    expect(tab.locator(".count")).to_have_text(re.compile(r"^([2-9]|1\d) / 400$"))


def test_play_goes_on_when_a_slider_moves(tab: Page, server: Server) -> None:
    """The stage keeps its loop over changes; what was paused stays paused."""
    opened(tab, server, "n=20")
    expect(tab.locator(".play")).to_have_attribute("title", "Pause")
    slider(tab, "Padding P").press("ArrowRight")
    expect(tab.locator(".count")).to_have_text(re.compile("/ 400$"))
    before = tab.locator(".count").inner_text()
    expect(tab.locator(".count")).not_to_have_text(before)
    tab.locator(".play").click()
    slider(tab, "Padding P").press("ArrowRight")
    expect(tab.locator(".count")).to_have_text(re.compile("/ 484$"))
    expect(tab.locator(".play")).to_have_attribute("title", "Play")


def test_nothing_moves_for_who_asked_for_calm(browser: Browser, server: Server) -> None:
    """With prefers-reduced-motion the stage waits."""
    context = browser.new_context(locale="en-US", reduced_motion="reduce")
    page = opened(context.new_page(), server, "n=6")
    expect(page.locator(".play")).to_have_attribute("title", "Play")
    at_rest(page, 60)
    expect(page.locator(".count")).to_have_text("1 / 16")
    context.close()

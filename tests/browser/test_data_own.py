"""Own pictures in a real Chromium: collected by hand, kept over a reload, trained on, and new ones answered."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.collecting import collect, draw, pad
from tests.browser.server import Server, app_server
from tests.browser.waiting import SLOW

SHAPES = ("circle", "cross")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Not everybody's: here is trained."""
    with app_server(tmp_path_factory.mktemp("collects")) as running:
        yield running


def test_from_drawings_to_an_answer(page: Page, server: Server) -> None:
    """Two classes of six: by pen and keys; a picture deleted by keyboard; a reload keeps the rest; then trained on.

    The page Training follows, and Layers takes a new drawing of each for what it is.
    """
    chance = random.Random(0)
    page.goto(f"{server.url}/data?data_view=own")
    expect(pad(page)).to_be_visible(timeout=SLOW)
    expect(page.get_by_role("button", name="Train on these")).to_be_disabled()
    collect(page, 7, chance, SHAPES)
    expect(page.get_by_text("7 of 20", exact=True)).to_have_count(2)

    last = page.get_by_role("button", name="Delete picture 7 of cross")
    last.focus()
    page.keyboard.press("Delete")
    expect(page.get_by_role("button", name="Delete picture 6 of cross")).to_be_focused()
    expect(page.get_by_text("6 of 20", exact=True)).to_be_visible()

    page.reload()
    expect(page.get_by_text("7 of 20", exact=True)).to_be_visible(timeout=SLOW)
    expect(page.get_by_text("6 of 20", exact=True)).to_be_visible()
    expect(page.get_by_label("Name of class 2")).to_have_value("cross")

    page.get_by_label("Name of the data set").fill("two shapes")
    page.get_by_role("button", name="Train on these").click()
    page.wait_for_url(re.compile("/training"), timeout=SLOW)
    expect(page.get_by_text("Again with the initial weights")).to_be_visible(timeout=SLOW)
    expect(page.get_by_label("Epochs", exact=True)).to_have_value("40")  # as the run has them: not the form's usual 10
    expect(page.get_by_label("Batch size", exact=True)).to_have_value("4")
    page.get_by_role("link", name="Draw, and it answers").click(timeout=SLOW)
    verdict = page.locator(".cnn-verdict")
    expect(verdict).to_have_text("It takes this for cross.", timeout=SLOW)  # drawn last
    draw(page, "circle", chance)
    expect(verdict).to_have_text("It takes this for circle.", timeout=SLOW)


def test_without_a_camera_and_with_files(page: Page, server: Server) -> None:
    """What stands in the camera's way is one sentence; files become photos of the class, and what is none is named."""
    page.goto(f"{server.url}/data?data_view=own")
    camera = page.get_by_role("button", name="Camera", exact=True)
    camera.click(timeout=SLOW)
    expect(page.get_by_text(re.compile("No camera was found|The camera is not allowed here"))).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Hold to photograph"))).to_be_disabled()

    page.evaluate("Object.defineProperty(navigator, 'mediaDevices', { value: undefined })")  # as under plain http
    camera.click()
    expect(page.get_by_text("The camera needs an address with https, or localhost.")).to_be_visible()

    page.get_by_role("button", name="Files", exact=True).click()
    picture = page.screenshot()
    page.locator(".co-files input").set_input_files(
        [
            {"name": "one.png", "mimeType": "image/png", "buffer": picture},
            {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"no picture"},
            {"name": "two.png", "mimeType": "image/png", "buffer": picture},
        ]
    )
    expect(page.get_by_text("2 of 20", exact=True)).to_be_visible()
    expect(page.get_by_text("1 files could not be read here as pictures, first notes.txt.")).to_be_visible()

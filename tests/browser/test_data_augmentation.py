"""Data, Augmentation, in a real browser: a pipeline is put together by hand and keyboard, seen and trained with."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.server import Server
from tests.browser.waiting import SLOW

_AFTER = "images => images.map(image => image.src)"


def test_what_is_on_is_seen_however_much_it_is(page: Page, server: Server) -> None:
    """Without scrolling; where not all sliders fit, those of the step that is used, the others say their values."""
    steps = "flip,rotation,shear,scale,blur,noise,erasing,color-jitter"
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{server.url}/data?data_view=augmentation&data_name=digits&data_augmentation={steps}")
    column = page.locator(".au-steps")
    expect(column.get_by_role("slider", name="Colour jitter: Hue")).to_be_in_viewport(timeout=SLOW)
    expect(column.get_by_label("Normalize")).to_be_in_viewport(ratio=1)
    assert column.evaluate("list => list.scrollHeight - list.clientHeight") <= 1
    rotation = page.get_by_role("slider", name="Rotation: At most")
    expect(rotation).to_be_hidden()
    expect(column.locator("[data-name=rotation] .au-values")).to_have_text("15°")
    column.locator("[data-name=rotation] .au-values").click()
    expect(rotation).to_be_in_viewport()
    for name in ("Shear", "Scale", "Blur", "Noise", "Erasing", "Colour jitter"):
        column.get_by_label(name, exact=True).uncheck()
    expect(page.locator(".au-off").get_by_label("Shear", exact=True)).to_be_in_viewport()
    expect(page.get_by_role("slider", name="Horizontal flip: Probability")).to_be_in_viewport()


def test_a_pipeline_is_put_together_and_trained_with(page: Page, server: Server) -> None:
    """Switched, turned, moved by keyboard: pictures and link follow; a picture in twelve draws; the form has it."""
    page.goto(f"{server.url}/data?data_view=augmentation&data_name=digits&data_augmentation_model=lenet5")
    after = page.locator(".au-tile img:last-child")
    expect(after).to_have_count(24, timeout=SLOW)
    plain = after.evaluate_all(_AFTER)

    page.get_by_label("Rotation", exact=True).check()
    expect(page).to_have_url(re.compile("data_augmentation=rotation%3D15(&|$)"), timeout=SLOW)
    expect(after.first).not_to_have_attribute("src", plain[0], timeout=SLOW)
    page.get_by_label("Horizontal flip", exact=True).check()
    turn = page.get_by_role("slider", name="Rotation: At most")
    turn.focus()
    for _ in range(3):
        turn.press("ArrowRight")
    expect(page).to_have_url(re.compile("data_augmentation=flip%3D0.5%2Crotation%3D18(&|$)"), timeout=SLOW)

    up = page.get_by_role("button", name="Move Rotation up")
    up.focus()
    up.press("Enter")
    expect(page).to_have_url(re.compile("data_augmentation=rotation%3D18%2Cflip%3D0.5(&|$)"), timeout=SLOW)
    down = page.get_by_role("button", name="Move Rotation down")
    expect(down).to_be_enabled()

    tile = page.get_by_role("button", name=re.compile("^Picture 3, 2: before and after"))
    tile.focus()
    tile.press("Enter")
    expect(page.locator(".au-large img")).to_have_count(13, timeout=SLOW)
    first_draw = page.locator(".au-large img").nth(1).get_attribute("src")
    page.get_by_role("button", name="All pictures").press("Enter")
    expect(after).to_have_count(24, timeout=SLOW)
    expect(after.nth(2)).to_have_attribute("src", str(first_draw), timeout=SLOW)  # pictures come after the link

    page.get_by_role("button", name="Train with this").click()
    expect(page).to_have_url(re.compile("training.*training_augmentation=rotation%3D18%2Cflip%3D0.5"), timeout=SLOW)
    page.get_by_text("Against overfitting").first.click()
    expect(page.get_by_text("Change it on the bench")).to_be_visible(timeout=SLOW)

"""Take it away: the files that the convolution page makes in the browser, the link, and how they are copied."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ElementTree
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence
from playwright.sync_api import Browser, Page, expect

from tests.browser.explorer import address, with_takeaway
from tests.browser.server import Server

SVG = "{http://www.w3.org/2000/svg}"


def made(page: Page, button: str) -> tuple[str, bytes]:
    """The name and the bytes of the file that a button makes."""
    with page.expect_download() as waiting:
        page.get_by_role("button", name=button, exact=True).click()
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


def lines_of(file: bytes) -> list[str]:
    """The texts of an SVG in the order they were painted."""
    return ["".join(text.itertext()) for text in ElementTree.fromstring(file).iter(f"{SVG}text")]


def test_the_animation_has_every_step(page: Page) -> None:
    """16 steps, two a second as on the stage, the last one longer; below 300 kB; the link is its comment."""
    name, file = made(with_takeaway(page), "Animation (GIF)")
    image = Image.open(io.BytesIO(file))
    assert name == "convolution-n6-k3-p0-s1.gif"
    assert len(file) < 300_000
    assert image.width == 720
    durations = [frame.info["duration"] for frame in ImageSequence.Iterator(image)]
    assert durations == [500] * 15 + [1500]
    image.seek(0)
    assert image.info["comment"].decode() == address("mode=conv&n=6&k=3&p=0&s=1&lang=en")
    expect(page.locator(".export-block").get_by_role("status")).to_have_text(
        re.compile(rf"^Saved as {name} \(\d+ kB\)\.$")
    )


def test_every_frame_is_another_picture(page: Page) -> None:
    """The window moves from each frame to the next, and the outputs stay."""
    _, file = made(with_takeaway(page), "Animation (GIF)")
    frames = [
        np.asarray(frame.convert("RGB")).astype(int) for frame in ImageSequence.Iterator(Image.open(io.BytesIO(file)))
    ]
    changes = [int((np.abs(one - other).max(axis=2) > 0).sum()) for one, other in pairwise(frames)]
    assert min(changes) > 1000
    assert max(changes) < frames[0].shape[0] * frames[0].shape[1] / 4


def test_the_still_is_a_vector_picture(page: Page) -> None:
    """Text is text: caption, formula, sum and link; nothing is a picture of pixels."""
    with_takeaway(page, "n=6&p=1&s=2")
    page.locator(".stage").press("ArrowRight")
    name, file = made(page, "Still (SVG)")
    root = ElementTree.fromstring(file)
    assert name == "convolution-n6-k3-p1-s2-step2.svg"
    caption = "Convolution, 6 × 6, kernel 3, padding 1, stride 2 → 3 × 3"
    assert root.findtext(f"{SVG}title") == caption
    description = root.findtext(f"{SVG}desc")
    assert description is not None
    assert "n_out = floor((6 + 2 × 1 − 3) / 2) + 1 = 3" in description
    texts = lines_of(file)
    assert texts[0] == caption
    assert "".join(texts[1:15]).replace(" ", "") == "nout=6+2×1−32+1=3"
    assert texts[-1] == "/convolution?mode=conv&n=6&k=3&p=1&s=2&step=2&lang=en"
    assert root.find(f".//{SVG}image") is None
    assert len(root.findall(f".//{SVG}path")) > 70


def test_chinese_stills_speak_chinese(page: Page) -> None:
    """Caption and captions of the grids are in the page's language, as is the file's own language."""
    _, file = made(with_takeaway(page, "mode=pool&k=2&s=2", "zh"), "静态图（SVG）")
    assert lines_of(file)[0] == "最大池化，6 × 6，窗口 2，填充 0，步幅 2 → 3 × 3"
    assert ElementTree.fromstring(file).get("{http://www.w3.org/XML/1998/namespace}lang") == "zh"


@pytest.mark.parametrize(
    ("link", "dark"),
    [
        ("n=6&p=1&s=2", False),
        ("mode=transposed&n=4&s=2&p=1&o=1", True),
        ("flat=1&n=24&k=5&p=2&input=tone", False),
        ("channels=3&p=1&mode=conv&bias=2", True),
        ("n=64&k=5&input=photo", False),
        ("n=2&k=5", False),
        ("mode=flatten&n=5&channels=3", False),
        ("mode=flatten&n=28&input=digit", True),
    ],
)
def test_svg_and_png_are_the_same_picture(page: Page, browser: Browser, link: str, dark: bool) -> None:
    """The SVG, drawn by the browser at twice its size, is the PNG: same size, same colours, same shapes."""
    with_takeaway(page, link, dark=dark)
    _, svg = made(page, "Still (SVG)")
    _, png = made(page, "Still (PNG)")
    expected = np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)
    assert expected.shape[1] == 1440
    size = {"width": expected.shape[1] // 2, "height": expected.shape[0] // 2}
    viewer = browser.new_context(viewport=size, device_scale_factor=2).new_page()  # type: ignore[arg-type]
    inside = svg.decode().partition("?>")[2]
    viewer.set_content(f"<style>body {{ margin: 0 }} svg {{ display: block }}</style>{inside}")
    shot = np.asarray(Image.open(io.BytesIO(viewer.screenshot())).convert("RGB")).astype(int)
    viewer.context.close()
    difference = np.abs(shot - expected).max(axis=2)
    assert (difference > 48).mean() < 0.01  # some edges of letters
    assert difference.mean() < 1


def test_large_outputs_are_capped(page: Page) -> None:
    """Of 3,600 steps the first 400 make an animation, and a sentence says so."""
    with_takeaway(page, "n=62&k=3")
    expect(page.locator(".export-note")).to_contain_text("The first 400 of 3600 steps, the most for one animation")
    assert page.get_by_label("Number of steps").input_value() == "400"


def test_fewer_steps_and_another_width(page: Page) -> None:
    """Three steps 480 wide are three frames 480 wide."""
    with_takeaway(page)
    page.get_by_label("Width").select_option("480")
    page.get_by_label("Number of steps").fill("3")
    page.get_by_label("Number of steps").press("Tab")
    expect(page.locator(".export-note")).to_contain_text("The first 3 of 16 steps")
    image = Image.open(io.BytesIO(made(page, "Animation (GIF)")[1]))
    assert (image.width, image.n_frames) == (480, 3)  # type: ignore[attr-defined]


def test_an_animation_can_be_cancelled(page: Page) -> None:
    """By the keyboard alone: progress is shown, Cancel has the focus and stops it, and the button has it again."""
    with_takeaway(page, "n=32&p=1")
    page.get_by_role("button", name="Animation (GIF)").press("Enter")
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".export-block").get_by_role("status")).to_have_text("Cancelled.")
    expect(page.get_by_role("progressbar")).to_be_hidden()
    expect(page.get_by_role("button", name="Animation (GIF)")).to_be_focused()


def test_what_changes_meanwhile_changes_no_file(page: Page) -> None:
    """The animation shows the setting it was asked for, whatever the visitor does while it is made."""
    with_takeaway(page, "n=8")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Animation (GIF)").click()
        page.evaluate("explorer.change({ n: [20, 20], s: [3, 3] })")
    image = Image.open(io.BytesIO(Path(waiting.value.path()).read_bytes()))
    assert waiting.value.suggested_filename == "convolution-n8-k3-p0-s1.gif"
    assert image.n_frames == 36  # type: ignore[attr-defined]


def test_a_refused_setting_has_a_still_but_no_animation(page: Page) -> None:
    """Nothing moves where torch refuses; the picture of the refusal can still be taken."""
    with_takeaway(page, "n=2&k=5")
    expect(page.get_by_role("button", name="Animation (GIF)")).to_be_disabled()
    name, file = made(page, "Still (SVG)")
    assert name == "convolution-n2-k5-p0-s1.svg"
    assert lines_of(file)[0].endswith("→ PyTorch refuses this setting")


def test_nothing_is_given_away_before_the_prediction(page: Page) -> None:
    """While the result is to be predicted the code has no output size, and there are no files."""
    with_takeaway(page)
    page.evaluate("explorer.hides = () => true; explorer.refresh()")
    expect(page.locator(".code-block code").first).to_contain_text("# (1, 1, 6, 6) -> (1, 1, ?, ?)")
    for button in ("Animation (GIF)", "Still (SVG)", "Still (PNG)"):
        expect(page.get_by_role("button", name=button)).to_be_disabled()


def pasted(page: Page) -> str:
    """What the clipboard holds, pasted into a field as a person would."""
    page.evaluate("document.body.append(Object.assign(document.createElement('textarea'), { id: 'paste' }))")
    page.locator("#paste").focus()
    page.keyboard.press("Control+V")
    return page.locator("#paste").input_value()


def test_copying_works_without_https(page: Page) -> None:
    """In a classroom's network there is no clipboard API: link and lines are copied the old way."""
    with_takeaway(page, "n=28&k=5&p=2")
    assert page.evaluate("navigator.clipboard === undefined")
    page.get_by_role("button", name="Copy link").click()
    expect(page.locator(".link-block").get_by_role("status")).to_have_text("Copied.")
    assert pasted(page) == address("mode=conv&n=28&k=5&p=2&s=1&lang=en")
    page.evaluate("document.querySelector('#paste').remove()")
    page.get_by_role("button", name="Copy the lines of PyTorch").click()
    assert "layer = nn.Conv2d(1, 1, kernel_size=5, padding=2)\ny = layer(x)" in pasted(page)


def test_where_nothing_copies_the_text_is_selected(page: Page) -> None:
    """With the browser's command refused too, the link is selected and a sentence asks for Ctrl+C."""
    with_takeaway(page)
    page.evaluate("document.execCommand = () => false")
    page.get_by_role("button", name="Copy link").click()
    expect(page.locator(".link-block").get_by_role("status")).to_have_text("Selected: press Ctrl+C to copy it.")
    field = page.locator(".link-row input")
    expect(field).to_be_focused()
    assert field.evaluate("(field) => field.value.slice(field.selectionStart, field.selectionEnd)") == address(
        "mode=conv&n=6&k=3&p=0&s=1&lang=en"
    )


def test_the_link_shows_the_same_again(browser: Browser, server: Server) -> None:
    """In the app: mode, sizes, content, step and language come back from the link alone, in a fresh browser."""
    first = browser.new_context(locale="en-US").new_page()
    first.goto(f"{server.url}/convolution?mode=pool&n=8&k=2&s=2&pooling=average&input=digit&pick=3&step=5&lang=zh")
    link = first.locator(".link-row input")
    first.get_by_role("tab", name="导出").click()
    expect(link).to_have_value(re.compile("mode=pool"))
    address = link.input_value()
    second = browser.new_context(locale="en-US").new_page()
    second.goto(address)
    expect(second.locator(".count")).to_have_text("5 / 16")
    second.get_by_role("tab", name="导出").click()
    expect(second.locator(".link-row input")).to_have_value(address)
    assert made(second, "静态图（PNG）")[0] == "average-pooling-n8-k2-p0-s2-step5.png"
    first.context.close()
    second.context.close()

"""What lies on the convolution stage, in a real Chromium: its pixels, kernels, sounds and panels, against NumPy."""

from __future__ import annotations

import base64
import io
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Page, Route, expect

from cnnviz.charts.theme import component_css
from cnnviz.ui.convolution.content import CONTENT, PHOTO
from cnnviz.ui.shared.mount import load
from cnnviz.ui.shared.names import PHOTO_WORDS
from tests.browser.explorer import titled
from tests.browser.modules import ORIGIN, answer, with_modules
from tests.browser.waiting import wait_frames

SOBEL = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])


@cache
def sent() -> dict[str, Any]:
    """What the server sends, the same for the browser and for every test, whichever data set a test has."""
    return titled()


def area_average(picture: NDArray[Any], size: tuple[int, int]) -> NDArray[np.float64]:
    """The mean of exactly the area that each of `size` pixels covers."""

    def shares(length: int, cells: int) -> NDArray[np.float64]:
        edges = np.arange(cells + 1)[:, None] * length / cells
        covered = np.clip(edges[1:], np.arange(length), np.arange(length) + 1)
        covered -= np.clip(edges[:-1], np.arange(length), np.arange(length) + 1)
        return covered / (length / cells)

    height, width = picture.shape
    return shares(height, size[0]) @ picture @ shares(width, size[1]).T


def photo(number: int) -> Image.Image:
    """A photo as the browser gets it."""
    source = sent()["photos"][number]["source"]
    return Image.open(io.BytesIO(base64.b64decode(source.partition(",")[2])))


def pixels(page: Page, pick: int, channels: int, side: int) -> NDArray[np.float64]:
    """(channels, side, side) of a photo on the stage, once the browser has decoded it."""
    found = with_modules(page).evaluate(
        """async ([content, pick, channels, side]) => {
            const { createLibrary, pixelsOf } = await import("/convolution/component/content/content.js");
            const { DEFAULTS } = await import("/convolution/component/arithmetic/setting.js");
            const library = createLibrary(content);
            while (!library.photos.at(pick).planes) await new Promise((r) => setTimeout(r, 20));
            const setting = { ...DEFAULTS, input: "photo", pick, channels };
            return pixelsOf(setting, library, [side, side]).map((one) => [...one]);
        }""",
        [sent(), pick, channels, side],
    )
    return np.array(found).reshape(channels, side, side)


@pytest.mark.parametrize("number", [0, 1])
def test_a_photo_is_its_middle_averaged(page: Page, number: int) -> None:
    """A photo on the stage is the square in its middle: three channels in colour, one as Pillow's grey."""
    if len(sent()["photos"]) <= number:
        pytest.skip("scikit-learn's sample pictures are not there")
    picture = photo(number)
    middle = picture.crop((80, 0, 400, 320))
    grey = pixels(page, number + 1, 1, 32)[0]
    assert np.abs(grey - area_average(np.asarray(middle.convert("L"), float), (32, 32))).max() <= 1
    colour = pixels(page, number + 1, 3, 20)
    for channel, plane in enumerate(np.asarray(middle, float).transpose(2, 0, 1)):
        assert np.abs(colour[channel] - area_average(plane, (20, 20))).max() <= 1


# ---------------------------------------------------------------- the panels

PANELS = """<!doctype html><style>{css}</style>
<div class="cnn-root conv"><div class="content"></div><div class="photo"></div></div>
<script type="module">
  import {{ Explorer }} from "/convolution/component/explorer.js";
  import {{ createContentPanel }} from "/convolution/component/content/contentpanel.js";
  import {{ createPhotoPanel }} from "/convolution/component/photo/photo.js";
  const root = document.querySelector(".cnn-root");
  const explorer = new Explorer(root, () => {{}});
  explorer.parts.push(createContentPanel(root.querySelector(".content"), explorer));
  explorer.parts.push(createPhotoPanel(root.querySelector(".photo"), explorer));
  globalThis.contexts = 0;
  const Audio = globalThis.AudioContext;
  globalThis.AudioContext = class extends Audio {{ constructor() {{ super(); contexts += 1; }} }};
  explorer.update({data});
  globalThis.explorer = explorer;
</script>"""


@pytest.fixture
def panels(page: Page) -> Page:
    """Both panels and the explorer that they talk to, without the rest of the page."""
    data = {"language": "en", "strings": {"content": PHOTO_WORDS | CONTENT, "photo": PHOTO_WORDS | PHOTO}, **sent()}
    css = component_css() + load("convolution").css

    def serve(route: Route) -> None:
        if route.request.url.startswith(f"{ORIGIN}/panels"):
            route.fulfill(content_type="text/html", body=PANELS.format(css=css, data=json.dumps(data)))
        else:
            answer(route)

    page.route(f"{ORIGIN}/**", serve)
    return page


def show(page: Page, link: str = "") -> None:
    """Open the panels with the setting of a link."""
    page.goto(f"{ORIGIN}/panels?{link}")
    page.wait_for_function("globalThis.explorer?.view")


def setting(page: Page, name: str) -> Any:
    """What the setting says of one thing."""
    return page.evaluate("(name) => explorer.setting[name]", name)


def values(page: Page) -> list[float]:
    """The output, row by row."""
    found: list[float] = page.evaluate("[...explorer.view.values]")
    return found


def png(picture: NDArray[np.uint8]) -> bytes:
    """A picture as a file without loss."""
    packed = io.BytesIO()
    Image.fromarray(picture).save(packed, "PNG")
    return packed.getvalue()


def open_photo(page: Page, file: Path, raw: bytes) -> None:
    """Open a file of one's own in the first panel that asks for one."""
    file.write_bytes(raw)
    page.locator("input[type=file]").first.set_input_files(file)


def test_choosing_a_digit(panels: Page) -> None:
    """A digit is offered at a size at which it can be read."""
    show(panels)
    panels.get_by_label("Input", exact=True).select_option(label="Handwritten digit")
    panels.get_by_label("Digit", exact=True).select_option(label="3")
    assert (setting(panels, "input"), setting(panels, "pick")) == ("digit", 4)
    panels.get_by_role("button", name="Show it at 28 × 28").click()
    assert setting(panels, "n") == [28, 28]
    expect(panels.get_by_role("button", name="Show it at 28 × 28")).to_be_hidden()


def test_typing_begins_with_what_is_there(panels: Page) -> None:
    """The box begins with the stage's numbers, and the input becomes as large as what is typed."""
    show(panels, "n=2&k=1&kernel=identity")
    before = values(panels)
    panels.get_by_label("Input", exact=True).select_option(label="Typed numbers")
    box = panels.get_by_label("Numbers, row by row")
    expect(box).to_have_value("{} {}\n{} {}".format(*map(int, before)))
    box.fill("1\t2,5\t3\n4\t5\t6")
    panels.wait_for_function("explorer.setting.n.join() === '2,3'")
    assert values(panels) == [1, 2.5, 3, 4, 5, 6]
    assert setting(panels, "apart")
    box.blur()
    assert "x=1_2.5_3r4_5_6" in panels.url


def test_a_wrong_number_is_named_and_nothing_is_lost(panels: Page) -> None:
    """One sentence names row, place and text; the box keeps the text, the stage its numbers."""
    show(panels, "input=typed&n=2&x=1_2r3_4&k=1&kernel=identity")
    box = panels.get_by_label("Numbers, row by row")
    box.fill("1 2\n3 four")
    expect(panels.get_by_text("Row 2, number 2: “four” is not a number.")).to_be_visible()
    expect(box).to_have_attribute("aria-invalid", "true")
    box.blur()
    expect(box).to_have_value("1 2\n3 four")
    assert values(panels) == [1, 2, 3, 4]
    box.fill("1 2\n3 5")
    expect(panels.get_by_text("is not a number")).to_be_hidden()
    panels.wait_for_function("explorer.view.values[3] === 5")


def test_every_weight_is_editable(panels: Page) -> None:
    """Editing a weight changes the output by its pixel; the others stay, and arrow keys walk over them."""
    show(panels, "kernel=sobel-x&n=5")
    before = values(panels)
    panels.get_by_label("Weight in row 2, column 2").fill("10")
    panels.wait_for_function("explorer.setting.kernel === 'typed'")
    middle = panels.evaluate("[...explorer.view.pixels[0]]")
    inner = [middle[5 * row + column] for row in (1, 2, 3) for column in (1, 2, 3)]
    assert values(panels) == [old + 10 * pixel for old, pixel in zip(before, inner, strict=True)]
    panels.keyboard.press("ArrowRight")
    panels.keyboard.press("ArrowUp")
    expect(panels.get_by_label("Weight in row 1, column 3")).to_be_focused()
    panels.keyboard.press("Shift+ArrowUp")
    panels.keyboard.press("Enter")
    assert setting(panels, "weights") == [[[-1, 0, 2], [-2, 10, 2], [-1, 0, 1]]]
    expect(panels.get_by_role("radio", name="Your own weights")).to_be_checked()


def test_own_weights_survive_a_smaller_kernel(panels: Page) -> None:
    """Dragging K down and up again loses no weight."""
    show(panels, "kernel=typed&w=1_2_3r4_5_6r7_8_9")
    for k in (2, 1, 5, 3):
        panels.evaluate("(k) => explorer.change({ k: [k, k] })", k)
    assert panels.evaluate("[...explorer.view.weights[0]]") == list(range(1, 10))
    expect(panels.get_by_label("Weight in row 3, column 3")).to_have_value("9")


def test_a_kernel_brings_its_size(panels: Page) -> None:
    """A named kernel needs room around its middle, a network's filter has its own size."""
    show(panels, "k=1")
    panels.get_by_role("radio", name="Identity").check(force=True)
    assert setting(panels, "k") == [1, 1]
    panels.get_by_role("radio", name="Laplacian").check(force=True)
    assert setting(panels, "k") == [3, 3]
    panels.get_by_role("radio", name="lenet5-mnist").check(force=True)
    assert setting(panels, "k") == [5, 5]
    panels.get_by_label("Filter").fill("6")
    panels.wait_for_function("explorer.setting.filter === 6")
    panels.get_by_label("Filter").fill("7")  # of 6
    assert setting(panels, "filter") == 6


def test_flip_and_bias(panels: Page) -> None:
    """The checkbox turns the kernel, a sentence says so; the bias is added to every output."""
    show(panels, "kernel=sobel-x&n=3")
    plain = values(panels)[0]
    expect(panels.get_by_text("Cross-correlation: the kernel is laid on")).to_be_visible()
    panels.get_by_label("Flip the kernel (true convolution)").check()
    expect(panels.get_by_text("True convolution: the kernel is turned by 180°")).to_be_visible()
    expect(panels.get_by_label("Weight in row 1, column 1")).to_have_value("-1")
    assert values(panels) == [-plain]
    panels.get_by_label("Bias").fill("0.5")
    panels.wait_for_function("explorer.setting.bias === 0.5")
    assert values(panels) == [0.5 - plain]
    panels.get_by_role("radio", name="Blur").check(force=True)
    expect(panels.get_by_text("looks the same after the turn: nothing changes")).to_be_visible()


def test_pooling_has_no_kernel(panels: Page) -> None:
    """In pooling the kernel's half says why it is empty."""
    show(panels, "mode=pool&k=2&s=2&pooling=average")
    expect(panels.get_by_text("Pooling has no weights and no bias: it takes the mean of each window")).to_be_visible()
    expect(panels.get_by_role("radio", name="Blur")).to_be_hidden()


def test_a_drawing_is_the_input(panels: Page) -> None:
    """What is drawn on the pad is on the stage at once, where it was drawn, and in the link."""
    show(panels, "n=4&k=1&kernel=identity")
    panels.get_by_label("Input", exact=True).select_option(label="Your drawing")
    pad = panels.get_by_label("Sketch pad")
    box = pad.bounding_box()
    assert box is not None
    panels.mouse.move(box["x"] + 0.1 * box["width"], box["y"] + 0.12 * box["height"])
    panels.mouse.down()
    panels.mouse.move(box["x"] + 0.9 * box["width"], box["y"] + 0.12 * box["height"], steps=8)
    panels.wait_for_function("explorer.view.values[1] > 0")
    panels.mouse.up()
    found = np.array(values(panels)).reshape(4, 4)
    assert (found[0] > 40).all()
    assert (found[1:] == 0).all()
    assert "x=" in panels.url
    assert len(panels.url) < 1500


@pytest.mark.parametrize(
    ("name", "raw", "sentence"),
    [
        ("notes.txt", b"hello", "notes.txt is not a picture"),
        ("broken.png", b"\x89PNG....", "This browser cannot read broken.png as a picture"),
        ("huge.jpg", bytes(16 * 1024 * 1024 + 1), "huge.jpg is larger than 16 MB"),
    ],
)
def test_a_file_that_is_no_photo(panels: Page, tmp_path: Path, name: str, raw: bytes, sentence: str) -> None:
    """A wrong file is refused in one sentence, and the photo before stays."""
    show(panels, "input=photo")
    open_photo(panels, tmp_path / name, raw)
    expect(panels.get_by_text(sentence).first).to_be_visible()
    assert setting(panels, "pick") == 1


def test_the_same_kernel_on_a_whole_photo(panels: Page, tmp_path: Path) -> None:
    """One's own photo is on the stage and, whole, before and after the kernel: every pixel as NumPy computes it."""
    picture = np.random.default_rng(2).integers(0, 256, (40, 60), dtype=np.uint8)
    show(panels, "input=photo&kernel=sobel-x&s=2&p=1&n=8&k=3")
    open_photo(panels, tmp_path / "own.png", png(picture))
    panels.get_by_text("40 × 60 → 20 × 30").wait_for()
    expect(panels.get_by_text("Width: n_out = floor((60 + 2 × 1 − 3) / 2) + 1 = 30")).to_be_visible()
    padded = np.pad(picture.astype(float), 1)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3))[::2, ::2]
    result = np.abs((windows * SOBEL).sum(axis=(2, 3)))
    span = np.sort(result.ravel())[int(result.size * 0.995)]
    assert np.abs(grey(panels, ".after") - np.clip(result / span * 255, 0, 255)).max() <= 1
    assert (grey(panels, ".before") == picture).all()
    square = area_average(picture[:, 10:50], (8, 8))
    assert np.abs(np.array(panels.evaluate("[...explorer.view.pixels[0]]")).reshape(8, 8) - square).max() <= 0.51
    panels.get_by_label("Shown").select_option(label="As a picture")
    expect(panels.get_by_text("Black: 0 and less. White: 255 and more.")).to_be_visible()


def grey(page: Page, canvas: str) -> NDArray[np.int64]:
    """The red of every pixel of a canvas."""
    width, rgba = page.evaluate(
        """(name) => {
            const canvas = document.querySelector(`canvas${name}`);
            const { width, height } = canvas;
            return [width, [...canvas.getContext("2d").getImageData(0, 0, width, height).data]];
        }""",
        canvas,
    )
    return np.array(rgba).reshape(-1, width, 4)[:, :, 0]


def test_a_pooled_photo_keeps_its_colours(panels: Page, tmp_path: Path) -> None:
    """Pooling takes each channel apart: the result is a colour picture."""
    picture = np.random.default_rng(3).integers(0, 256, (20, 30, 3), dtype=np.uint8)
    show(panels, "input=photo&channels=3&mode=pool&k=2&s=2")
    open_photo(panels, tmp_path / "own.png", png(picture))
    panels.get_by_text("20 × 30 → 10 × 15").wait_for()
    pooled = picture.reshape(10, 2, 15, 2, 3).max(axis=(1, 3))
    assert (grey(panels, ".after") == pooled[:, :, 0]).all()


def test_no_photo_is_computed_while_a_slider_moves(panels: Page) -> None:
    """The photo follows when the slider is released."""
    show(panels, "input=photo&k=3")
    panels.get_by_text("320 × 480 → 318 × 478").wait_for()
    panels.evaluate("explorer.change({ s: [2, 2] }, { commit: false, moving: 's' })")
    wait_frames(panels, 40)
    expect(panels.get_by_text("320 × 480 → 318 × 478")).to_be_visible()
    panels.evaluate("explorer.commit()")
    panels.get_by_text("320 × 480 → 159 × 239").wait_for()


def test_the_divider_is_a_slider(panels: Page) -> None:
    """Arrow keys move the divider between before and after."""
    show(panels, "input=photo")
    divider = panels.get_by_label("Divider between before and after")
    divider.focus()
    panels.keyboard.press("ArrowRight")
    expect(divider).to_have_attribute("aria-valuetext", "51 % before")


def test_listening(panels: Page) -> None:
    """A stride of 2 halves the values: half as long at the same rate, as long at half of it. Nothing plays unasked."""
    show(panels, "flat=1&n=20&kernel=identity&k=1&s=2")
    expect(panels.get_by_text("12,800 values at 8,000 a second: 1.6 s")).to_be_visible()
    expect(panels.get_by_text("6,400 values at 8,000 a second: 0.8 s")).to_be_visible()
    expect(panels.get_by_text("holds no tone above 2,000 Hz")).to_be_visible()
    panels.get_by_label("Result played at").select_option(label="4,000 values a second: the same length")
    expect(panels.get_by_text("6,400 values at 4,000 a second: 1.6 s")).to_be_visible()
    assert panels.evaluate("contexts") == 0
    stop = panels.get_by_role("button", name="Stop")
    expect(stop).to_be_disabled()
    panels.get_by_role("button", name="After").click()
    expect(stop).to_be_enabled()
    stop.click()
    expect(stop).to_be_disabled()
    assert panels.evaluate("contexts") == 1


def test_hidden_panels_cost_nothing(panels: Page) -> None:
    """While the panels are hidden a changed setting touches none of their elements."""
    show(panels, "input=photo")
    changes = panels.evaluate(
        """async () => {
            await new Promise((r) => setTimeout(r, 800));
            for (const name of [".content", ".photo"]) document.querySelector(name).hidden = true;
            let seen = 0;
            const watch = new MutationObserver((found) => (seen += found.length));
            watch.observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
            watch.takeRecords();
            explorer.change({ k: [5, 5], kernel: "blur", input: "digit" });
            await new Promise((r) => setTimeout(r, 600));
            return seen;
        }"""
    )
    assert changes == 0

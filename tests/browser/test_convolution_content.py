"""What lies on the convolution stage, in a real Chromium: its pixels, kernels, sounds and panels, against NumPy."""

from __future__ import annotations

import base64
import io
import json
import math
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

from cnnviz.base.paths import shipped_checkpoints
from cnnviz.charts.theme import component_css
from cnnviz.engine.card import load_arrays
from cnnviz.ui.convolution.content_words import CONTENT, PHOTO
from cnnviz.ui.shared.component_source import load
from tests.browser.explorer import titled
from tests.browser.modules import ORIGIN, answer, with_modules
from tests.browser.waiting import wait_frames

DEFAULTS = {
    "mode": "conv",
    "flat": False,
    "input": "numbers",
    "pick": 1,
    "channels": 1,
    "kernel": "random",
    "filter": 1,
    "flip": False,
    "pixels": None,
    "weights": None,
}

SOBEL = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
TEXTBOOK = {
    "identity": np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]]),
    "blur": np.full((3, 3), 1 / 9),
    "sharpen": np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
    "sobel-x": SOBEL,
    "sobel-y": SOBEL.T,
    "laplacian": np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]]),
    "emboss": np.array([[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]),
}


@cache
def sent() -> dict[str, Any]:
    """What the server sends, the same for the browser and for every test, whichever data set a test has."""
    return titled()


SIZES = [(1, 1), (1, 3), (3, 1), (2, 2), (4, 4), (5, 5), (1, 7), (7, 2), (11, 11)]


@pytest.fixture(scope="module")
def modules(browser: Browser) -> Iterator[Page]:
    """An empty page with the component's modules in `m` and a library of the server's content."""
    context = browser.new_context()
    page = context.new_page()
    with_modules(page)
    page.evaluate(
        """async ([origin, content]) => {
            const names = ["arithmetic/axis", "arithmetic/grid", "arithmetic/pack", "content/content",
                "content/kernels", "content/typednumbers", "photo/largefilter", "photo/sounds"];
            const loaded = await Promise.all(names.map((name) => import(`${origin}/convolution/component/${name}.js`)));
            globalThis.m = Object.assign({}, ...loaded);
            globalThis.library = m.createLibrary(content);
        }""",
        [ORIGIN, sent()],
    )
    yield page
    context.close()


def pixels(page: Page, size: tuple[int, int], **setting: Any) -> NDArray[np.float64]:
    """(channels, h, w) of a setting."""
    found = page.evaluate(
        "([s, size]) => m.pixelsOf(s, library, size).map((one) => [...one])", [DEFAULTS | setting, size]
    )
    return np.array(found).reshape(-1, *size)


def weights(page: Page, size: tuple[int, int], **setting: Any) -> NDArray[np.float64]:
    """(channels, kh, kw) of a setting."""
    found = page.evaluate(
        "([s, size]) => m.weightsOf(s, library, size).map((one) => [...one])", [DEFAULTS | setting, size]
    )
    return np.array(found).reshape(-1, *size)


def hashed(row: int, column: int, stream: int) -> int:
    """The number that row, column and stream decide, as it was before there were seeds and channels."""

    def mul(a: int, b: int) -> int:
        return (a * b) & 0xFFFFFFFF

    h = mul(row + 1, 0x9E3779B1) ^ mul(column + 1, 0x85EBCA6B) ^ mul(stream + 3, 0xC2B2AE35)
    h = mul(h ^ (h >> 15), 0x2C1B3C6D)
    h = mul(h ^ (h >> 12), 0x297A2D39)
    return h ^ (h >> 15)


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


# ---------------------------------------------------------------- pixels


def test_the_numbers_of_the_lesson_stay(modules: Page) -> None:
    """The first numbers and weights are those of every picture made before; other seeds and channels give others."""
    expected = [[hashed(y, x, 1) % 6 for x in range(9)] for y in range(7)]
    assert pixels(modules, (7, 9))[0].tolist() == expected
    assert weights(modules, (3, 5))[0].tolist() == [[hashed(y, x, 2) % 4 - 1 for x in range(5)] for y in range(3)]
    rgb = pixels(modules, (7, 9), channels=3)
    assert rgb[0].tolist() == expected
    assert len({each.tobytes() for each in [*rgb, pixels(modules, (7, 9), pick=2)[0]]}) == 4
    assert (
        len({each.tobytes() for each in [*weights(modules, (3, 3), channels=3), *weights(modules, (3, 3), filter=2)]})
        == 4
    )


def test_pixels_stay_when_the_input_grows(modules: Page) -> None:
    """A larger input has the same numbers at the same places."""
    assert (pixels(modules, (20, 30))[0, :6, :6] == pixels(modules, (6, 6))[0]).all()


@pytest.mark.parametrize("size", [(28, 28), (7, 7), (12, 20), (40, 40)])
def test_a_digit_is_averaged_by_area(modules: Page, size: tuple[int, int]) -> None:
    """At 28 x 28 a digit is the data set's own bytes, at other sizes the mean of what each pixel covers."""
    seven = np.frombuffer(base64.b64decode(sent()["digits"]["pixels"]), np.uint8).reshape(10, 28, 28)[7]
    found = pixels(modules, size, input="digit", pick=8)[0]
    fine = np.kron(seven, np.ones((10, 1)))  # so that the middle of another shape ends between two rows
    cut = round(28 * 10 * (1 - size[0] / size[1]) / 2)  # rows above and below
    assert np.abs(found - area_average(fine[cut : len(fine) - cut], size)).max() <= 0.5 + 1e-6
    assert size != (28, 28) or (found == seven).all()


@pytest.mark.parametrize("number", [0, 1])
def test_a_photo_is_its_middle_averaged(modules: Page, number: int) -> None:
    """A photo on the stage is the square in its middle: three channels in colour, one as Pillow's grey."""
    if len(sent()["photos"]) <= number:
        pytest.skip("scikit-learn's sample pictures are not there")
    modules.evaluate(
        """async (pick) => { while (!library.photos.at(pick).planes) await new Promise((r) => setTimeout(r, 20)); }""",
        number + 1,
    )
    picture = photo(number)
    middle = picture.crop((80, 0, 400, 320))
    setting = {"input": "photo", "pick": number + 1}
    grey = pixels(modules, (32, 32), **setting)[0]
    assert np.abs(grey - area_average(np.asarray(middle.convert("L"), float), (32, 32))).max() <= 1
    colour = pixels(modules, (20, 20), channels=3, **setting)
    for channel, plane in enumerate(np.asarray(middle, float).transpose(2, 0, 1)):
        assert np.abs(colour[channel] - area_average(plane, (20, 20))).max() <= 1


def test_typed_numbers_keep_their_places(modules: Page) -> None:
    """Typed rows stay in rows: a larger input has zeros beside them, a smaller one cuts them off."""
    typed = [[[1, 2, 3], [4, 5, 6]]]
    setting = {"input": "typed", "pixels": typed}
    assert pixels(modules, (2, 3), **setting).tolist() == typed
    assert pixels(modules, (3, 4), **setting)[0].tolist() == [[1, 2, 3, 0], [4, 5, 6, 0], [0, 0, 0, 0]]
    assert pixels(modules, (1, 2), **setting)[0].tolist() == [[1, 2]]
    assert (pixels(modules, (2, 3), channels=3, **setting) == np.array(typed)).all()


def test_signals(modules: Page) -> None:
    """A tone repeats after its period, a step is 0 and then 8, a chirp begins slow; all are small whole numbers."""
    flat = {"flat": True}
    tone = pixels(modules, (1, 40), input="tone", **flat)[0, 0]
    assert (tone[8:] == tone[:-8]).all()
    assert tone[:5].tolist() == [0, 6, 8, 6, 0]
    assert pixels(modules, (1, 10), input="step", **flat)[0, 0].tolist() == [0] * 5 + [8] * 5
    chirp = pixels(modules, (1, 64), input="chirp", **flat)[0, 0]
    crossings = np.flatnonzero(np.diff(np.sign(chirp)))
    assert (crossings < 32).sum() < (crossings >= 32).sum()
    for name in ("numbers", "tone", "step", "chirp", "noise"):
        found = pixels(modules, (1, 64), input=name, **flat)
        assert (found == np.round(found)).all()
        assert np.abs(found).max() <= 8


# ---------------------------------------------------------------- kernels


@pytest.mark.parametrize("name", TEXTBOOK)
def test_kernels_are_the_textbooks(modules: Page, name: str) -> None:
    """At 3 x 3 every named kernel has the weights of the textbooks, the same in all three channels."""
    found = weights(modules, (3, 3), kernel=name, channels=3)
    assert np.allclose(found, TEXTBOOK[name], atol=1e-15)


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_kernels_of_any_size_mean_the_same(modules: Page, size: tuple[int, int]) -> None:
    """At any size blur, sharpen and emboss keep even areas, Laplacian and Sobel answer them with 0."""
    total = {name: weights(modules, size, kernel=name).sum() for name in TEXTBOOK}
    for name in ("identity", "blur", "sharpen", "emboss"):
        assert math.isclose(total[name], 1, abs_tol=1e-12), name
    assert total["laplacian"] == 0
    if size[1] > 1:
        assert total["sobel-x"] == 0
    if size[0] > 1:
        assert total["sobel-y"] == 0


def test_larger_sobel_kernels(modules: Page) -> None:
    """Sobel is a smoothing across and a difference along, at 5 x 5 as OpenCV has it; 1 x 3 is the factor itself."""
    smooth, slope = np.array([1, 4, 6, 4, 1]), np.array([-1, -2, 0, 2, 1])
    assert (weights(modules, (5, 5), kernel="sobel-x")[0] == np.outer(smooth, slope)).all()
    assert (weights(modules, (5, 5), kernel="sobel-y")[0] == np.outer(slope, smooth)).all()
    assert weights(modules, (1, 3), kernel="sobel-x")[0].tolist() == [[-1, 0, 1]]
    assert weights(modules, (3, 1), kernel="sobel-x")[0].tolist() == [[1], [2], [1]]


def test_a_networks_filter(modules: Page) -> None:
    """A shipped network's filters are the file's own numbers, cut or filled with zeros around their middle."""
    filters = load_arrays(shipped_checkpoints() / "lenet5-mnist")["conv1.weight"].astype(float)  # (6, 1, 5, 5)
    setting = {"kernel": "lenet5-mnist", "filter": 4}
    assert (weights(modules, (5, 5), **setting)[0] == filters[3, 0]).all()
    assert (weights(modules, (3, 3), **setting)[0] == filters[3, 0, 1:4, 1:4]).all()
    assert (weights(modules, (7, 5), **setting)[0] == np.pad(filters[3, 0], ((1, 1), (0, 0)))).all()


def test_typed_weights_stay_around_the_middle(modules: Page) -> None:
    """Edited weights keep their place in the kernel when its size changes."""
    setting = {"kernel": "typed", "weights": [[[1, 2, 3], [4, 5, 6], [7, 8, 9]]]}
    assert weights(modules, (5, 5), **setting)[0, 1:4, 1:4].tolist() == setting["weights"][0]
    assert weights(modules, (1, 3), **setting)[0].tolist() == [[4, 5, 6]]
    assert weights(modules, (1, 1), **setting)[0].tolist() == [[5]]


def test_flipped_is_turned_by_half(modules: Page) -> None:
    """True convolution reverses both axes of the kernel."""
    plain = weights(modules, (3, 4), channels=3)
    assert (weights(modules, (3, 4), channels=3, flip=True) == plain[:, ::-1, ::-1]).all()


def test_same_question_same_arrays(modules: Page) -> None:
    """Arrays are made again only when something they depend on has changed, and quickly."""
    same = modules.evaluate(
        """(s) => [
            m.pixelsOf(s, library, [9, 9]) === m.pixelsOf({ ...s, kernel: "blur", bias: 3 }, library, [9, 9]),
            m.weightsOf(s, library, [3, 3]) === m.weightsOf({ ...s, input: "noise" }, library, [3, 3]),
            m.pixelsOf(s, library, [9, 9]) === m.pixelsOf(s, library, [9, 8]),
        ]""",
        DEFAULTS,
    )
    assert same == [True, True, False]


# ---------------------------------------------------------------- numbers as text


def test_packed_numbers_come_back(modules: Page) -> None:
    """Whatever was typed comes back exactly from a link, which leaves its letters as they are."""
    chance = np.random.default_rng(4)
    for shape in [(1, 1, 1), (1, 6, 6), (3, 2, 5), (1, 1, 64)]:
        values = np.where(chance.random(shape) < 0.5, 0, chance.normal(0, 10.0 ** chance.integers(-9, 5, shape)))
        text, back = modules.evaluate("(v) => [m.packNumbers(v), m.unpackNumbers(m.packNumbers(v))]", values.tolist())
        assert back == values.tolist()
        assert modules.evaluate("(x) => new URLSearchParams({ x }).toString()", text) == f"x={text}"


def test_a_drawing_is_short(modules: Page) -> None:
    """28 empty rows of 28 zeros take 6 characters each at most."""
    assert len(modules.evaluate("(v) => m.packNumbers(v)", np.zeros((1, 28, 28)).tolist())) <= 28 * 6


@pytest.mark.parametrize(
    "text",
    ["", "x", "1_", "1r1_2", "0*0", "0*65", "1*2*3", "1e999", "1e7", "1c2c3c4", "_", "1__2", "0x10", "1*99_1", "NaN"],
)
def test_bad_packed_numbers(modules: Page, text: str) -> None:
    """A text that is no packed numbers, or more of them than the stage has room for, is refused as a whole."""
    assert modules.evaluate("(text) => m.unpackNumbers(text)", text) is None


@pytest.mark.parametrize(
    ("text", "flat", "channels", "expected"),
    [
        ("1 2 3\n4,5,6", False, 1, [[[1, 2, 3], [4, 5, 6]]]),
        ("1; -2.5\n\n3 ;.5e1\n", False, 1, [[[1, -2.5], [3, 5]]]),
        ("1\t2,5\r\n3\t−4", False, 1, [[[1, 2.5], [3, -4]]]),
        ("1，2、3", False, 1, [[[1, 2, 3]]]),
        ("1\n2\n3", True, 1, [[[1, 2, 3]]]),
        ("1 2\n\n3 4\n\n5 6", False, 3, [[[1, 2]], [[3, 4]], [[5, 6]]]),
    ],
)
def test_typed_text(modules: Page, text: str, flat: bool, channels: int, expected: list[Any]) -> None:
    """Spaces, commas, semicolons and a spreadsheet's tabs part numbers; an empty line parts channels."""
    found = modules.evaluate(
        "([text, setting]) => m.readNumbers(text, setting)", [text, {"flat": flat, "channels": channels}]
    )
    assert found == {"channels": expected}


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("1 2\n3 x4", {"rule": "notNumber", "row": 2, "column": 2, "token": "x4"}),
        ("1 2 3\n4 5", {"rule": "ragged", "row": 2, "found": 2, "wanted": 3}),
        ("1\t\t3", {"rule": "emptyCell", "row": 1, "column": 2}),
        ("  \n", {"rule": "nothing"}),
        ("1 " * 65, {"rule": "tooMany", "found": "1 × 65"}),
        ("Infinity", {"rule": "notNumber", "row": 1, "column": 1, "token": "Infinity"}),
    ],
)
def test_typed_text_that_is_wrong(modules: Page, text: str, error: dict[str, Any]) -> None:
    """What is wrong is named with its row, its place in it and the text itself."""
    found = modules.evaluate("(text) => m.readNumbers(text, { flat: false, channels: 1 })", text)
    assert found == {"error": error}


# ---------------------------------------------------------------- large pictures and sounds

LAYERS = [
    {"kind": "conv", "k": 3, "p": 1, "s": 2, "d": 1},
    {"kind": "conv", "k": 4, "p": 5, "s": 1, "d": 3},
    {"kind": "transposed", "k": 3, "p": 1, "s": 2, "d": 1, "o": 1},
    {"kind": "transposed", "k": 2, "p": 0, "s": 3, "d": 2},
    *(
        {"kind": "pool", "k": 3, "p": 1, "s": 2, "d": 1, "ceil": ceil, "pooling": pooling}
        for ceil in (False, True)
        for pooling in ("max", "min", "average", "softmax")
    ),
]


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: "-".join(map(str, layer.values())))
def test_large_pictures_are_computed_as_small_ones(modules: Page, layer: dict[str, Any]) -> None:
    """Row by row the same layer gives the same numbers as the stage's, in every mode, in all channels."""
    differences = modules.evaluate(
        """(layer) => {
            const { pooling = "max", ...shape } = layer;
            const base = { o: 0, ceil: false, average: pooling === "average", ...shape };
            const axes = [{ ...base, n: 14 }, { ...base, n: 19 }];
            const make = (seed, n) => Float64Array.from({ length: n }, (_, i) => Math.sin(seed + i * i));
            const pixels = [1, 2, 3].map((seed) => make(seed, 14 * 19));
            const weights = shape.kind === "pool" ? [] : [4, 5, 6].map((seed) => make(seed, shape.k ** 2));
            const bias = shape.kind === "pool" ? 0 : 0.25;
            const whole = shape.kind === "pool" ? m.poolAll(axes, pooling, pixels).partial
                : [m.convolveAll(axes, pixels, weights, bias).values];
            const large = m.largeFilter({ axes, pooling, pixels, weights, bias });
            for (let y = 0; y < large.size[0]; y++) large.row(y);
            return whole.map((map, c) => [map.length - large.values[c].length,
                map.reduce((most, value, i) => Math.max(most, Math.abs(value - large.values[c][i])), 0)]);
        }""",
        layer,
    )
    assert len(differences) == (3 if layer["kind"] == "pool" else 1)
    for longer, difference in differences:
        assert longer == 0
        assert difference < 1e-5


def test_a_tone_at_another_rate_is_the_same_tone(modules: Page) -> None:
    """A tone resampled to another rate is the tone sampled there, and what that rate cannot hold is gone."""
    for hertz, rate, expected in [(440, 48000, 1), (440, 4000, 1), (3000, 4000, 0)]:
        found = np.array(
            modules.evaluate(
                """([hertz, rate]) => {
                    const tone = (_, i) => Math.sin((2 * Math.PI * hertz * i) / 8000);
                    return [...m.resampled(Float64Array.from({ length: 4000 }, tone), 8000, rate)];
                }""",
                [hertz, rate],
            )
        )
        assert len(found) == rate // 2
        middle = slice(rate // 20, -rate // 20)
        tone = expected * np.sin(2 * np.pi * hertz * np.arange(len(found)) / rate)
        assert np.abs(found - tone)[middle].max() < 0.02


def test_sounds_are_always_the_same(modules: Page) -> None:
    """Every sound is 12,800 values within half of what a loudspeaker takes, the same each time."""
    for name in ("melody", "voice", "sweep"):
        first, again = modules.evaluate("(name) => [[...m.soundOf(name)], [...m.soundOf(name)]]", name)
        assert first == again
        assert len(first) == 12_800
        assert math.isclose(max(map(abs, first)), 0.5, rel_tol=1e-9)


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
    data = {"language": "en", "strings": {"content": CONTENT, "photo": PHOTO}, **sent()}
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

"""The convolution stage in a real Chromium: its arithmetic is Python's, and it does what fingers and keys ask."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from cnnviz.arithmetic.conv import ConvSpec
from cnnviz.arithmetic.reference import convolve
from cnnviz.errors import ConfigurationError
from tests.browser.server import Server

ARITHMETIC = Path(__file__).parents[2] / "cnnviz" / "components" / "convolution" / "arithmetic.js"
NAMES = {"k": "kernel_size", "p": "padding", "d": "dilation", "n": "n"}

Configuration = dict[str, int]


def sample(count: int, seed: int, largest: int = 64) -> list[Configuration]:
    """Configurations from the whole range of the sliders."""
    generator = random.Random(seed)
    ranges = {"n": (1, largest), "k": (1, 11), "p": (0, 10), "s": (1, 8), "d": (1, 4)}
    return [{name: generator.randint(*ends) for name, ends in ranges.items()} for _ in range(count)]


def in_chromium(page: Page, configurations: list[Configuration], body: str) -> Any:
    """What the JavaScript `body`, given module `m` and configuration `c`, returns for each configuration."""
    script = """async ([source, configurations, body]) => {
        const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
        const m = await import(url);
        const ask = new Function("m", "c", body);
        return JSON.stringify(configurations.map((c) => ask(m, c)));
    }"""
    return json.loads(page.evaluate(script, [ARITHMETIC.read_text(encoding="utf-8"), configurations, body]))


def spec_of(c: Configuration) -> ConvSpec:
    """The same configuration for Python, without its input size."""
    return ConvSpec(c["k"], c["s"], c["p"], c["d"])


def by_python(c: Configuration) -> list[Any]:
    """Size, windows, readers, unused and repairs; size 0 and no more where torch refuses."""
    spec, n = spec_of(c), c["n"]
    try:
        size = spec.output_size(n)
    except ConfigurationError:
        repairs = {repair.parameter: repair.value for repair in spec.repairs(n)}
        return [0, [], [], [[name, repairs[full]] for name, full in NAMES.items() if full in repairs]]
    listed = [list(window) for window in spec.windows(n)], [list(outputs) for outputs in spec.readers(n)]
    return [size, listed, list(spec.unused(n)), []]


def test_javascript_and_python_are_the_same_table(page: Page) -> None:
    """3,000 configurations, a fifth of them with small inputs that torch refuses."""
    configurations = sample(2400, 0) + sample(600, 1, largest=8)
    body = """const size = m.outputSize(c);
        return [size, size ? [m.windows(c), m.readers(c)] : [], m.unused(c), m.repairs(c)];"""
    refused = 0
    for c, found in zip(configurations, in_chromium(page, configurations, body), strict=True):
        expected = json.loads(json.dumps(by_python(c)))
        found[3].sort(key=lambda repair: list(NAMES).index(repair[0]))
        refused += expected[0] == 0
        assert found == expected, c
    assert refused > 300


def test_the_sums_on_the_screen_are_the_slow_references(page: Page) -> None:
    """Every product and every sum of small stages equals Python's loops over the same pixels and weights."""
    configurations = [c for c in sample(200, 2, largest=9) if spec_of(c).repairs(c["n"]) == ()][:40]
    body = """const grid = (count, at) => Array.from({ length: count }, (_, r) =>
            Array.from({ length: count }, (_, col) => at(r, col)));
        const size = m.outputSize(c);
        return { pixels: grid(c.n, m.pixel), weights: grid(c.k, m.weight),
            sums: grid(size, (r, col) => m.outputValue(c, r, col)), first: m.products(c, 0, 0) };"""
    for c, found in zip(configurations, in_chromium(page, configurations, body), strict=True):
        steps = convolve(found["pixels"], found["weights"], spec_of(c))
        assert np.ravel(found["sums"]).tolist() == [step.sum for step in steps]
        assert found["first"] == [[product.pixel, product.weight] for product in steps[0].products]


def opened(page: Page, server: Server, link: str = "") -> Page:
    """The convolution page once its stage has drawn."""
    page.goto(f"{server.url}/convolution?{link}")
    expect(page.locator(".conv .input canvas")).to_be_visible(timeout=30_000)
    return page


def paused(page: Page, server: Server, link: str = "") -> Page:
    """The same at the first position."""
    opened(page, server, link)
    page.locator(".stage").focus()
    page.keyboard.press("Home")
    expect(page.locator(".count")).to_have_text(re.compile(r"^1 /"))
    return page


def slide(page: Page, label: str, keys: str, times: int = 1) -> None:
    """Move a native slider by keys, as a finger would."""
    slider = page.get_by_role("slider", name=label)
    slider.focus()
    for _ in range(times):
        page.keyboard.press(keys)


def test_formula_has_the_numbers_put_in(page: Page, server: Server) -> None:
    """Symbols, numbers and result; without the dilation while it is 1."""
    opened(page, server)
    formula = page.locator(".formula")
    expect(formula).to_have_attribute("aria-label", "n_out = floor((6 + 2 × 0 − 3) / 1) + 1 = 4")
    slide(page, "Stride S", "ArrowRight")
    expect(formula.locator(".result")).to_have_text("2")
    expect(page.locator(".unread")).to_have_text("Row and column 6 are never read.")
    slide(page, "Dilation D", "ArrowRight")
    expect(formula).to_have_attribute("aria-label", "n_out = floor((6 + 2 × 0 − 2 × (3 − 1) − 1) / 2) + 1 = 1")


def test_keys_step_through_the_output(page: Page, server: Server) -> None:
    """Arrows step, Home and End jump, space plays and pauses; every step is spoken."""
    paused(page, server)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".count")).to_have_text("6 / 16")
    expect(page.locator(".spoken")).to_have_text(re.compile(r"^Output row 2, column 2: −?\d+\.$"))
    page.keyboard.press("End")
    expect(page.locator(".count")).to_have_text("16 / 16")
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    expect(page.locator(".play")).to_have_attribute("title", "Pause")
    expect(page.locator(".count")).to_have_text("3 / 16", timeout=10_000)


def test_play_goes_on_when_a_slider_moves(page: Page, server: Server) -> None:
    """The stage keeps its loop over data changes; what was paused stays paused."""
    opened(page, server, "convolution_n=20")
    expect(page.locator(".play")).to_have_attribute("title", "Pause")
    slide(page, "Padding P", "ArrowRight")
    expect(page.locator(".count")).to_have_text(re.compile("/ 400$"))
    before = page.locator(".count").inner_text()
    expect(page.locator(".count")).not_to_have_text(before)
    page.locator(".play").click()
    slide(page, "Padding P", "ArrowRight")
    expect(page.locator(".count")).to_have_text(re.compile("/ 484$"))
    expect(page.locator(".play")).to_have_attribute("title", "Play")


def test_pointing_at_a_pixel_shows_all_its_readers(page: Page, server: Server) -> None:
    """The middle of 6 x 6 under 3 x 3 is read 9 times, the corner once; an output shows its own products."""
    paused(page, server)
    point(page, "input", 2, 2, cells=6)
    expect(page.locator(".sum")).to_have_text("Outputs that read the pixel in row 3, column 3: 9.")
    point(page, "input", 0, 0, cells=6)
    expect(page.locator(".sum")).to_have_text("Outputs that read the pixel in row 1, column 1: 1.")
    point(page, "output", 1, 2, cells=4)
    terms, total = page.locator(".sum").inner_text().replace("−", "-").replace("(", "").replace(")", "").split("=")
    factors = [tuple(map(int, term.split("×"))) for term in terms.split("+")]
    assert len(factors) == 9
    assert sum(pixel * weight for pixel, weight in factors) == int(total)
    expect(page.locator(".count")).to_have_text("1 / 16")


def point(page: Page, grid: str, row: int, column: int, cells: int) -> None:
    """Put the mouse on a cell; rows are numbered in the 20 pixels before the first."""
    box = page.locator(f".{grid} canvas").bounding_box()
    assert box is not None
    cell = (box["width"] - 23) / cells
    page.mouse.move(box["x"] + 20 + (column + 0.5) * cell, box["y"] + 20 + (row + 0.5) * cell)


def test_keys_walk_over_the_input(page: Page, server: Server) -> None:
    """What the mouse shows, the keyboard does: the readers of a pixel, spoken."""
    paused(page, server)
    page.locator(".input .frame").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".spoken")).to_have_text("Outputs that read the pixel in row 2, column 1: 2.")


def test_a_refused_size_keeps_the_picture(page: Page, server: Server) -> None:
    """The kernel hangs over the input; a button mends it in one press."""
    opened(page, server, "convolution_n=2&convolution_k=5")
    expect(page.locator(".none")).to_have_text("No output: the kernel spans 5, the padded input only 2.")
    expect(page.get_by_text("Kernel size can't be greater than actual input size")).to_be_visible()
    box = page.locator(".input canvas").bounding_box()
    assert box is not None
    assert box["width"] > 150
    page.get_by_role("button", name="Padding P = 2").click()
    expect(page.locator(".output figcaption")).to_have_text("Output 2 × 2")
    expect(page.locator(".none")).to_be_hidden()


def test_nothing_moves_for_who_asked_for_calm(browser: Browser, server: Server) -> None:
    """With prefers-reduced-motion the stage waits."""
    context = browser.new_context(locale="en-US", reduced_motion="reduce")
    page = opened(context.new_page(), server)
    expect(page.locator(".play")).to_have_attribute("title", "Play")
    page.wait_for_timeout(900)
    expect(page.locator(".count")).to_have_text("1 / 16")
    context.close()


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("link", ["", "convolution_n=64&convolution_p=10&convolution_k=11", "lang=zh&convolution_d=4"])
def test_nothing_overflows(browser: Browser, server: Server, width: int, link: str) -> None:
    """On a phone and on a laptop, small and large, in both languages; on the phone the input is above the output."""
    context = browser.new_context(locale="en-US", viewport={"width": width, "height": 900})
    page = opened(context.new_page(), server, link)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    stage, grid = page.locator(".stage").bounding_box(), page.locator(".input canvas").bounding_box()
    output = page.locator(".output figcaption").bounding_box()
    assert stage is not None
    assert grid is not None
    assert output is not None
    assert grid["x"] >= stage["x"]
    assert grid["x"] + grid["width"] <= stage["x"] + stage["width"]
    assert (output["y"] > grid["y"] + grid["height"]) == (width == 390)
    context.close()

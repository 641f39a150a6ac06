"""Flattening on the convolution page: the order of torch, said place by place, and the lines that do it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from playwright.sync_api import Browser, Page, expect

from cnnviz.ui.convolution.words import WORDS
from tests.browser.lines import run, torch_names
from tests.browser.modules import call, with_modules
from tests.browser.server import Server

PLACES = """const view = { shape: given.slice(1) };
const places = [];
for (let c = 0; c < given[0]; c++) for (let r = 0; r < given[1]; r++) for (let k = 0; k < given[2]; k++)
    places.push([m.placeOf(view, c, r, k), Object.values(m.sourceOf(view, m.placeOf(view, c, r, k)))]);
return places;"""
CODES = """const { kerasCode } = await import("/convolution/component/takeaway/kerascode.js");
const { axesOf, parseLink, sizeOf } = await import("/convolution/component/arithmetic/setting.js");
const setting = parseLink(given.link).setting;
const { mode, flat } = setting;
const view = { setting, mode, flat, axes: axesOf(setting), size: sizeOf(setting), refusal: null };
return [m.torchCode(view, given.words), kerasCode(view, given.words)];"""


@pytest.fixture(scope="module")
def modules(browser: Browser) -> Iterator[Page]:
    """A page that can import the component's modules."""
    context = browser.new_context()
    yield with_modules(context.new_page())
    context.close()


@pytest.fixture(scope="module")
def tab(browser: Browser, server: Server) -> Iterator[Page]:
    """The example "5. Flattened", chosen on the page; nothing moves."""
    context = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{server.url}/convolution")
    page.get_by_label("Example", exact=True).select_option(label="5. Flattened")
    expect(page.locator(".formula")).to_have_attribute("aria-label", re.compile(r"^n_out = 1 × 5 × 5 = 25\."))
    yield page
    context.close()


@pytest.mark.parametrize("shape", [(1, 5, 5), (3, 2, 4), (3, 1, 7), (2, 6, 1)])
def test_places_are_torchs(modules: Page, shape: tuple[int, int, int]) -> None:
    """Each value of (channels, height, width) goes where torch.flatten puts it, and comes from there."""
    flat = torch.arange(np.prod(shape)).reshape(shape).flatten()
    for place, (channel, row, column) in call(
        modules, "convolution/component/arithmetic/flatten.js", PLACES, list(shape)
    ):
        assert flat[place] == np.ravel_multi_index((channel, row, column), shape)


@pytest.mark.parametrize(
    ("link", "shape"), [("mode=flatten&n=4x3&channels=3", (3, 4, 3)), ("mode=flatten&n=5", (1, 5, 5))]
)
def test_the_lines_flatten(modules: Page, link: str, shape: tuple[int, int, int]) -> None:
    """PyTorch's run; Keras', which has the channels last, bring them to the front where there are several."""
    torch_lines, keras_lines = call(
        modules, "convolution/component/takeaway/code.js", CODES, {"link": link, "words": WORDS["takeaway"]}
    )
    x = torch.randn(1, *shape)
    assert torch.equal(run(torch_lines, torch_names(x), lambda layer: None), x.flatten(1))
    assert f"# {tuple(x.shape)} -> (1, {x.numel()})" in torch_lines
    assert "y = layers.Flatten()(x)" in keras_lines
    assert ("x = layers.Permute((3, 1, 2))(x)" in keras_lines) == (shape[0] > 1)


def test_the_example_flattens(tab: Page) -> None:
    """No kernel, no slider of one, nothing to predict; each step says where a value goes."""
    board = tab.locator(".conv canvas.live")
    expect(board).to_have_attribute(
        "aria-label", re.compile("^Maps: 1, each 5 × 5; flattened: 25 numbers in one row. ")
    )
    expect(tab.locator(".lessons p")).to_contain_text("16 maps of 5 × 5 become one row of 400")
    for name in ("Kernel size K", "Padding P", "Stride S", "Dilation D"):
        expect(tab.get_by_role("slider", name=name, exact=True)).to_be_hidden()
    expect(tab.locator(".predict")).to_be_hidden()
    tab.locator(".conv .restart").click()
    for _ in range(7):
        tab.locator(".conv .forward").click()
    expect(tab.locator(".count")).to_have_text("8 / 25")
    expect(tab.locator(".sum")).to_contain_text("in row 2, column 3 goes to place 8:")
    expect(tab.locator(".sum")).to_contain_text("(2 − 1) × 5 + 3 = 8")
    expect(board).to_have_attribute("aria-label", re.compile("row 2, column 3 goes to place 8:$"))


def test_a_cell_and_its_place_belong_together(tab: Page) -> None:
    """Pointed at in the map or in the row, the same pair is named; the keyboard finds it too."""
    for panel, row, column in (("input", 3, 1), ("output", 0, 16)):
        x, y = tab.locator(".conv").evaluate(
            """(root, [name, row, column]) => {
                const { stage } = root.explorer;
                stage.board.host.scrollIntoView({ block: "center" });
                const panel = stage.planNow().panels.find((one) => one.name === name);
                const box = stage.board.host.getBoundingClientRect();
                return [box.left + panel.x + (column + 0.5) * panel.cell, box.top + panel.y + (row + 0.5) * panel.cell];
            }""",
            [panel, row, column],
        )
        tab.mouse.move(x, y)
        expect(tab.locator(".sum")).to_contain_text("in row 4, column 2 goes to place 17:")
        tab.mouse.move(2, 2)
    tab.locator(".cursor.input").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
        tab.keyboard.press(key)
    expect(tab.locator(".sum")).to_contain_text("in row 2, column 2 goes to place 7:")
    tab.keyboard.press("Escape")


def test_three_maps_follow_each_other(tab: Page) -> None:
    """The second map begins at place 26; the panel tells PyTorch's order from Keras'."""
    tab.locator(".conv").evaluate("(root) => root.explorer.change({ channels: 3, step: 1 })")
    expect(tab.locator(".formula")).to_have_attribute("aria-label", re.compile(r"^n_out = 3 × 5 × 5 = 75\."))
    tab.locator(".stage").press("End")
    expect(tab.locator(".sum")).to_contain_text("in map 3, row 5, column 5 goes to place 75:")
    expect(tab.locator(".sum")).to_contain_text("(3 − 1) × 25 + (5 − 1) × 5 + 5 = 75")
    expect(tab.get_by_test_id("stTabs")).to_contain_text("they must be reordered")


def test_back_to_a_convolution(tab: Page) -> None:
    """Formula, sliders and prediction are there again."""
    tab.get_by_label("Example", exact=True).select_option(label="6. Fully connected, 120 units")
    expect(tab.locator(".formula")).to_have_attribute("aria-label", "n_out = floor((5 + 2 × 0 − 5) / 1) + 1 = 1")
    expect(tab.get_by_role("slider", name="Kernel size K", exact=True)).to_be_visible()
    expect(tab.locator(".predict")).to_be_visible()

"""The page Networks in a real browser: the drawing's modules alone, and what follows the finger."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from cnnviz.models.registry import MODELS
from cnnviz.models.summary import summarize
from cnnviz.ui.networks.choice import plain
from cnnviz.ui.networks.dissection import family
from tests.browser.modules import call, with_modules
from tests.browser.server import Server

SLOW = 60_000  # ms: the first visitor waits for torch's import

LAID_OUT = """
    const { foldable, folded, openAtFirst } = await import("/network/folding.js");
    const readable = given.map((layer) => ({
        ...layer, inputs: layer.inputs.length ? layer.inputs.map((name) => name || "@picture") : ["@picture"],
    }));
    const all = [{ name: "@picture", family: "input", shape: [3, 32, 32], inputs: [] }, ...readable];
    const names = foldable(readable);
    const plan = (open) => m.layOut(
        folded(all, names, open),
        (node) => node.members[node.members.length - 1].shape,
        (node) => node.layer?.family ?? "block",
        (node) => [node.name],
        names.filter((name) => open.has(name)),
    );
    const shown = ({ boxes, width, height }) => ({
        boxes: boxes.map(({ node, x, y, width, height }) => ({ name: node.name, x, y, width, height })), width, height,
    });
    const first = openAtFirst(readable, names);
    return { names, open: [...first], first: shown(plan(first)), all: shown(plan(new Set(names))) };
"""


@pytest.fixture(scope="module")
def modules(browser: Browser) -> Iterator[Page]:
    """An empty page that can import the modules of cnnviz/components."""
    context = browser.new_context()
    yield with_modules(context.new_page())
    context.close()


def layers(name: str) -> list[dict[str, Any]]:
    """A network as the component gets it."""
    choice = plain(name)
    return [
        {
            "name": layer.name,
            "family": family(layer),
            "shape": list(layer.output_shape),
            "inputs": list(layer.inputs),
        }
        for layer in summarize(choice.outline(), choice.input_size)
    ]


@pytest.mark.parametrize("name", MODELS)
def test_no_two_blocks_overlap(modules: Page, name: str) -> None:
    """Whatever branches, every block has its own place inside the drawing, at first and with all unfolded."""
    plan = call(modules, "network/layout.js", LAID_OUT, layers(name))
    for view in ("first", "all"):
        boxes = plan[view]["boxes"]
        for box in boxes:
            assert box["x"] >= 0
            assert box["y"] >= 0
            assert box["x"] + box["width"] <= plan[view]["width"]
            assert box["y"] + box["height"] <= plan[view]["height"]
        for i, one in enumerate(boxes):
            for other in boxes[i + 1 :]:
                beside = one["x"] + one["width"] <= other["x"] or other["x"] + other["width"] <= one["x"]
                above = one["y"] + one["height"] <= other["y"] or other["y"] + other["height"] <= one["y"]
                assert beside or above, (view, one, other)
    assert len(plan["all"]["boxes"]) == len(layers(name)) + 1


def test_what_folds(modules: Page) -> None:
    """Residual blocks fold, 50 of them once more by stages; the first is open so that a branch is seen."""
    small = call(modules, "network/layout.js", LAID_OUT, layers("resnet18"))
    assert small["names"][:2] == ["layer1.0", "layer1.1"]
    assert small["open"] == ["layer1.0"]
    large = call(modules, "network/layout.js", LAID_OUT, layers("resnet152"))
    assert large["names"][:4] == ["layer1", "layer2", "layer3", "layer4"]
    assert "layer3" not in large["open"]
    assert call(modules, "network/layout.js", LAID_OUT, layers("basic-block"))["names"] == []


def test_reach_is_the_summarys(modules: Page) -> None:
    """conv2 of LeNet: value 0 starts two pixels outside the picture; the last ends two outside."""
    body = "return [m.reach(given, 0, 28), m.reach(given, 9, 28), m.margin(given, 10, 28)];"
    first, last, margin = call(modules, "field/reach.js", body, {"field": 14, "jump": 2, "start": -2})
    assert (first["first"], first["inside"]) == (-2, 12)
    assert (last["last"], last["inside"]) == (29, 12)
    assert margin == 2


def test_blocks_by_hand_and_by_keyboard(page: Page, server: Server) -> None:
    """A click and the arrow keys choose a layer; the select box, the link and the facts follow."""
    page.goto(f"{server.url}/networks")
    block = page.locator('.nw-block[data-name="conv2"]')
    expect(block).to_be_visible(timeout=SLOW)
    block.click()
    expect(page).to_have_url(re.compile("networks_layer=conv2"), timeout=SLOW)
    expect(page.locator(".nw-say")).to_contain_text("conv2: Conv2d")
    expect(block).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("networks_layer=pool2"), timeout=SLOW)
    door = page.get_by_role("link", name="Open in the convolution page")
    expect(door).to_have_attribute("href", re.compile("mode=pool"), timeout=SLOW)
    door.click()
    expect(page.get_by_role("heading", name="Convolution", exact=True)).to_be_visible(timeout=SLOW)
    assert "n=10" in page.url


def test_folding_stays_in_the_browser(page: Page, server: Server) -> None:
    """Enter unfolds a block, its handle folds it again, and the focus stays in the drawing."""
    page.goto(f"{server.url}/networks?networks_model=resnet18")
    block = page.locator('.nw-block[data-name="layer1.1"]')
    expect(block).to_have_attribute("aria-expanded", "false", timeout=SLOW)
    block.focus()
    page.keyboard.press("Enter")
    inside = page.locator('.nw-block[data-name="layer1.1.conv1"]')
    expect(inside).to_be_focused()
    page.locator('.nw-handle[data-fold="layer1.1"]').click()
    expect(inside).to_have_count(0)


def test_shapes_follow_the_typing(page: Page, server: Server) -> None:
    """A kernel too large turns its row red with mends; the first mend makes the network whole again."""
    page.goto(f"{server.url}/networks?networks_view=own")
    row = page.locator('.bp-row[data-row="3"]')
    expect(row.locator(".bp-out")).to_have_text("16×10×10", timeout=SLOW)
    kernel = row.locator(".bp-option", has_text="kernel_size").locator("input")
    kernel.fill("3")
    expect(row.locator(".bp-out")).to_have_text("16×12×12", timeout=SLOW)
    kernel.fill("15")
    expect(page.get_by_role("alert")).to_contain_text("kernel_size must fit", timeout=SLOW)
    page.get_by_role("button", name="Set padding to 1").click()
    expect(row.locator(".bp-out")).to_have_text("16×2×2", timeout=SLOW)
    expect(page.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize("query", ["networks_model=googlenet", "networks_view=table", "networks_view=own"])
def test_fits_on_a_phone(browser: Browser, server: Server, query: str) -> None:
    """At 390 pixels what is wide scrolls inside its own box."""
    context = browser.new_context(locale="en-US", viewport={"width": 390, "height": 844})
    try:
        page = context.new_page()
        page.goto(f"{server.url}/networks?{query}")
        expect(page.locator(".nw-block").first).to_be_visible(timeout=SLOW)
        assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
    finally:
        context.close()

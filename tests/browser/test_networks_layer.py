"""The chosen layer in a real browser: its link computed by the page's own modules, its map under the finger."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.modules import call, with_modules
from tests.browser.server import Server
from tests.browser.waiting import SLOW, at_rest
from tests.ui.openings import CASES, opened

COMPUTED = """
    const { axesOf, parseLink } = m;
    const { pixelsOf, weightsOf } = await import("/convolution/content/content.js");
    const { convolveAll, poolAll } = await import("/convolution/arithmetic/grid.js");
    const { outputSize } = await import("/convolution/arithmetic/axis.js");
    const { setting, problems } = parseLink(given);
    const axes = axesOf(setting);
    const library = { networks: new Map(), memory: {} };
    const pixels = pixelsOf(setting, library, axes.map(({ n }) => n));
    const weights = weightsOf(setting, library, axes.map(({ k }) => k));
    const pool = setting.mode === "pool";
    const { values } = pool ? poolAll(axes, setting.pooling, pixels) : convolveAll(axes, pixels, weights, setting.bias);
    return { problems, size: axes.map(outputSize), values: [...values] };
"""


@pytest.fixture(scope="module")
def modules(browser: Browser) -> Iterator[Page]:
    """An empty page that can import the modules of cnnviz/components."""
    context = browser.new_context()
    yield with_modules(context.new_page())
    context.close()


@pytest.mark.parametrize("case", CASES, ids=[f"{network}-{layer}" for network, layer, _index, _read in CASES])
def test_the_link_computes_the_layer(modules: Page, case: tuple[str, str, int, int]) -> None:
    """The convolution page's own modules read the link without a problem and make of it what torch makes."""
    one = opened(*case)
    found = call(modules, "convolution/arithmetic/setting.js", COMPUTED, one.link)
    assert found["problems"] == []
    got = np.array(found["values"]).reshape(found["size"])
    assert got.shape == one.cut.shape
    assert (np.abs(got - one.cut) <= one.slack).all()


def test_pointing_at_the_map(page: Page, server: Server) -> None:
    """The arrow keys move the box; measured influence is shown for the middle value."""
    page.goto(f"{server.url}/networks?networks_layer=conv2")
    says = page.locator(".fd-say")
    expect(says).to_contain_text("Row 6, column 6: the value sees 14 × 14 pixels", timeout=SLOW)
    page.locator(".fd-map").focus()
    for _step in range(5):
        page.keyboard.press("ArrowUp")
    expect(says).to_contain_text("Row 1, column 6: the value sees a box of 14 × 14 pixels, of which 12 × 14 lie")
    page.get_by_text("Random weights", exact=True).click()
    expect(page.locator(".fd-picture-says")).to_contain_text("the middle values of all maps span 14 × 14", timeout=SLOW)
    expect(page.locator(".fd-heat")).to_be_visible()


def test_where_no_position_is_left(page: Page, server: Server) -> None:
    """A fully connected layer: the picture with what its pixels count, and no map to point at."""
    page.goto(f"{server.url}/networks?networks_layer=fc3")
    expect(page.locator(".fd-picture-says")).to_contain_text("of the pixels move this value", timeout=SLOW)
    expect(page.locator(".fd-map")).to_be_hidden()


def test_the_door(page: Page, server: Server) -> None:
    """The link brings the layer's numbers, and the page draws its map."""
    page.goto(f"{server.url}/networks?networks_model=alexnet")
    door = page.get_by_role("link", name="Open in the convolution page")
    expect(door).to_be_visible(timeout=SLOW)
    assert len(door.get_attribute("href") or "") < 8000
    door.click()
    expect(page.get_by_label("Kernel size K").first).to_have_value("11", timeout=SLOW)
    expect(page).to_have_url(re.compile("k=11&p=2&s=4&input=typed&kernel=typed"))


def test_fits_on_a_phone(browser: Browser, server: Server) -> None:
    """At 390 pixels nothing is wider than the page."""
    context = browser.new_context(locale="en-US", viewport={"width": 390, "height": 844})
    try:
        page = context.new_page()
        page.goto(f"{server.url}/networks?networks_model=resnet18&networks_layer=layer4.0.add")
        expect(page.locator(".fd-picture")).to_be_visible(timeout=SLOW)
        at_rest(page)
        assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
        for part in (".st-key-networks_way", ".st-key-networks_pair"):
            box = page.locator(part).bounding_box()
            assert box is not None
            assert box["x"] + box["width"] <= 390
    finally:
        context.close()

"""The film of the page Training in a real browser: its modules by hand, and the whole by keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from cnnviz.engine.config import TrainConfig
from cnnviz.engine.train import train
from cnnviz.runs.store import Store
from tests.browser.modules import call, with_modules
from tests.browser.server import app_server
from tests.browser.waiting import SLOW
from tests.engine.conftest import threads_put_back  # noqa: F401 - a fixture

WRITTEN = """
  window.written = [];
  const { fillText } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.fillText = function (text, ...place) {
    window.written.push(text);
    return fillText.call(this, text, ...place);
  };
"""
FRAMES = """range => new Promise(done => {
  const seen = [];
  const look = () => seen.push(range.value) < 30 ? requestAnimationFrame(look) : done(seen);
  requestAnimationFrame(look);
})"""


@pytest.fixture(scope="module")
def modules(browser: Browser) -> Iterator[Page]:
    """An empty page that can import the modules of the components."""
    context = browser.new_context()
    yield with_modules(context.new_page())
    context.close()


@pytest.mark.parametrize(
    ("place", "color"), [({"t": 0}, [0, 0, 0]), ({"t": 1}, [255, 255, 255]), ({"t": 0.5}, [128, 128, 128])]
)
def test_between_two_epochs_tiles_are_blended(modules: Page, place: dict, color: list[int]) -> None:
    """On the scale of the whole film, zero in the middle."""
    body = """
      const box = document.body.appendChild(document.createElement("div"));
      const tile = (value) => ({ tiles: Int8Array.of(value), shape: [1, 1, 1, 1], span: 2 });
      const grey = Uint32Array.from({ length: 256 }, (_, i) => 0xff000000 | (i << 16) | (i << 8) | i);
      m.drawSheet(box, tile(-127), tile(127), given.t, 2, grey);
      return Array.from(box.firstChild.getContext("2d").getImageData(2, 2, 1, 1).data.slice(0, 3));
    """
    assert call(modules, "training/component/timemachine/sheets.js", body, place) == color


def trained(home: Path) -> None:
    """Two epochs of LeNet-5 on digits, every one kept."""
    config = TrainConfig(data="digits", epochs=2, batch_size=256, device="cpu")
    store = Store(home / "runs.sqlite3")
    run, token = store.add_here(config)
    for event in train(config, directory=store.record(run).directory):
        store.append(run, token, event)
    store.end(run, token, "finished")
    store.close()


def edges(page: Page, selector: str) -> dict[str, float]:
    """Of the first such element on the page, whatever shadow it is in."""
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    return {"left": box["x"], "right": box["x"] + box["width"], "top": box["y"], "bottom": box["y"] + box["height"]}


@pytest.mark.usefixtures("threads_put_back")
def test_the_pad_stands_beside_the_film(page: Page, own_home: Path) -> None:
    """At 1280 x 800 pad, answer and maps are whole and side by side; what is drawn is answered; the axes have names."""
    trained(own_home)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.add_init_script(WRITTEN)
    with app_server(own_home) as server:
        page.goto(f"{server.url}/training?lang=en&training_pin=3")
        said = page.locator(".fl-said")
        expect(said).to_contain_text("Test picture 3, true class ", timeout=SLOW)  # torch first
        expect(page.locator(".fl-matrix canvas")).to_be_visible()
        assert {"predicted class \u2192", "\u2190 true class"} <= set(page.evaluate("window.written"))
        page.locator(".st-key-training_film_draw label").click()
        pad = page.locator("canvas.pad")
        expect(pad).to_be_visible(timeout=SLOW)
        page.locator(".st-key-training_film_pin").evaluate(
            "each => { each.scrollIntoView(); each.closest('[data-testid=stMain]').scrollBy(0, -70); }"
        )
        expect(page.locator(".fl-drawing")).to_be_attached(timeout=SLOW)
        pad_edges, answer, maps = (edges(page, each) for each in ("canvas.pad", ".fl-answer", ".fl-maps"))
        assert pad_edges["right"] < answer["left"] < answer["right"] <= maps["left"]
        assert all(0 <= each["top"] < each["bottom"] <= 800 for each in (pad_edges, answer, maps))
        pad.focus()
        for key in ("Space", *["ArrowDown"] * 12, "Space"):
            page.keyboard.press(key)
        expect(said).to_contain_text("Your drawing", timeout=SLOW)
        page.get_by_role("button", name="Next", exact=True).click()
        expect(said).to_contain_text("Test picture 4, true class ", timeout=SLOW)
        expect(pad).to_have_count(0, timeout=SLOW)
        page.set_viewport_size({"width": 390, "height": 800})
        page.locator(".st-key-training_film_draw label").click()
        expect(pad).to_be_visible(timeout=SLOW)
        assert edges(page, "canvas.pad")["bottom"] < edges(page, ".fl-head")["top"]
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.usefixtures("threads_put_back")
def test_the_film_goes_by_keyboard(page: Page, own_home: Path) -> None:
    """Home, the arrows, End and the space bar move everything, and what is shown is said; played with less motion."""
    trained(own_home)
    page.emulate_media(reduced_motion="reduce")
    with app_server(own_home) as server:
        page.goto(f"{server.url}/training?training_pin=3")
        scrubber = page.get_by_role("slider", name="Epoch", exact=True)
        expect(scrubber).to_be_visible()
        said = page.locator(".fl-said")
        expect(said).to_contain_text(re.compile(r"^Epoch 2\. .*Test picture 3, true class "))  # torch first
        scrubber.focus()
        page.keyboard.press("Home")
        expect(said).to_contain_text("Epoch 0: before training")
        page.keyboard.press("ArrowRight")
        expect(said).to_contain_text(re.compile(r"^Epoch 1\."))
        page.keyboard.press("Space")
        expect(page.get_by_role("button", name="Hold", exact=True)).to_be_visible()
        assert set(scrubber.evaluate(FRAMES)) <= {"0", "1", "2"}
        page.keyboard.press("Space")
        page.keyboard.press("End")
        expect(said).to_contain_text(re.compile(r"^Epoch 2\."))
        page.set_viewport_size({"width": 390, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= 390

"""The convolution page: a slider under the finger, frames while it plays, a release, each against native Streamlit.

Limits: N = 16 in 37 ms (95th percentile), 32 in 50, 64 in 100; 55 frames a second; 2,000 bytes; 300 ms (median).
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, WebSocket, sync_playwright

from cnnviz.commands.bench import Row
from tests.browser import chromium
from tests.browser.server import app_server
from tests.conftest import COMPLETE_DATA

MOVES = 100
SETTINGS = {
    "N = 16": ("n=16", 16),
    "N = 32": ("n=32", 32),
    "N = 64": ("n=64", 64),
    "N = 32, three channels": ("n=32&channels=3", 32),
    "N = 32, max pooling": ("n=32&mode=pool&k=2&s=2", 32),
}

# The plain way: the same two grids by NumPy, shown by Streamlit, at every release of its own slider.
NATIVE = """
import numpy as np
import streamlit as st

n = st.slider("Input size N", 3, 64, int(st.query_params.get("n", 16)))
pixels = np.random.default_rng(1).integers(0, 6, (n, n))
sums = np.lib.stride_tricks.sliding_window_view(pixels, (3, 3)).sum((2, 3))
for grid in (pixels, sums):
    st.image(np.kron(grid / grid.max(), np.ones((8, 8))))
st.write(f"From {n} to {n - 2}")
"""

# taken: ms from an `input` event until the callback of the second frame after it, which is when the first one has been
# painted. answered: ms from a key press until `selector` holds `text`.
LISTEN = """
window.bench = { taken: [], pressed: 0, answered: null };
document.addEventListener("input", () => {
  const began = performance.now();
  requestAnimationFrame(() => requestAnimationFrame(() => bench.taken.push(performance.now() - began)));
}, true);
document.addEventListener("keydown", () => (bench.pressed = performance.now()), true);
bench.watch = (selector, text) => {
  bench.answered = null;
  const observer = new MutationObserver(() => {
    const shown = document.querySelector(selector)?.textContent ?? "";
    if (!shown.includes(text)) return;
    observer.disconnect();
    bench.answered = performance.now() - bench.pressed;
  });
  observer.observe(document.body, { childList: true, subtree: true, characterData: true });
};
"""

# A script in the finger's place: at any moment of a frame, where Chromium hands on a real one's moves at its beginning.
DISPATCH = """
async (range, [values, count]) => {
  for (let move = 0; move < count; move++) {
    await new Promise((done) => setTimeout(done, 40 + 17 * Math.random()));
    range.value = values[move % 2];
    range.dispatchEvent(new Event("input", { bubbles: true, composed: true }));
  }
  range.dispatchEvent(new Event("change", { bubbles: true }));
}
"""

# The same with nothing moved: what this browser on this machine needs for two frames.
EMPTY = """
async (count) => {
  const taken = [];
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  for (let move = 0; move < count; move++) {
    await new Promise((done) => setTimeout(done, 40 + 17 * Math.random()));
    const began = performance.now();
    await frame();
    await frame();
    taken.push(performance.now() - began);
  }
  return taken;
}
"""

# Frames a second over three seconds of an empty loop, beside whatever else moves.
FRAMES = """
() => new Promise((done) => {
  const began = performance.now();
  let frames = 0;
  (function next() {
    const seconds = (performance.now() - began) / 1000;
    if (seconds > 3) return done(frames / seconds);
    frames++;
    requestAnimationFrame(next);
  })();
})
"""


def run() -> Iterator[Row]:
    """Milliseconds and bytes in headless Chromium at 1280 x 900, the stage playing as it does on opening."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        script = Path(folder) / "native.py"
        script.write_text(NATIVE)
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.ARGUMENTS)
        for name in ("ours", "native"):
            (Path(folder) / name).mkdir()
        with (
            app_server(Path(folder) / "ours", COMPLETE_DATA) as ours,
            app_server(Path(folder) / "native", script=str(script)) as native,
        ):
            yield from _sliders(browser, ours.url, native.url)
            yield _playing(browser, ours.url)
            yield from _releases(browser, ours.url, native.url)
        browser.close()


def _sliders(browser: Browser, ours: str, native: str) -> Iterator[Row]:
    plain = {n: _native_moves(browser, native, n) for n in (16, 32, 64)}
    for what, (link, n) in SETTINGS.items():
        page = _opened(browser, f"{ours}/convolution?{link}")
        dragged, dispatched = _dragged(page, n), _dispatched(page, n)
        empty = p95(page.evaluate(EMPTY, MOVES))
        page.context.close()
        for how, taken in (("dragged by the mouse", dragged), ("dispatched by a script", dispatched)):
            beside = f"median {statistics.median(taken):.1f}; nothing moved {empty:.1f}"
            title = f"{what}: input {how} to the second frame, 95th percentile ({beside})"
            yield Row(title, p95(taken), p95(plain[n]), "ms")


def _opened(browser: Browser, address: str, listen: Callable[[WebSocket], None] = lambda socket: None) -> Page:
    page = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US").new_page()
    page.on("websocket", listen)
    page.add_init_script(LISTEN)
    page.goto(address)
    slider(page).wait_for(timeout=60_000)
    page.wait_for_timeout(5000)  # all is fetched, the heavy imports in the background are done
    return page


def slider(page: Page) -> Locator:
    """Ours or Streamlit's, which is labelled by its text."""
    return page.get_by_role("slider", name="Input size N").first


def _dragged(page: Page, n: int) -> list[float]:
    """The mouse holds the thumb and goes to and fro between `n` and its neighbour."""
    box = slider(page).bounding_box()
    assert box is not None
    thumb = 20

    def place(value: int) -> float:
        return box["x"] + thumb / 2 + (box["width"] - thumb) * (value - 1) / 63

    height = box["y"] + box["height"] / 2
    page.mouse.move(place(n), height)
    page.mouse.down()
    page.wait_for_timeout(300)
    page.evaluate("bench.taken = []")
    for move in range(MOVES):
        page.mouse.move(place(n - 1 if move % 2 == 0 else n), height)
        page.wait_for_timeout(40 + 7 * move % 17)
    page.wait_for_timeout(200)
    taken = _taken(page)
    page.mouse.up()
    page.wait_for_timeout(1500)  # the server has answered the release
    return taken


def _dispatched(page: Page, n: int) -> list[float]:
    page.evaluate("bench.taken = []")
    slider(page).evaluate(DISPATCH, [[n - 1, n], MOVES])
    page.wait_for_timeout(200)
    return _taken(page)


def _taken(page: Page) -> list[float]:
    taken: list[float] = page.evaluate("bench.taken")
    if len(taken) < MOVES / 2:
        raise RuntimeError(f"the slider moved {len(taken)} times of {MOVES}")
    return taken


def _native_moves(browser: Browser, url: str, n: int) -> list[float]:
    page = _opened(browser, f"{url}/?n={n}")
    taken = [
        answered(page, "ArrowLeft" if move % 2 == 0 else "ArrowRight", "body", f"From {n - 1 if move % 2 == 0 else n} ")
        for move in range(30)
    ]
    page.context.close()
    return taken


def answered(page: Page, key: str, selector: str, text: str) -> float:
    """Milliseconds from `key` on the slider until `selector` shows `text`."""
    slider(page).focus()
    page.evaluate("([selector, text]) => bench.watch(selector, text)", [selector, text])
    page.keyboard.press(key)
    page.wait_for_function("bench.answered !== null", polling=50)
    page.wait_for_timeout(150)
    taken: float = page.evaluate("bench.answered")
    return taken


def _playing(browser: Browser, url: str) -> Row:
    page = _opened(browser, f"{url}/convolution?n=32")
    page.locator(".restart").click()
    page.locator(".play").click()
    playing = page.evaluate(FRAMES)
    if page.locator(".play").get_attribute("title") != "Pause":
        raise RuntimeError("the stage did not play")
    page.locator(".play").click()
    still = page.evaluate(FRAMES)
    page.context.close()
    what = f"N = 32: a frame while it plays ({playing:.1f} a second), against one at rest ({still:.1f})"
    return Row(what, 1000 / playing, 1000 / still, "ms")


def _releases(browser: Browser, ours: str, native: str) -> Iterator[Row]:
    """Toggling N between 28 and 29 by keys, each press a release."""
    page, sent = _counted(browser, f"{ours}/convolution?n=28")
    heard, most = releases(page), max(sent)
    page, sent = _counted(browser, f"{native}/?n=28")
    plain = releases(page, selector="body", text="From {} ")
    yield Row("a release until the Python panels show it, median", *map(statistics.median, (heard, plain)), "ms")
    yield Row("a release until the Python panels show it, 95th percentile", p95(heard), p95(plain), "ms")
    yield Row("largest message of a release", most, max(sent), "bytes")


def _counted(browser: Browser, address: str) -> tuple[Page, list[int]]:
    """The page, and the bytes of every message that it sends from now on."""
    sizes: list[int] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", lambda data: sizes.append(len(data)))

    page = _opened(browser, address, listen)
    sizes.clear()
    return page, sizes


def releases(
    page: Page, count: int = 30, selector: str = "[data-testid=stTabs]", text: str = "{} + 2 × 0 − 3"
) -> list[float]:
    """Milliseconds from the press of an arrow on N, 28 and 29 in turn, until `selector` shows `text` with it."""
    moves = [(("ArrowRight", 29), ("ArrowLeft", 28))[move % 2] for move in range(count)]
    return [answered(page, key, selector, text.format(n)) for key, n in moves]


def p95(values: list[Any]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(values, n=20)[-1]


if __name__ == "__main__":
    sys.exit(print(*run(), sep="\n"))

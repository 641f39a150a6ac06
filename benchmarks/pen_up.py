"""From pen up to every picture redrawn, against the round trip to the server that any answer from Python would need."""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from cnnviz.commands.bench import Row
from tests.browser import chromium
from tests.browser.server import app_server
from tests.browser.test_home import DIGITS, draw
from tests.conftest import COMPLETE_DATA

# "cnn-shown" comes from the component when all is painted; the frame after it is on the screen. Of the messages after
# a stroke the last one is Streamlit's "script finished": by then the drawing is in the session.
_LISTEN = """
window.bench = { up: 0, shown: [], sent: [], received: [] };
addEventListener("pointerup", () => (bench.up = performance.now()), true);
addEventListener("cnn-shown", (event) => {
  const forward = event.detail;
  requestAnimationFrame(() => setTimeout(() => bench.shown.push([performance.now(), forward])));
});
const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (data) { bench.sent.push(performance.now()); return send.call(this, data); };
window.WebSocket = class extends WebSocket {
  constructor(...given) {
    super(...given);
    this.addEventListener("message", () => bench.received.push(performance.now()));
  }
};
"""

# A pointer that moves in every frame for three seconds: [frames a second, redrawn frames a second, ms a forward pass].
_DRAW_ALL_THE_TIME = """
(pad) => new Promise((done) => {
  const box = pad.getBoundingClientRect();
  pad.setPointerCapture = () => {};
  const point = (kind, turn) => pad.dispatchEvent(new PointerEvent(kind, { pointerId: 1, button: 0, bubbles: true,
    clientX: box.left + box.width * (0.5 + 0.3 * Math.sin(turn)),
    clientY: box.top + box.height * (0.5 + 0.3 * Math.cos(1.3 * turn)) }));
  const began = performance.now();
  bench.shown = [];
  point("pointerdown", 0);
  let frames = 0;
  (function next() {
    const seconds = (performance.now() - began) / 1000;
    if (seconds < 3) {
      point("pointermove", 2 * seconds);
      frames++;
      requestAnimationFrame(next);
      return;
    }
    point("pointerup", 2 * seconds);
    done([frames / seconds, bench.shown.length / seconds,
      bench.shown.reduce((sum, [, forward]) => sum + forward, 0) / bench.shown.length]);
  })();
})
"""

_IDLE_FRAMES = """
() => new Promise((done) => {
  const began = performance.now();
  let frames = 0;
  (function next() {
    if (performance.now() - began > 2000) return done(frames / 2);
    frames++;
    requestAnimationFrame(next);
  })();
})
"""


def run(strokes: int = 30) -> Iterator[Row]:
    """Milliseconds in headless Chromium at 1280 pixels; required: a median below 300."""
    with (
        tempfile.TemporaryDirectory() as home,
        app_server(Path(home), COMPLETE_DATA) as server,
        sync_playwright() as play,
    ):
        browser = play.chromium.launch(executable_path=chromium.find(), args=chromium.ARGUMENTS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.add_init_script(_LISTEN)
        page.goto(server.url)
        page.locator(".winner b").wait_for(timeout=60_000)
        page.wait_for_timeout(8000)  # the heavy imports in the background are done
        measured = [_stroke(page, index) for index in range(strokes)]
        idle = page.evaluate(_IDLE_FRAMES)
        frames, redrawn, forward = page.locator("canvas.pad").evaluate(_DRAW_ALL_THE_TIME)
        browser.close()
    shown, kept = zip(*measured, strict=True)
    yield Row(
        "pen up to all pictures redrawn, against the server's answer, median", _median(shown), _median(kept), "ms"
    )
    yield Row(
        "pen up to all pictures redrawn, against the server's answer, 95th percentile", _p95(shown), _p95(kept), "ms"
    )
    what = f"a frame while drawing ({redrawn:.0f} redrawn a second, forward pass {forward:.1f} ms), against one at rest"
    yield Row(what, 1000 / frames, 1000 / idle, "ms")


def _stroke(page: Page, index: int) -> tuple[float, float]:
    """One digit; ms from the last pen up until all is on the screen, and until the server has the drawing."""
    page.evaluate("Object.assign(bench, { shown: [], sent: [], received: [] })")
    draw(page, DIGITS[index % len(DIGITS)])
    page.wait_for_timeout(1200)
    seen: dict[str, Any] = page.evaluate("bench")
    up = seen["up"]
    shown = min(time for time, _ in seen["shown"] if time > up)
    page.get_by_role("button", name="Clear").click()
    page.wait_for_timeout(800)
    return shown - up, max(seen["received"]) - up


def _median(values: tuple[float, ...]) -> float:
    return statistics.median(values)


def _p95(values: tuple[float, ...]) -> float:
    return statistics.quantiles(values, n=20)[-1]


if __name__ == "__main__":
    sys.exit(print(*run(), sep="\n"))

"""Our GIF encoder in a real Chromium, read back by Pillow."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageSequence
from playwright.sync_api import Page

from tests.browser.modules import call, with_modules

# Encode what `draw(context, index)` draws; returns the file and the frames it was made of, both base64.
ENCODE = """
    const { width, height, delays, draw, comment } = given;
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const context = canvas.getContext("2d", { willReadFrequently: true });
    const paint = new Function("context", "index", draw);
    const frame = (index) => { paint(context, index); return context.getImageData(0, 0, width, height).data; };
    const text = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
    const shares = [];
    const file = await m.encodeGif({ width, height, delays, frame, comment, progress: (share) => shares.push(share) });
    return { file: text(file), frames: delays.map((_, index) => text(frame(index))), shares };
"""

# The look of the stage: flat tiles, antialiased numbers and frames, a window that moves.
STAGE = """
    const c = context;
    c.globalAlpha = 1; c.fillStyle = "#FDFCFA"; c.fillRect(0, 0, 640, 300);
    for (let i = 0; i < 36; i++) {
        const [x, y] = [20 + (i % 6) * 44, 20 + Math.floor(i / 6) * 44];
        c.globalAlpha = 0.1 + (i % 5) * 0.09; c.fillStyle = "#0B63B0";
        c.beginPath(); c.roundRect(x, y, 42, 42, 4); c.fill();
        c.globalAlpha = 1; c.fillStyle = "#1E2126"; c.font = "500 18px sans-serif"; c.fillText(i % 6, x + 16, y + 28);
    }
    for (let i = 0; i <= index; i++) {
        const [x, y] = [400 + (i % 4) * 44, 60 + Math.floor(i / 4) * 44];
        c.globalAlpha = 0.16 + i * 0.018; c.fillStyle = "#00725A";
        c.beginPath(); c.roundRect(x, y, 42, 42, 4); c.fill();
        c.globalAlpha = 1; c.fillStyle = "#1E2126"; c.fillText(i * 3 - 20, x + 8, y + 28);
    }
    c.strokeStyle = "#A85400"; c.lineWidth = 3;
    c.beginPath(); c.roundRect(19.5 + (index % 4) * 44, 19.5 + Math.floor(index / 4) * 44, 132, 132, 5); c.stroke();
"""


def encoded(page: Page, draw: str, delays: list[int], size: tuple[int, int] = (640, 300), comment: str = "") -> Any:
    """The file, the frames it was made of (RGB) and the progress that was told."""
    given = {"width": size[0], "height": size[1], "delays": delays, "draw": draw, "comment": comment}
    found = call(with_modules(page), "convolution/component/takeaway/gif.js", ENCODE, given)
    shape = (size[1], size[0], 4)
    frames = [np.frombuffer(base64.b64decode(one), np.uint8).reshape(shape)[..., :3] for one in found["frames"]]
    return base64.b64decode(found["file"]), frames, found["shares"]


def decoded(file: bytes) -> list[np.ndarray]:
    """Every frame as Pillow shows it, RGB."""
    return [np.asarray(frame.convert("RGB")) for frame in ImageSequence.Iterator(Image.open(io.BytesIO(file)))]


def test_the_stage_comes_back(page: Page) -> None:
    """16 steps of a 6 x 6 stage: the same pictures but for antialiasing, for ever, below 300 kB."""
    delays = [250] * 15 + [1500]
    file, frames, shares = encoded(page, STAGE, delays)
    image = Image.open(io.BytesIO(file))
    assert (image.format, image.size, image.n_frames, image.info["loop"]) == ("GIF", (640, 300), 16, 0)  # type: ignore[attr-defined]
    assert [frame.info["duration"] for frame in ImageSequence.Iterator(image)] == delays
    for got, expected in zip(decoded(file), frames, strict=True):
        difference = np.abs(got.astype(int) - expected)
        assert difference.max() <= 24
        assert difference.mean() < 0.05
        assert (difference.max(axis=2) == 0).mean() > 0.98  # flat colours are exact
    assert len(file) < 120_000
    assert shares == sorted(shares)
    assert shares[-1] == 1


@pytest.mark.parametrize("colors", [1, 2, 3, 4, 16, 17, 255])
def test_few_colours_are_exact(page: Page, colors: int) -> None:
    """Up to 255 colours none is changed, whatever the width of the codes is."""
    draw = f"""for (let i = 0; i < 40 * 30; i++) {{
        const color = (i * 7 + index * 3) % {colors};
        context.fillStyle = `rgb(${{color}}, ${{(color * 91) % 256}}, ${{255 - color}})`;
        context.fillRect(i % 40, Math.floor(i / 40), 1, 1);
    }}"""
    file, frames, _ = encoded(page, draw, [100, 40, 20], (40, 30))
    for got, expected in zip(decoded(file), frames, strict=True):
        assert np.array_equal(got, expected)


def test_noise_fills_the_table_of_codes(page: Page) -> None:
    """Random pixels use every code and start anew; a picture of thousands of colours stays close to itself."""
    draw = """let seed = 7 + index;
        const next = () => (seed = Math.imul(seed, 1664525) + 1013904223 >>> 0) >>> 24;
        for (let i = 0; i < 120 * 90; i++) {
            context.fillStyle = `rgb(${next() & 248}, ${(i % 120) * 2}, ${Math.floor(i / 120) * 2})`;
            context.fillRect(i % 120, Math.floor(i / 120), 1, 1);
        }"""
    file, frames, _ = encoded(page, draw, [100, 100], (120, 90))
    for got, expected in zip(decoded(file), frames, strict=True):
        assert np.abs(got.astype(int) - expected).mean() < 16


def test_a_still_second_costs_nothing(page: Page) -> None:
    """Frames that change nothing take a few bytes each, and keep their time."""
    draw = "context.fillStyle = '#0B63B0'; context.fillRect(0, 0, 300, 200);"
    once, _, _ = encoded(page, draw, [100], (300, 200))
    often, frames, _ = encoded(page, draw, [100] * 40, (300, 200))
    assert len(often) - len(once) < 40 * 30
    assert [np.array_equal(got, frames[0]) for got in decoded(often)] == [True] * 40


def test_the_comment_holds_the_link(page: Page) -> None:
    """Longer than one block of 255, and not only ASCII."""
    comment = "http://classroom.test/convolution?lang=zh&n=28&x=" + "卷" * 200
    file, _, _ = encoded(page, "", [100], (8, 8), comment)
    assert Image.open(io.BytesIO(file)).info["comment"].decode() == comment


def test_it_stops_when_told(page: Page) -> None:
    """An abort ends the work with the signal's reason, long before the last frame."""
    body = """const control = new AbortController();
        let painted = 0;
        const frame = () => { if (++painted === 5) control.abort(); return new Uint8ClampedArray(4 * 64); };
        const asked = { width: 8, height: 8, delays: Array(300).fill(50), frame, signal: control.signal };
        return await m.encodeGif(asked).catch((error) => [error.name, painted]);"""
    assert call(with_modules(page), "convolution/component/takeaway/gif.js", body) == ["AbortError", 5]


def test_the_page_stays_alive(page: Page) -> None:
    """After a frame that took long the page has its turn: a click is answered while frames are made."""
    body = """let turns = 0;
        const timer = setInterval(() => turns++, 1);
        const seen = [];
        const frame = () => {
            for (const start = performance.now(); performance.now() - start < 15; );
            seen.push(turns);
            return new Uint8ClampedArray(4 * 64);
        };
        await m.encodeGif({ width: 8, height: 8, delays: Array(20).fill(50), frame });
        clearInterval(timer);
        return seen;"""
    seen = call(with_modules(page), "convolution/component/takeaway/gif.js", body)
    assert len(seen) == 40  # once for the palette, once for the file
    assert len(set(seen)) > 20  # a timer of the page ran between most of them


def test_kept_colours_are_exact(page: Page) -> None:
    """A colour of the theme that only ten pixels have stays what it is among thousands."""
    body = """const pixels = new Uint8ClampedArray(4 * 128 * 128);
        const colors = new Uint32Array(pixels.buffer);
        colors.forEach((_, i) => { colors[i] = 0xff000000 | (i * 97) % 0x20000; });
        colors.fill(0xffc43f5b, 0, 10);
        const asked = { width: 128, height: 128, delays: [50], frame: () => pixels, keep: [0xc43f5b] };
        return [...(await m.encodeGif(asked))];"""
    (frame,) = decoded(bytes(call(with_modules(page), "convolution/component/takeaway/gif.js", body)))
    assert frame[0, :10].tolist() == [[0x5B, 0x3F, 0xC4]] * 10

"""Our GIF encoder in Node, read back by Pillow: colours, codes, time, comment, and that work can be stopped."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageSequence

from tests.js.node import call

GIF = "convolution/component/takeaway/gif.js"
# Encode what `draw(pixels, index)` writes into 0xAABBGGRR pixels; the file and the frames it was made of, both base64.
ENCODE = """
    const { width, height, delays, draw, comment } = given;
    const paint = new Function("pixels", "index", draw);
    const pixels = new Uint32Array(width * height).fill(0xff000000);
    const frame = (index) => {
        paint(pixels, index);
        return new Uint8ClampedArray(pixels.slice().buffer);
    };
    const text = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
    const file = await m.encodeGif({ width, height, delays, frame, comment });
    return { file: text(file), frames: delays.map((_, index) => text(frame(index))) };
"""


def encoded(draw: str, delays: list[int], size: tuple[int, int], comment: str = "") -> Any:
    """The file, and the frames it was made of (RGB)."""
    found = call(GIF, ENCODE, {"width": size[0], "height": size[1], "delays": delays, "draw": draw, "comment": comment})
    shape = (size[1], size[0], 4)
    frames = [np.frombuffer(base64.b64decode(one), np.uint8).reshape(shape)[..., :3] for one in found["frames"]]
    return base64.b64decode(found["file"]), frames


def decoded(file: bytes) -> list[np.ndarray]:
    """Every frame as Pillow shows it, RGB."""
    return [np.asarray(frame.convert("RGB")) for frame in ImageSequence.Iterator(Image.open(io.BytesIO(file)))]


@pytest.mark.parametrize("colors", [1, 2, 3, 4, 16, 17, 255])
def test_few_colours_are_exact(colors: int) -> None:
    """Up to 255 colours none is changed, whatever the width of the codes is."""
    draw = f"""for (let i = 0; i < 40 * 30; i++) {{
        const color = (i * 7 + index * 3) % {colors};
        pixels[i] = 0xff000000 | ((255 - color) << 16) | (((color * 91) % 256) << 8) | color;
    }}"""
    file, frames = encoded(draw, [100, 40, 20], (40, 30))
    for got, expected in zip(decoded(file), frames, strict=True):
        assert np.array_equal(got, expected)


def test_noise_fills_the_table_of_codes() -> None:
    """Random pixels use every code and start anew; a picture of thousands of colours stays close to itself."""
    draw = """let seed = 7 + index;
        const next = () => (seed = Math.imul(seed, 1664525) + 1013904223 >>> 0) >>> 24;
        for (let i = 0; i < 120 * 90; i++)
            pixels[i] = 0xff000000 | (Math.floor(i / 120) * 2 << 16) | ((i % 120) * 2 << 8) | (next() & 248);"""
    file, frames = encoded(draw, [100, 100], (120, 90))
    for got, expected in zip(decoded(file), frames, strict=True):
        assert np.abs(got.astype(int) - expected).mean() < 16


def test_a_still_second_costs_nothing() -> None:
    """Frames that change nothing take a few bytes each, and keep their time."""
    draw = "pixels.fill(0xffb0630b);"
    once, _ = encoded(draw, [100], (300, 200))
    often, frames = encoded(draw, [100] * 40, (300, 200))
    assert len(often) - len(once) < 40 * 30
    assert [np.array_equal(got, frames[0]) for got in decoded(often)] == [True] * 40


def test_the_comment_holds_the_link() -> None:
    """Longer than one block of 255, and not only ASCII."""
    comment = "http://classroom.test/convolution?lang=zh&n=28&x=" + "卷" * 200
    file, _ = encoded("", [100], (8, 8), comment)
    assert Image.open(io.BytesIO(file)).info["comment"].decode() == comment


def test_it_stops_when_told() -> None:
    """An abort ends the work with the signal's reason, long before the last frame."""
    body = """const control = new AbortController();
        let painted = 0;
        const frame = () => { if (++painted === 5) control.abort(); return new Uint8ClampedArray(4 * 64); };
        const asked = { width: 8, height: 8, delays: Array(300).fill(50), frame, signal: control.signal };
        return await m.encodeGif(asked).catch((error) => [error.name, painted]);"""
    assert call(GIF, body) == ["AbortError", 5]


def test_others_have_their_turn() -> None:
    """After a frame that took long a timer goes off, as a click on the page would be answered."""
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
    seen = call(GIF, body)
    assert len(seen) == 40  # once for the palette, once for the file
    assert len(set(seen)) > 20


def test_kept_colours_are_exact() -> None:
    """A colour of the theme that only ten pixels have stays what it is among thousands."""
    body = """const pixels = new Uint8ClampedArray(4 * 128 * 128);
        const colors = new Uint32Array(pixels.buffer);
        colors.forEach((_, i) => { colors[i] = 0xff000000 | (i * 97) % 0x20000; });
        colors.fill(0xffc43f5b, 0, 10);
        const asked = { width: 128, height: 128, delays: [50], frame: () => pixels, keep: [0xc43f5b] };
        return [...(await m.encodeGif(asked))];"""
    (frame,) = decoded(bytes(call(GIF, body)))
    assert frame[0, :10].tolist() == [[0x5B, 0x3F, 0xC4]] * 10

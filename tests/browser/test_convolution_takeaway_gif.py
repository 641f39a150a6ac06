"""Our GIF encoder on a painted stage in a real Chromium, read back by Pillow; tests/js/test_gif.py has the rest."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
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

"""The stage's layout in Node: every grid has room."""

from __future__ import annotations

import itertools

from cnnviz.arithmetic.setting import CHOICES
from tests.js.node import call

LAID_OUT = """
globalThis.innerHeight = 900; // of the window
const { parseLink, axesOf, sizeOf } = await load("convolution/component/arithmetic/setting.js");
const { refusalOf } = await load("convolution/component/arithmetic/axis.js");
const outside = [];
for (const [link, width, ratio] of given) {
    const setting = parseLink(link).setting;
    const axes = axesOf(setting);
    const { mode, flat, channels } = setting;
    const refusal = axes.find(refusalOf) ?? null;
    const shape = axes.map(({ n }) => n);
    const view = { setting, axes, mode, flat, refusal, shape, size: sizeOf(setting), pixels: Array(channels).fill() };
    const plan = m.layOut(view, width, 420, ratio);
    for (const { name, x, y, cell, rows, columns } of plan.panels) {
        const fits = x >= 0 && y >= 0 && x + columns * cell <= plan.width + 1 && y + rows * cell <= plan.height + 1;
        if (!fits || !(cell > 0)) outside.push(`${link} on ${width} at ${ratio}: ${name}`);
    }
}
return outside;
"""


def test_every_grid_has_room() -> None:
    """From a phone to a projector, in every mode and at the ends of every slider: nothing is cut off."""
    names = ("mode", "n", "k", "s", "d", "p", "channels", "flat")
    every = itertools.product(
        CHOICES["mode"], ("1", "6", "64", "2x64"), (1, 3, 11), (1, 8), (1, 4), (0, 5, 10), (1, 3), (0, 1)
    )
    links = ["&".join(f"{name}={value}" for name, value in zip(names, values, strict=True)) for values in every]
    given = list(itertools.product(links, (330, 358, 620, 950, 1500), (1, 2)))
    assert call("convolution/component/stage/layout.js", LAID_OUT, given) == []

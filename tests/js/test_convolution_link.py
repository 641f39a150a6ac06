"""The link of a chosen layer in Node: the convolution page's modules compute from it what torch does."""

from __future__ import annotations

import numpy as np
import pytest

from tests.inspection.links import CASES, linked
from tests.js.node import call

COMPUTED = """
    const { axesOf, parseLink } = m;
    const { pixelsOf, weightsOf } = await load("convolution/component/content/content.js");
    const { convolveAll, poolAll } = await load("convolution/component/arithmetic/grid.js");
    const { outputSize } = await load("convolution/component/arithmetic/axis.js");
    const { setting, problems } = parseLink(given);
    const axes = axesOf(setting);
    const library = { networks: new Map(), memory: {} };
    const pixels = pixelsOf(setting, library, axes.map(({ n }) => n));
    const weights = weightsOf(setting, library, axes.map(({ k }) => k));
    const pool = setting.mode === "pool";
    const { values } = pool ? poolAll(axes, setting.pooling, pixels) : convolveAll(axes, pixels, weights, setting.bias);
    return { problems, size: axes.map(outputSize), values: [...values] };
"""


@pytest.mark.parametrize("case", CASES, ids=[f"{network}-{layer}" for network, layer, _index, _read in CASES])
def test_the_link_computes_the_layer(case: tuple[str, str, int, int]) -> None:
    """The convolution page's own modules read the link without a problem and make of it what torch makes."""
    one = linked(*case)
    found = call("convolution/component/arithmetic/setting.js", COMPUTED, one.link)
    assert found["problems"] == []
    got = np.array(found["values"]).reshape(found["size"])
    assert got.shape == one.cut.shape
    assert (np.abs(got - one.cut) <= one.slack).all()

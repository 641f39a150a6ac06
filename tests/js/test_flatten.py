"""Flattening in Node: the order of torch, and the lines that do it."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from cnnviz.ui.convolution.words import WORDS
from tests.browser.lines import run, torch_names
from tests.js.node import call

PLACES = """const view = { shape: given.slice(1) };
const places = [];
for (let c = 0; c < given[0]; c++) for (let r = 0; r < given[1]; r++) for (let k = 0; k < given[2]; k++)
    places.push([m.placeOf(view, c, r, k), Object.values(m.sourceOf(view, m.placeOf(view, c, r, k)))]);
return places;"""


CODES = """const { kerasCode } = await load("convolution/component/takeaway/kerascode.js");
const { axesOf, parseLink, sizeOf } = await load("convolution/component/arithmetic/setting.js");
const setting = parseLink(given.link).setting;
const { mode, flat } = setting;
const view = { setting, mode, flat, axes: axesOf(setting), size: sizeOf(setting), refusal: null };
return [m.torchCode(view, given.words), kerasCode(view, given.words)];"""


@pytest.mark.parametrize("shape", [(1, 5, 5), (3, 2, 4), (3, 1, 7), (2, 6, 1)])
def test_places_are_torchs(shape: tuple[int, int, int]) -> None:
    """Each value of (channels, height, width) goes where torch.flatten puts it, and comes from there."""
    flat = torch.arange(np.prod(shape)).reshape(shape).flatten()
    for place, (channel, row, column) in call("convolution/component/arithmetic/flatten.js", PLACES, list(shape)):
        assert flat[place] == np.ravel_multi_index((channel, row, column), shape)


@pytest.mark.parametrize(
    ("link", "shape"), [("mode=flatten&n=4x3&channels=3", (3, 4, 3)), ("mode=flatten&n=5", (1, 5, 5))]
)
def test_the_lines_flatten(link: str, shape: tuple[int, int, int]) -> None:
    """PyTorch's run; Keras', which has the channels last, bring them to the front where there are several."""
    torch_lines, keras_lines = call(
        "convolution/component/takeaway/code.js", CODES, {"link": link, "words": WORDS["takeaway"]}
    )
    x = torch.randn(1, *shape)
    assert torch.equal(run(torch_lines, torch_names(x), lambda layer: None), x.flatten(1))
    assert f"# {tuple(x.shape)} -> (1, {x.numel()})" in torch_lines
    assert "y = layers.Flatten()(x)" in keras_lines
    assert ("x = layers.Permute((3, 1, 2))(x)" in keras_lines) == (shape[0] > 1)

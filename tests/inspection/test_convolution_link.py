"""A layer in a link: what the convolution page reads from it is the layer, its weights and its map, rounded."""

from __future__ import annotations

import re
from urllib.parse import parse_qs

import numpy as np
import pytest
from torch import nn

from cnnviz.arithmetic.conv import ConvSpec
from cnnviz.arithmetic.pooling import PoolSpec
from cnnviz.arithmetic.setting import Setting
from cnnviz.inspection.convolution_link import LONGEST, Link, Refusal, covering, make_link, pack, setting_of
from cnnviz.inspection.pairing import Pairing
from cnnviz.models.registry import MODELS
from cnnviz.models.summary import LayerInfo, summarize
from tests.arithmetic.reference import convolve, output
from tests.inspection.links import CASES, Linked, Values, linked, of_pair

IDS = [f"{network}-{layer}" for network, layer, _index, _read in CASES]


def unpacked(text: str) -> Values:
    """The rows of one channel, as `pack.js` reads them."""
    rows = []
    for row in text.split("r"):
        parts = [re.fullmatch(r"(-?(?:\d+\.?\d*|\.\d+)(?:e-?\d+)?)(?:\*(\d+))?", part) for part in row.split("_")]
        rows.append([float(part.group(1)) for part in parts if part for _time in range(int(part.group(2) or 1))])
        assert None not in parts
    return np.array(rows)


def pooled(pixels: Values, spec: PoolSpec) -> Values:
    """Pooling by its windows: padding counts in a mean and never wins."""
    padding = [spec.axis(axis).before for axis in (0, 1)]
    edge = -np.inf if spec.kind == "max" else 0.0
    padded = np.pad(pixels, [(each, each) for each in padding], constant_values=edge)
    take = np.max if spec.kind == "max" else np.mean
    down, across = (spec.axis(axis).windows(pixels.shape[axis]) for axis in (0, 1))
    return np.array([[take(padded[np.ix_(rows, columns)]) for columns in across] for rows in down])


def shown(case: Linked) -> Values:
    """What the convolution page computes of the link, by the app's own arithmetic."""
    query = {name: values[0] for name, values in parse_qs(case.link).items()}
    setting = Setting.from_link(case.link)
    pixels = unpacked(query["x"])
    assert pixels.shape == setting.n
    if isinstance(setting.spec, PoolSpec):
        return pooled(pixels, setting.spec)
    spec = ConvSpec(setting.k, setting.s, setting.p, setting.d)
    return output(convolve(pixels, unpacked(query["w"]), spec, setting.bias))


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_the_page_computes_the_layer(case: tuple[str, str, int, int]) -> None:
    """Every value is torch's of the same pair within the rounding; and the layer's own, but for a cut's edges."""
    one = linked(*case)
    got = shown(one)
    assert got.shape == one.cut.shape
    assert (np.abs(got - one.cut) <= one.slack).all()
    above, beside, down, across = one.inside
    assert got[down, across].size > 0
    assert (np.abs(got[down, across] - one.whole[above, beside]) <= one.slack[down, across]).all()


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_links_stay_short(case: tuple[str, str, int, int]) -> None:
    """Below 8,000 characters with the address before it, and as much of the map as fits."""
    one = linked(*case)
    assert len(one.link) <= LONGEST
    if one.made.is_cut:
        side = len(one.made.rows)
        assert side <= 64
        assert side > 55 or len(one.link) > 0.8 * LONGEST


def test_numbers_are_the_layers() -> None:
    """K, P, S stay the layer's where its map is cut; the cut begins at a step of the layer."""
    one = linked("alexnet", "features.0", 23, 1)
    setting = Setting.from_link(one.link)
    assert (setting.k, setting.p, setting.s) == ((11, 11), (2, 2), (4, 4))
    assert (one.made.of, one.made.rows.start % 4, one.made.columns.start % 4) == ((224, 224), 0, 0)
    wide = Setting.from_link(linked("inception-v3", "Mixed_6b.branch7x7_2.conv", 1, 2).link)
    assert (wide.k, wide.p, wide.apart) == ((1, 7), (0, 3), True)


def test_a_dilated_layer() -> None:
    """No network of the zoo dilates; the door can."""
    layer = nn.Conv2d(2, 3, 3, padding=2, dilation=2)
    setting = setting_of(info_of(layer, (2, 20, 20)), layer)
    assert isinstance(setting, Setting)
    maps = np.random.default_rng(0).normal(size=(2, 20, 20)).astype(np.float32)
    filters, biases = layer.weight.detach().numpy(), layer.bias.detach().numpy()  # type: ignore[union-attr]
    one = of_pair(Pairing(setting, maps, filters, biases), 1, 1)
    assert (np.abs(shown(one) - one.whole) <= one.slack).all()


def test_adaptive_pooling_as_plain_pooling() -> None:
    """Where the sizes divide it is average pooling with K = S; where they do not, a sentence says why it stays shut."""
    setting = setting_of(info_of(nn.AdaptiveAvgPool2d(2), (4, 6, 6)))
    assert isinstance(setting, Setting)
    assert (setting.mode, setting.pooling, setting.k, setting.s) == ("pool", "average", (3, 3), (3, 3))
    refusal = setting_of(info_of(nn.AdaptiveAvgPool2d(4), (4, 6, 6)))
    assert isinstance(refusal, Refusal)
    assert refusal.message.format(**refusal.values).startswith("It makes 4 × 4 of 6 × 6")


@pytest.mark.parametrize(
    ("layer", "shape", "says"),
    [
        (nn.ReLU(), (4, 8, 8), "Nothing slides here"),
        (nn.Conv2d(4, 4, 3, groups=2), (4, 8, 8), "in 2 groups"),
        (nn.Conv2d(4, 4, 2, padding="same"), (4, 8, 8), "pads the two ends differently"),
        (nn.Conv2d(4, 4, 3, padding=1, padding_mode="reflect"), (4, 8, 8), "not with zeros"),
        (nn.AvgPool2d(3, 1, 1, count_include_pad=False), (4, 8, 8), "does not count the padding"),
        (nn.Conv2d(1, 1, 13), (1, 28, 28), "kernels of 11"),
    ],
)
def test_what_does_not_open_says_why(layer: nn.Module, shape: tuple[int, ...], says: str) -> None:
    """One sentence, with its numbers."""
    refusal = setting_of(info_of(layer, shape), layer)
    assert isinstance(refusal, Refusal)
    assert says in refusal.message.format(**refusal.values)


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_every_window_of_the_zoo_opens(name: str) -> None:
    """Each convolution, pooling and fully connected layer of every network is within what the page can show."""
    model = MODELS[name].outline()
    modules = dict(model.named_modules())
    for layer in summarize(model, MODELS[name].input_size):
        slides = layer.window is not None or layer.kind == "Linear" or layer.kind.startswith("Adaptive")
        assert isinstance(setting_of(layer, modules.get(layer.name)), Setting) == slides, layer


@pytest.mark.parametrize("side", [12, 40])
def test_numbers_too_large_are_refused(side: int) -> None:
    """Not numbers, and what the page would not read, give a sentence and no link."""
    for wrong in (np.nan, np.inf, 2e6):
        pixels = np.zeros((side, side))
        pixels[3, 4] = wrong
        assert isinstance(make_link(Setting(k=(3, 3)), pixels, np.ones((3, 3))), Refusal)


def test_the_cut_is_where_something_is() -> None:
    """Of a large map with one busy corner that corner is carried."""
    pixels = np.zeros((200, 200))
    pixels[150:190, 10:50] = np.random.default_rng(0).normal(size=(40, 40))
    made = make_link(Setting(k=(3, 3), p=(1, 1)), pixels, np.ones((3, 3)))
    assert isinstance(made, Link)
    assert 130 <= made.rows.start <= 165
    assert made.columns.start <= 30


def test_fully_connected_over_maps() -> None:
    """A kernel as large as the map; maps larger than the page's kernels are refused."""
    setting = covering((6, 6))
    assert isinstance(setting, Setting)
    assert (setting.n, setting.k, setting.output_size) == ((6, 6), (6, 6), 1)
    assert isinstance(covering((14, 14)), Refusal)


def test_packed_numbers_are_the_browsers() -> None:
    """The text form of the convolution page's pack.js: no plus sign, and repeats where they are shorter."""
    values = np.array([[1, -2.5, 0], [0, 0, 0], [0.012345, -123456, 1.5e-9]])
    assert pack(values, 3) == "1_-2.5_0r0_0_0r.0123_-123000_1.5e-9"
    assert pack(np.zeros((1, 64)), 3) == "0*64"


def info_of(layer: nn.Module, shape: tuple[int, ...]) -> LayerInfo:
    """The layer as `summarize` has it."""
    (info,) = summarize(nn.Sequential(layer), (shape[0], shape[1], shape[2]))
    return info

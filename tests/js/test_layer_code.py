"""The lines of PyTorch and Keras that the convolution page gives: run, they are what the page shows."""

from __future__ import annotations

import json
import random
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from cnnviz.arithmetic.setting import RANGES, Setting
from cnnviz.models.export.code import layer_code
from cnnviz.models.summary import summarize
from cnnviz.ui.convolution.presets import PRESETS
from cnnviz.ui.convolution.words import WORDS
from tests.browser.lines import run, torch_names
from tests.js.node import call
from tests.real_keras import double_precision, given, names, needs_keras, to_numpy

# For each query string: both blocks, the pixels and weights they would be fed, and what the page shows.
CODES = """
    const component = (name) => load(`convolution/component/${name}.js`);
    const [setting, axis, grid, keras] = await Promise.all(
        ["arithmetic/setting", "arithmetic/axis", "arithmetic/grid", "takeaway/kerascode"].map(component));
    let seed = 1;
    const next = () => ((seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32) * 4 - 2;
    const random = (count) => Float64Array.from({ length: count }, next);
    return JSON.stringify(given.links.map((link) => {
        const s = setting.parseLink(link).setting;
        const axes = setting.axesOf(s);
        const refusal = axes.some(axis.refusalOf) ? {} : null;
        const planes = (letter) => Array.from({ length: s.channels }, () => random(axes[0][letter] * axes[1][letter]));
        const [pixels, weights] = [planes("n"), planes("k")];
        const size = refusal ? [0, 0] : setting.sizeOf(s);
        const view = { setting: s, mode: s.mode, flat: s.flat, axes, size, refusal };
        const shown = refusal ? [] : s.mode === "pool" ? grid.poolAll(axes, s.pooling, pixels).partial
            : [grid.convolveAll(axes, pixels, weights, s.bias).values];
        const lists = (planes) => planes.map((plane) => [...plane]);
        return { torch: m.torchCode(view, given.words), keras: keras.kerasCode(view, given.words),
            pixels: lists(pixels), weights: lists(weights), shown: lists(shown) };
    }));
"""


def codes(links: list[str]) -> list[dict[str, Any]]:
    """What the browser gives for every link."""
    answer = call(
        "convolution/component/takeaway/code.js",
        CODES,
        {"links": links, "words": WORDS["takeaway"]},
    )
    return [dict(one) for one in json.loads(answer)]


def one(link: str) -> tuple[str, str]:
    """The blocks of one setting."""
    (found,) = codes([link])
    return found["torch"], found["keras"]


def sample(count: int, seed: int) -> list[str]:
    """Query strings from everything that changes the arithmetic; most with small kernels, so that most are valid."""
    generator = random.Random(seed)
    return [_link(generator) for _ in range(count)]


def _link(generator: random.Random) -> str:
    mode = generator.choice(["conv", "transposed", "pool"])
    most = {"n": 16, "k": 5, "p": 3, "s": 4, "d": 3, "o": 3}
    given: dict[str, Any] = {"mode": mode, "channels": generator.choice([1, 1, 3])}
    for letter, (low, high) in RANGES.items():
        one = [generator.randint(low, min(high, most[letter])) for _ in range(2)]
        if letter in "pdo" and generator.random() < 0.5:
            one = [low, low]
        given[letter] = f"{one[0]}x{one[1]}" if generator.random() < 0.3 else one[0]
    given["flat"] = int(generator.random() < 0.25)
    if mode == "pool":
        given["ceil"] = generator.randint(0, 1)
        given["pooling"] = generator.choice(["max", "average", "min", "softmax"])
    else:
        given["bias"] = generator.choice([0, 1.5])
    return "&".join(f"{name}={value}" for name, value in given.items())


def planes(values: list[list[float]], link: str, letter: str) -> Tensor:
    """(1, channels, height, width), or (1, channels, width) of a signal."""
    setting = Setting.from_link(link)
    height, width = getattr(setting, letter)
    shape = (width,) if setting.flat else (height, width)
    return torch.tensor(values, dtype=torch.float64).reshape(1, len(values), *shape)


def expected(found: dict[str, Any], link: str) -> np.ndarray:
    """What the page shows, of the shape that Setting.output_size says."""
    setting = Setting.from_link(link)
    size = setting.output_size
    assert size is not None
    shape = (size,) if setting.flat else size if isinstance(size, tuple) else (size, size)
    return np.reshape(found["shown"], (1, len(found["shown"]), *shape))


def test_pytorch_gives_what_the_page_shows() -> None:
    """600 settings, refused ones among them: torch's output is the page's, in size and in every value."""
    links = sample(600, 0)
    refused = 0
    for link, found in zip(links, codes(links), strict=True):
        setting = Setting.from_link(link)
        weight = planes(found["weights"], link, "k")

        def fill(layer: Any, weight: Tensor = weight, bias: float = setting.bias, mode: str = setting.mode) -> None:
            if mode != "pool":
                layer.double().weight.data = weight if mode == "conv" else weight.transpose(0, 1)
                layer.bias.data.fill_(bias)

        if setting.output_size is None:
            refused += 1
            assert found["torch"].count("PyTorch refuses this") == 1
            if WORDS["takeaway"]["dilatedSoftmax"] in found["torch"]:
                continue  # a recipe of ours, and convolutions pad as much as they like
            with pytest.raises((RuntimeError, TypeError, ValueError)):
                run(found["torch"], torch_names(planes(found["pixels"], link, "n")), fill)
            continue
        with torch.no_grad():
            y = run(found["torch"], _doubles(torch_names(planes(found["pixels"], link, "n"))), fill)
        wanted = expected(found, link)
        assert y.shape == wanted.shape, link
        assert f"-> {tuple(y.shape)}".replace(",)", ")") in found["torch"]
        assert np.allclose(_shown(y), wanted, atol=1e-9), link
    assert 60 < refused < 300


def _doubles(names: dict[str, Any]) -> dict[str, Any]:
    torch.set_default_dtype(torch.float64)
    return names


def _shown(y: Tensor) -> np.ndarray:
    return _finite(y.numpy())


def _finite(y: np.ndarray) -> np.ndarray:
    """Where a window lies in padding alone there is minus infinity or 0 / 0; the page shows 0."""
    return np.nan_to_num(y, nan=0, posinf=0, neginf=0)


@pytest.fixture(autouse=True)
def _single_precision_again() -> Any:
    yield
    torch.set_default_dtype(torch.float32)


@needs_keras
@pytest.mark.slow
def test_real_keras_gives_what_torch_gives() -> None:
    """Every preset, 900 settings: real Keras, channels last, has torch's values; only dilated pooling has no lines."""
    links = [preset.link for preset in PRESETS] + sample(900, 1)
    links = [link for link in links if Setting.from_link(link).output_size is not None]
    without = 0
    with double_precision():
        for link, found in zip(links, codes(links), strict=True):
            setting = Setting.from_link(link)
            if "y = " not in found["keras"]:
                without += 1
                assert setting.mode == "pool"
                assert max(setting.d) > 1
                continue
            x = planes(found["pixels"], link, "n").movedim(1, -1)
            if setting.mode == "flatten":  # pixel by pixel, where torch goes map by map
                assert np.allclose(to_numpy(run(found["keras"], names(x), given({}))), x.reshape(1, -1)), link
                continue
            y = to_numpy(run(found["keras"], names(x), given(_for_keras(found, link))))
            wanted = expected(found, link)
            assert np.moveaxis(y, -1, 1).shape == wanted.shape, (link, found["keras"])
            if WORDS["takeaway"]["kerasEnd"] in found["keras"] and setting.bias:
                continue
            assert np.allclose(_finite(np.moveaxis(y, -1, 1)), wanted, atol=1e-9), (link, found["keras"])
    assert without < len(links) / 5
    assert len(links) > 450


def _for_keras(found: dict[str, Any], link: str) -> dict[str, Tensor]:
    """The weights in Keras' order: (height, width, in, out), of a transposed layer (height, width, out, in)."""
    setting = Setting.from_link(link)
    weight = planes(found["weights"], link, "k")
    is_transposed = setting.mode == "transposed"
    if is_transposed and max(setting.s) > 1 and max(setting.d) > 1:
        weight = _spread(weight, setting.d[-(weight.dim() - 2) :])
    kernel = weight.movedim((0, 1), (-2, -1) if is_transposed else (-1, -2))
    return {"kernel": kernel, "bias": torch.tensor([float(setting.bias)], dtype=torch.float64)}


def _spread(weight: Tensor, dilation: tuple[int, ...]) -> Tensor:
    """With the zeros between its weights that stand for dilation."""
    sides = [d * (k - 1) + 1 for k, d in zip(weight.shape[2:], dilation, strict=True)]
    spread = torch.zeros(*weight.shape[:2], *sides, dtype=weight.dtype)
    spread[(..., *(slice(None, None, d) for d in dilation))] = weight
    return spread


def test_both_pages_give_the_same_lines_of_keras() -> None:
    """The convolution page writes them in the browser, the page Networks in Python: one rule, laid side by side."""
    links = [link for link in sample(900, 2) if _has_layer(Setting.from_link(link))]
    for link, found in zip(links, codes(links), strict=True):
        setting = Setting.from_link(link)
        layer = _layer(setting)
        (info,) = summarize(layer, (setting.channels, *setting.n))
        ours = [line for line in found["keras"].splitlines() if not line.startswith("#")]
        assert ours == layer_code(info, layer)["keras"].splitlines(), link
    assert len(links) > 150


def _has_layer(setting: Setting) -> bool:
    """Whether torch has the setting as a module over pictures that the page Networks knows."""
    is_pool = setting.mode == "pool"
    kinds = ("max", "average") if is_pool else ("conv",)
    is_known = (setting.pooling if is_pool else setting.mode) in kinds and not (is_pool and max(setting.d) > 1)
    return is_known and not setting.flat and setting.output_size is not None


def _layer(setting: Setting) -> nn.Module:
    if setting.mode == "conv":
        return nn.Conv2d(setting.channels, 1, setting.k, setting.s, setting.p, setting.d)
    kind = nn.MaxPool2d if setting.pooling == "max" else nn.AvgPool2d
    return kind(setting.k, setting.s, setting.p, ceil_mode=setting.ceil)


PYTORCH_LINES = [
    ("n=28&k=5&p=2&s=2", "layer = nn.Conv2d(1, 1, kernel_size=5, stride=2, padding=2)"),
    ("channels=3", "layer = nn.Conv2d(3, 1, kernel_size=3)"),
    ("k=3x5&p=1x2&d=2", "layer = nn.Conv2d(1, 1, kernel_size=(3, 5), padding=(1, 2), dilation=2)"),
    ("flat=1&n=4x28&s=2", "layer = nn.Conv1d(1, 1, kernel_size=3, stride=2)"),
    (
        "mode=transposed&s=2&p=1&o=1",
        "layer = nn.ConvTranspose2d(1, 1, kernel_size=3, stride=2, padding=1, output_padding=1)",
    ),
    ("mode=pool&k=2&s=2", "layer = nn.MaxPool2d(kernel_size=2)"),
    ("mode=pool&k=2x3&s=2x3&p=0x1", "layer = nn.MaxPool2d(kernel_size=(2, 3), padding=(0, 1))"),
    ("mode=pool&k=3&s=2&ceil=1&pooling=average", "layer = nn.AvgPool2d(kernel_size=3, stride=2, ceil_mode=True)"),
    ("mode=pool&k=2&s=2&pooling=min&flat=1", "y = -F.max_pool1d(-x, kernel_size=2)"),
    ("mode=pool&k=2&s=2&pooling=softmax", "layer = nn.AvgPool2d(kernel_size=2)"),
]


def test_only_what_is_not_the_default_is_written() -> None:
    """As one would write it: pairs where height and width differ, nothing that PyTorch assumes anyway."""
    for (link, line), found in zip(PYTORCH_LINES, codes([link for link, _ in PYTORCH_LINES]), strict=True):
        assert line in found["torch"].splitlines(), link


KERAS_LINES = [
    ("n=28&k=5", ["layer = layers.Conv2D(1, kernel_size=5)"]),
    ("n=28&k=5&p=2", ['layer = layers.Conv2D(1, kernel_size=5, padding="same")']),
    ("n=7&p=1&s=2", ['layer = layers.Conv2D(1, kernel_size=3, strides=2, padding="same")']),
    ("n=8&p=1&s=2", ["x = layers.ZeroPadding2D(1)(x)", "layer = layers.Conv2D(1, kernel_size=3, strides=2)"]),
    ("mode=transposed&k=4&s=2&p=1", ['layer = layers.Conv2DTranspose(1, kernel_size=4, strides=2, padding="same")']),
    ("mode=pool&k=2&s=2", ["layer = layers.MaxPooling2D(pool_size=2)"]),
    ("n=5&mode=pool&k=2&s=2&ceil=1", ['layer = layers.MaxPooling2D(pool_size=2, padding="same")']),
    ("flat=1&n=16&d=2&p=2", ['layer = layers.Conv1D(1, kernel_size=3, padding="same", dilation_rate=2)']),
]


def test_keras_says_same_only_where_it_is_the_same() -> None:
    """ "same" pads an even input under stride 2 at its end only: there the padding is written out."""
    for (link, lines), found in zip(KERAS_LINES, codes([link for link, _ in KERAS_LINES]), strict=True):
        written = found["keras"].splitlines()
        assert [line for line in written if "=" in line and not line.startswith("y =")] == lines, link


def test_shapes_are_written_down() -> None:
    """Batch, channels and sizes: channels first for PyTorch, last for Keras."""
    torch_lines, keras_lines = one("n=28&s=2&p=1&channels=3")
    assert torch_lines.splitlines()[:3] == ["from torch import nn", "", "# (1, 3, 28, 28) -> (1, 1, 14, 14)"]
    assert keras_lines.splitlines()[:3] == ["from keras import layers", "", "# (1, 28, 28, 3) -> (1, 14, 14, 1)"]


def test_a_flipped_kernel_is_said() -> None:
    """Frameworks never flip: the line that does it is there as a comment."""
    torch_lines, keras_lines = one("flip=1")
    assert "layer.weight.flip(2, 3)" in torch_lines
    assert "ops.flip(layer.kernel, (0, 1))" in keras_lines

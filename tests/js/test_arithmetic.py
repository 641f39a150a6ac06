"""The browser's arithmetic in Node: repairs and linked cells are Python's, values are torch's."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from cnnviz.arithmetic.setting import RANGES
from tests.arithmetic.table import COUNTS, Case, cases
from tests.js.node import call

LETTERS = {"kernel_size": "k", "padding": "p", "stride": "s", "dilation": "d", "n": "n"}

REPAIRS = "return JSON.stringify(JSON.parse(given).map((a) => [m.refusalOf(a), m.outputSize(a), m.repairs(a)]));"
VALUES = """return JSON.stringify(JSON.parse(given).map(({ axes, pooling, pixels, weights, bias }) => {
    const planes = (lists) => lists.map((list) => Float64Array.from(list));
    const { partial, values } = pooling ? m.poolAll(axes, pooling, planes(pixels))
        : m.convolveAll(axes, planes(pixels), planes(weights), bias);
    return { partial: partial.map((plane) => [...plane]), values: [...values] };
}));"""
SHARES = """return JSON.stringify(JSON.parse(given).map(({ axes, pooling, pixels, at }) =>
    m.sharesOf(axes, ...at, Float64Array.from(pixels[0]), pooling).map(({ y, x, share }) => [y, x, share])));"""


def ask(module: str, body: str, given: list[Any]) -> list[Any]:
    """What `body` answers to `given`: as text each way."""
    answers: list[Any] = json.loads(call(f"convolution/component/arithmetic/{module}.js", body, json.dumps(given)))
    return answers


@pytest.mark.parametrize("kind", COUNTS)
def test_repairs_are_pythons(kind: str) -> None:
    """Where Python computes the smallest changes, the browser offers the same, as far as the sliders reach."""
    refused = [case for case in cases(kind) if case.answer is None]
    for case, (rule, size, found) in zip(refused, repairs_of(refused), strict=True):
        assert size == 0
        assert rule in {"conv": ["extent"], "transposed": ["output", "outputPadding"]}.get(
            kind, ["padding", "dilation", "empty"]
        )
        if rule in ("extent", "output"):
            offered = {letter: value for letter, value in found if letter != "o"}
            assert offered == {
                LETTERS[repair.parameter]: repair.value
                for repair in case.spec.repairs(case.n)  # type: ignore[union-attr]
                if repair.value in range(RANGES[LETTERS[repair.parameter]][0], RANGES[LETTERS[repair.parameter]][1] + 1)
            }, case


@pytest.mark.parametrize("kind", COUNTS)
def test_repairs_mend_and_are_the_nearest(kind: str) -> None:
    """For each parameter the nearest value that Python, too, takes; none is kept back that would do."""
    refused = random.Random(kind).sample([case for case in cases(kind) if case.answer is None], 300)
    for case, (_, _, found) in zip(refused, repairs_of(refused), strict=True):
        assert dict(found) == {letter: value for letter in "kpsdon" if (value := nearest(case, letter)) is not None}


def repairs_of(refused: list[Case]) -> list[Any]:
    """[rule, size, repairs] of each."""
    return ask("axis", REPAIRS, [case.axis for case in refused])


def nearest(case: Case, letter: str) -> int | None:
    """The nearest value of the slider with which Python takes the case; of two the smaller one."""
    if letter == "o" and case.kind != "transposed":
        return None
    low, high = RANGES[letter]
    others = sorted(range(low, high + 1), key=lambda value: (abs(value - getattr(case, letter)), value))
    return next((value for value in others if replace(case, **{letter: value}).answer), None)


LINKS = """const every = (count, ask) => Array.from({ length: count }, (_, index) => ask(index));
return JSON.stringify(JSON.parse(given).map((a) => {
    const along = (name, part) => (index) => m.linked({ axes: [a, a] }, { name, row: index, column: index })[part].rows;
    return { readers: every(a.kind === "transposed" ? a.n : a.n + 2 * a.p, along("input", "output")),
        multiplied: every(a.k, along("kernel", "input")),
        read: every(a.drawn, along("output", "input")) };
}));"""


@pytest.mark.parametrize("kind", ["conv", "transposed", "max"])
def test_linked_cells_are_the_tables(kind: str) -> None:
    """A padded pixel's outputs, a weight's pixels, an output's pixels; cut off outputs are counted in the drawing."""
    valid = [case for case in cases(kind) if case.answer and case.n * case.k < 100][:200]
    given = [{**case.axis, "drawn": len(drawn(case))} for case in valid]
    for case, found in zip(valid, ask("links", LINKS, given), strict=True):
        assert case.answer
        windows = case.answer.windows
        shift = case.p if kind == "transposed" else 0
        padded = case.n if kind == "transposed" else case.n + 2 * case.p
        assert found["read"] == drawn(case)
        assert found["readers"] == [
            [output + shift for output, window in enumerate(windows) if index in window] for index in range(padded)
        ]
        assert found["multiplied"] == [multiplied(case, tap, padded) for tap in range(case.k)]


def drawn(case: Case) -> list[list[int]]:
    """The windows of every output that is drawn: a transposed convolution's with those that padding cuts off."""
    assert case.answer
    if case.kind != "transposed":
        return [list(window) for window in case.answer.windows]
    first, taps = -case.p, range(0, case.d * case.k, case.d)
    end = max((case.n - 1) * case.s + case.d * (case.k - 1) + 1 - case.p, case.answer.size)
    found = [[i for i in range(case.n) if output + case.p - i * case.s in taps] for output in range(first, end)]
    assert found[case.p : case.p + case.answer.size] == [list(window) for window in case.answer.windows]
    return found


def multiplied(case: Case, tap: int, padded: int) -> list[int]:
    """Every padded pixel that the weight `tap` meets."""
    assert case.answer
    if case.kind == "transposed":
        ends = range(case.answer.size)
        return [index for index in range(case.n) if index * case.s - case.p + tap * case.d in ends]
    met = [output * case.s + tap * case.d for output in range(case.answer.size)]
    return [index for index in met if index < padded]


def layers(kinds: tuple[str, ...], count: int, seed: int) -> list[dict[str, Any]]:
    """Valid layers over (height, width) with pixels, weights and a bias, as grid.js takes them."""
    generator, chance = random.Random(seed), np.random.default_rng(seed)
    made = []
    while len(made) < count:
        kind = generator.choice(kinds)
        rows, columns = (Case(kind, **_sides(kind, generator)) for _ in range(2))
        columns = replace(columns, ceil=rows.ceil)
        if rows.answer is None or columns.answer is None:
            continue
        channels = generator.choice((1, 3))
        made.append(
            {
                "sides": (rows, columns),
                "axes": [rows.axis, columns.axis],
                "pixels": chance.uniform(-9, 9, (channels, rows.n * columns.n)).tolist(),
                "weights": chance.uniform(-2, 2, (channels, rows.k * columns.k)).tolist(),
                "bias": generator.choice((0, -1.5)),
                "pooling": None if kind in ("conv", "transposed") else kind,
            }
        )
    return made


def _sides(kind: str, generator: random.Random) -> dict[str, Any]:
    n, k, s, d = (generator.randint(1, high) for high in (14, 5, 4, 3))
    if kind in ("conv", "transposed"):
        extra = generator.randint(0, max(s, d) - 1) if kind == "transposed" else 0
        return {"n": n, "k": k, "s": s, "d": d, "p": generator.randint(0, 4), "o": extra}
    d = 1 if kind == "average" else d
    return {"n": n, "k": k, "s": s, "d": d, "p": generator.randint(0, k // 2), "ceil": generator.random() < 0.5}


def in_browser(body: str, given: list[dict[str, Any]]) -> list[Any]:
    """What grid.js makes of these layers."""
    plain = [{name: value for name, value in layer.items() if name != "sides"} for layer in given]
    return ask("grid", body, plain)


def planes(layer: dict[str, Any], name: str, letter: str) -> Tensor:
    """`name` as (channels, 1, height, width): each channel by itself."""
    sides = (getattr(side, letter) for side in layer["sides"])
    return torch.tensor(layer[name], dtype=torch.double).reshape(len(layer[name]), 1, *sides)


def by_torch(layer: dict[str, Any], pixels: Tensor) -> Tensor:
    """One output a channel, before their sum."""
    rows, columns = layer["sides"]
    k, s, p, d, o = ((getattr(rows, letter), getattr(columns, letter)) for letter in "kspdo")
    if rows.kind == "max":
        return F.max_pool2d(pixels, k, s, p, d, rows.ceil)
    if rows.kind == "average":
        return F.avg_pool2d(pixels, k, s, p, rows.ceil)
    if rows.kind == "min":
        return -F.max_pool2d(-pixels, k, s, p, d, rows.ceil)
    if rows.kind == "softmax":
        return softmax_pool(layer, pixels)
    weights, channels = planes(layer, "weights", "k"), len(layer["pixels"])
    one = pixels.reshape(1, channels, *pixels.shape[2:])
    if rows.kind == "transposed":
        return F.conv_transpose2d(one, weights, None, s, p, o, channels, d).transpose(0, 1)
    return F.conv2d(one, weights, None, s, p, d, channels).transpose(0, 1)


def softmax_pool(layer: dict[str, Any], pixels: Tensor) -> Tensor:
    """Each window's pixels (no padding) weighted by their softmax; torch has no such layer, so window by window."""
    rows, columns = layer["sides"]

    def one(picture: Tensor, down: tuple[int, ...], across: tuple[int, ...]) -> Tensor:
        inside = [y - rows.p for y in down if 0 <= y - rows.p < rows.n]
        values = picture[inside][:, [x - columns.p for x in across if 0 <= x - columns.p < columns.n]].flatten()
        return (values.softmax(0) * values).sum()

    made = [
        one(plane[0], down, across)
        for plane in pixels
        for down in rows.answer.windows
        for across in columns.answer.windows
    ]
    return torch.stack(made).reshape(len(pixels), 1, rows.answer.size, columns.answer.size)


def test_sums_are_torchs() -> None:
    """400 convolutions and transposed ones: every channel's share, and the sum over channels with the bias."""
    given = layers(("conv", "transposed"), 400, 0)
    for layer, found in zip(given, in_browser(VALUES, given), strict=True):
        parts = by_torch(layer, planes(layer, "pixels", "n"))
        np.testing.assert_allclose(found["partial"], parts.flatten(1), atol=1e-9)
        np.testing.assert_allclose(found["values"], parts.sum(0).flatten() + layer["bias"], atol=1e-9)


def test_pooled_values_are_torchs() -> None:
    """400 poolings of all four kinds; where a window lies in padding alone the page shows 0, torch an infinity."""
    given = layers(("max", "average", "min", "softmax"), 400, 1)
    for layer, found in zip(given, in_browser(VALUES, given), strict=True):
        parts = torch.nan_to_num(by_torch(layer, planes(layer, "pixels", "n")), posinf=0, neginf=0)
        np.testing.assert_allclose(found["partial"], parts.flatten(1), atol=1e-9)
        assert found["values"] == found["partial"][0]


def test_shares_are_torchs_gradients() -> None:
    """Where one output's gradient goes: to the first largest (or smallest), or to all alike; in sum 1."""
    generator = random.Random(2)
    given = [{**layer, "pixels": rounded(layer["pixels"])} for layer in layers(("max", "average", "min"), 300, 3)]
    for layer in given:
        layer["at"] = [generator.randrange(side.answer.size) for side in layer["sides"]]
    for layer, found in zip(given, in_browser(SHARES, given), strict=True):
        pixels = planes(layer, "pixels", "n")[:1].requires_grad_()
        output = by_torch(layer, pixels)[0, 0, layer["at"][0], layer["at"][1]]
        if torch.isinf(output):
            assert found == []
            continue
        (gradient,) = torch.autograd.grad(output, pixels)
        shares = np.zeros(gradient.shape[2:])
        for y, x, share in found:
            shares[y, x] += share
        np.testing.assert_allclose(shares, gradient[0, 0], atol=1e-12)
        in_padding = layer["sides"][0].kind == "average" and shares.sum() < 1
        assert in_padding or shares.sum() == pytest.approx(1)


def rounded(lists: list[list[float]]) -> list[list[float]]:
    """Few different values, so that some windows have several largest ones."""
    return [[float(round(value / 3)) for value in one] for one in lists]


def test_softmax_shares_sum_to_one() -> None:
    """And weigh the pixels to the pooled value."""
    given = [{**layer, "at": [0, 0]} for layer in layers(("softmax",), 60, 4)]
    values = in_browser(VALUES, given)
    for layer, found, pooled in zip(given, in_browser(SHARES, given), values, strict=True):
        if not found:
            continue
        picture = planes(layer, "pixels", "n")[0, 0]
        assert sum(share for _, _, share in found) == pytest.approx(1)
        assert sum(share * float(picture[y, x]) for y, x, share in found) == pytest.approx(pooled["values"][0])

"""What Python and JavaScript both compute, as Python says it: one table for twins.test.mjs. Knows nothing of Node."""

from __future__ import annotations

import random
from collections import OrderedDict
from dataclasses import asdict
from typing import Any
from urllib.parse import quote

import numpy as np
import torch
from torch import nn

from cnnviz.arithmetic.axis import Axis, TransposedAxis
from cnnviz.arithmetic.pooling import PoolAxis
from cnnviz.arithmetic.setting import CHOICES, RANGES, Setting
from cnnviz.base.text import loss_text, percent
from cnnviz.inspection.survey import survey
from cnnviz.inspection.trace import Kind, ValueTrace
from cnnviz.inspection.value_trace import value_trace
from cnnviz.models.summary import summarize
from tests.arithmetic.slips import diagnose, slips
from tests.arithmetic.table import COUNTS, Case, cases
from tests.base.locale.test_typesetting import FILLED, SAID

LETTERS = {"n": (1, 64), "k": (1, 11), "p": (0, 10), "s": (1, 8), "d": (1, 4), "o": (0, 7)}
KINDS = ("conv", "transposed", "pool")
_TRACED: tuple[Kind, ...] = ("sum", "convolution", "largest", "convolution", "mean", "convolution")
SWITCHES = ("flat", "apart", "ceil", "flip", "predict")
NAMES = (*RANGES, *CHOICES, *SWITCHES, "channels", "pick", "kernel", "filter", "bias", "step")
HOSTILE = (
    "", " ", "0", "00", "1", "-1", "+1", "01", "1.0", "1e1", "0x5", "١", "５", "²", "99999", "100000", "9" * 400, "NaN",
    "Infinity", "null", "true", "True", "4x", "x4", "4x28", "4x28x2", "4X28", "4×28", "65", "64x65", "constructor",
    "toString", "__proto__", "conv", "Conv", "pool ", "max", "softmax\0", "drawing", "tone", "-", "--", "a" * 40,
    "a" * 41, "A", "é", "lenet5-mnist", "lenet5_mnist", "<img src=x>", "'\"`", "%", "%zz", "%ff", "&", ";", "=", "#",
    "-0", "-0.5", ".5", "5.", "1.123456789", "1.1234567891", "9999", "9999.000000001", "-9999", "10000", "00000.50",
    "1,5", "0.000000001", "\n5", "5\n", "5\r\n", "😀",
)  # fmt: skip
ODD = (
    "", "?", "??n=5", "n", "=5", "&&n=5", "n=5&n=9", "n=5&n=bad", "n=bad&n=5", "n=5;k=2", "N=5", "n[]=5", "n=5#k=2",
)  # fmt: skip


def table() -> dict[str, Any]:
    """Name -> rows of [what is given, what Python makes of it, ...]; only what JSON has."""
    return {
        "axes": [[case.axis, _answer(case)] for kind in COUNTS for case in cases(kind)],
        "slips": [_slips(axis) for axis in sample(3000)],
        "links": [_read(link) for link in hostile_links()],
        "filled": FILLED,
        "joined": SAID,
        "shares": [[value, percent(value)] for value in (0.0, 1.0, *(step / 1999 for step in range(2000)))],
        "traces": [row for seed in range(60) for row in (*_traces(seed), *_adaptive_traces(seed))],
        "losses": [[value, loss_text(value)] for value in (0.25, 3.2e-4, 1.333e15, 9999.0, 1e4)],
    }


def _answer(case: Case) -> list[Any] | None:
    """Size, windows, readers and unread pixels; None where torch refuses."""
    answer = case.answer
    return answer and [answer.size, answer.windows, answer.readers, answer.unused]


def sample(count: int) -> list[dict[str, Any]]:
    """Axes of every kind from the whole range of the sliders, half of them small."""
    generator = random.Random(3)
    found = []
    for number in range(count):
        sizes = {letter: generator.randint(low, high) for letter, (low, high) in LETTERS.items()}
        if number % 2:
            sizes = {letter: min(value, 1 + value % 7) for letter, value in sizes.items()}
        kind = KINDS[number % 3]
        found.append({"kind": kind, **sizes, "ceil": kind == "pool" and generator.random() < 0.5})
    return found


def axis_of(a: dict[str, Any]) -> Axis | TransposedAxis:
    """The same axis for Python, without its input size."""
    k, s, p, d = a["k"], a["s"], a["p"], a["d"]
    if a["kind"] == "transposed":
        return TransposedAxis(k, s, p, d, a["o"])
    return PoolAxis(k, s, p, p, d, a["ceil"]) if a["kind"] == "pool" else Axis(k, s, p, p, d)


def _slips(a: dict[str, Any]) -> list[Any]:
    """[axis, its slips, what the first one's size is diagnosed as]."""
    found = slips(axis_of(a), a["n"])
    return [a, found, diagnose(axis_of(a), a["n"], found[0][1]) if found else []]


def hostile_links() -> list[str]:
    """Query strings of which no part, or not every part, can be meant."""
    generator = random.Random(1)
    one_wrong = [f"{name}={quote(text)}" for name in (*NAMES, "x", "w", "constructor", "__proto__") for text in HOSTILE]
    raw = [f"{name}={text}" for name in NAMES for text in HOSTILE]
    several = ["&".join(generator.sample(raw, 4)) for _ in range(1500)]
    return [*one_wrong, *raw, *several, *ODD]


def _read(link: str) -> list[Any]:
    """[query string, the setting it names, the link of that setting]."""
    setting = Setting.from_link(link)
    return [link, asdict(setting), setting.link]


def _traces(seed: int) -> list[list[Any]]:
    """[a layer's work on one map, a place of its output, the window's shape and values there], for five places."""
    chance = np.random.default_rng(seed)
    kernel, stride, dilation = (tuple(map(int, chance.integers(1, high, 2))) for high in (4, 3, 3))
    kind: Kind = _TRACED[seed % len(_TRACED)]
    is_pooled = kind in ("largest", "mean")
    padding = tuple(int(chance.integers(0, side // 2 + 1 if is_pooled else side)) for side in kernel)
    channels = 1 if is_pooled else int(chance.integers(1, 4))
    inputs = chance.integers(-9, 0 if kind == "largest" else 10, (channels, 9, 11)).astype(np.float32)
    counts_padding = kind != "largest" and bool(chance.integers(0, 2) or not is_pooled)
    trace = ValueTrace(
        kind, inputs, np.zeros((1, 1), np.float32), None, 0.0, kernel, stride, padding, dilation, counts_padding
    )
    axes = [
        PoolAxis(k, s, p, p, d, ceil_mode=is_pooled)
        for k, s, p, d in zip(kernel, stride, padding, dilation, strict=True)
    ]
    sizes = [axis.output_size(side) for axis, side in zip(axes, (9, 11), strict=True)]
    step = {
        "kind": kind,
        "inputs": {"shape": inputs.shape, "values": inputs.ravel().tolist()},
        **{name: getattr(trace, name) for name in ("kernel_size", "stride", "padding", "dilation", "counts_padding")},
    }
    places = [[int(chance.integers(0, size)) for size in sizes] for _ in range(5)]
    windows = [inputs if kind == "sum" else trace.window(*place) for place in places]
    return [
        [[step, *place], [window.shape, window.ravel().tolist()]] for place, window in zip(places, windows, strict=True)
    ]


def _adaptive_traces(seed: int) -> list[list[Any]]:
    """The same for adaptive pooling, whose windows differ; every output of a map of some size."""
    chance = np.random.default_rng(seed)
    sides, made = chance.integers(1, 9, 2), chance.integers(1, 6, 2)
    layer = nn.Sequential(OrderedDict(layer=nn.AdaptiveAvgPool2d(tuple(map(int, made)))))
    x = chance.integers(-9, 10, (1, *sides)).astype(np.float32)
    seen = survey(layer, torch.from_numpy(x)[None], ("layer",))[1]["layer"]
    trace = value_trace(layer, summarize(layer, x.shape)[0], 0, seen)
    step = {
        "kind": trace.kind,
        "inputs": {"shape": x.shape, "values": x.ravel().tolist()},
        **{
            name: getattr(trace, name)
            for name in ("kernel_size", "stride", "padding", "dilation", "counts_padding", "spans")
        },
    }
    windows = [((row, column), trace.window(row, column)) for row, column in np.ndindex(trace.output.shape)]
    return [[[step, *place], [window.shape, window.ravel().tolist()]] for place, window in windows]

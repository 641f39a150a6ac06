"""The slips that the browser names are Python's, its sums add up, and its questions keep to what is asked."""

from __future__ import annotations

import random
from typing import Any

from cnnviz.arithmetic.axis import Axis, TransposedAxis
from cnnviz.arithmetic.pooling import PoolAxis
from tests.arithmetic.slips import diagnose, slips
from tests.js.node import call

RANGES = {"n": (1, 64), "k": (1, 11), "p": (0, 10), "s": (1, 8), "d": (1, 4), "o": (0, 7)}
KINDS = ("conv", "transposed", "pool")


def sample(count: int) -> list[dict[str, Any]]:
    """Axes of every kind from the whole range of the sliders, half of them small."""
    generator = random.Random(3)
    found = []
    for number in range(count):
        sizes = {letter: generator.randint(low, high) for letter, (low, high) in RANGES.items()}
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


def test_slips_are_pythons() -> None:
    """3,000 axes: the same names in the same order, the same sizes, the same diagnosis of the first wrong size."""
    axes = sample(3000)
    body = """return given.map((a) => {
        const all = m.slips(a);
        return [all, all.length ? m.diagnose(a, all[0][1]) : []];
    })"""
    found = call("convolution/component/arithmetic/slips.js", body, axes)
    for a, (all_slips, names) in zip(axes, found, strict=True):
        expected = slips(axis_of(a), a["n"])
        assert all_slips == [list(slip) for slip in expected], a
        assert names == (diagnose(axis_of(a), a["n"], expected[0][1]) if expected else []), a


def test_what_is_written_out_gives_that_number() -> None:
    """The calculation shown for a slip, and the right one, come to the size they claim."""
    body = r"""const rules = { "⌊": "Math.floor(", "⌈": "Math.ceil(", "⌋": ")", "⌉": ")", "×": "*", "−": "-" };
        const value = (text) =>
            Function("return " + text.replace(/[⌊⌈⌋⌉×−]/g, (sign) => rules[sign]).replace("trunc", "Math.trunc"))();
        return given.flatMap((a) => [
            ...m.slips(a).map(([name, size]) => [a, name, size, value(m.worked(a, name))]),
            [a, "right", null, value(m.workedRight(a))],
        ])"""
    axes = sample(1500)
    right = iter(axes)
    for a, name, size, value in call("convolution/component/arithmetic/slips.js", body, axes):
        expected = axis_of(a).output_size(next(right)["n"]) if name == "right" else size
        assert value == expected, (a, name)


def test_questions_can_be_asked() -> None:
    """Ten of every mode and level: in range, easy ones fit, the same seed asks the same; harder ones may not fit."""
    body = """const setting = { mode: given, flat: false, apart: false, pooling: "average", ceil: false };
        const { axesOf } = await load("convolution/component/arithmetic/setting.js");
        const { refusalOf, rawSize } = await load("convolution/component/arithmetic/axis.js");
        const asked = [];
        for (let level = 0; level < 5; level++) for (let seed = 1; seed <= 10; seed++) {
            const patch = m.questionFor(setting, level, seed);
            const same = JSON.stringify(m.questionFor(setting, level, seed)) === JSON.stringify(patch);
            const [, axis] = axesOf({ ...setting, ...patch });
            asked.push({ level, same, axis, size: rawSize(axis), fits: refusalOf(axis) === null });
        }
        return asked;"""
    for mode in KINDS:
        asked = call("convolution/component/predict/questions.js", body, mode)
        assert all(one["same"] for one in asked)
        assert all(low <= one["axis"][letter] <= high for one in asked for letter, (low, high) in RANGES.items())
        assert all(one["fits"] and one["size"] >= 1 for one in asked if one["level"] < 3)
        assert {one["fits"] for one in asked if one["level"] >= 3} == {True, False}
        assert len({str(one["axis"]) for one in asked}) > 40

"""The slips that the browser names: their sums add up, and its questions keep to what is asked."""

from __future__ import annotations

from tests.js.node import call
from tests.js.twins import KINDS, LETTERS, axis_of, sample


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
        assert all(low <= one["axis"][letter] <= high for one in asked for letter, (low, high) in LETTERS.items())
        assert all(one["fits"] and one["size"] >= 1 for one in asked if one["level"] < 3)
        assert {one["fits"] for one in asked if one["level"] >= 3} == {True, False}
        assert len({str(one["axis"]) for one in asked}) > 40

"""A sweep as parallel coordinates: where runs lie, which are kept, and what is drawn of them."""

from __future__ import annotations

import json

import pytest

from cnnviz.charts.parallel import Axis, Brush, Line, brushed, kept, levels, parallel, scales

AXES = [
    Axis("Learning rate", (0.1, 0.001, 0.01)),
    Axis("Batch size", (16, 32, 64)),
    Axis("Optimizer", ("sgd", "adam", "adamw")),
    Axis("Batch norm", (True, False)),
]


def line(run: int = 1, accuracy: float | None = 0.9, rate: float = 0.01, optimizer: str = "sgd") -> Line:
    return Line(run, (rate, 32, optimizer, True), accuracy, False, f"#{run}")


def drawn(lines: list[Line], brushes: dict[int, Brush] | None = None, picked: int | None = None) -> tuple[dict, dict]:
    """The lines by their runs, and the layout, as the browser gets them."""
    found = scales(AXES, lines, "accuracy")
    figure = json.loads(parallel(found, lines, brushes or {}, picked, "light").to_json())
    return {trace["meta"]: trace for trace in figure["data"] if trace["mode"] == "lines"}, figure["layout"]


def test_words_are_options_and_numbers_have_a_scale() -> None:
    """A list of numbers is logarithmic where small ones would lie on each other, linear else."""
    rate, size, optimizer, norm, accuracy = scales(AXES, [line(accuracy=0.9), line(accuracy=0.95)], "accuracy")
    assert (rate.low, rate.high, rate.log) == (0.001, 0.1, True)
    assert [rate.text(mark) for mark in rate.marks] == ["0.001", "0.01", "0.1"]
    assert rate.place(0.01) == pytest.approx(0.5)
    assert rate.at(0.5) == pytest.approx(0.01)
    assert not size.log
    assert [optimizer.place(optimizer.level(name) or 0) for name in ("sgd", "adam", "adamw")] == [0, 0.5, 1]
    assert norm.options == ("True", "False")
    assert optimizer.level("other") is None
    assert (accuracy.low, accuracy.high, accuracy.text(0.9123)) == (0.9, 0.95, "91.23%")


def test_a_range_has_round_marks() -> None:
    """Both ends, and powers of ten between that do not touch them."""
    rate, plain, _accuracy = scales([Axis("rate", None, 0.0005, 0.15, True), Axis("x", None, 0.0, 1.0)], [], "accuracy")
    assert [rate.text(mark) for mark in rate.marks] == ["0.0005", "0.001", "0.01", "0.15"]
    assert plain.marks == (0, 0.25, 0.5, 0.75, 1)


@pytest.mark.parametrize("accuracies", [(), (None,), (0.9,), (1.0, 1.0), (0.0,)])
def test_the_accuracys_axis_always_has_a_length(accuracies: tuple[float | None, ...]) -> None:
    """Nothing known, one run, all alike: still from a lower to a higher share, within 0 and 1."""
    found = [line(run, accuracy) for run, accuracy in enumerate(accuracies, 1)]
    scale = scales(AXES, found, "accuracy")[-1]
    assert 0 <= scale.low < scale.high <= 1
    assert len({scale.text(mark) for mark in scale.marks}) == 5
    drawn(found)


def test_brushes_keep_what_lies_within_all_of_them() -> None:
    """Ends count in; a run without a value on a brushed axis is out; no brush keeps all; the best come first."""
    lines = [line(1, 0.8, 0.001), line(2, 0.9, 0.01, "adam"), line(3, None, 0.1), line(4, 0.85, 0.1)]
    found = scales(AXES, lines, "accuracy")
    for brushes, runs in [
        ({}, [2, 4, 1, 3]),
        ({0: (0.01, None)}, [2, 4, 3]),
        ({0: (0.01, 0.01)}, [2]),
        ({0: (0.01, None), 4: (None, 0.86)}, [4]),
        ({2: (1.0, 2.0)}, [2]),
        ({9: (0.0, None)}, []),  # of another sweep
    ]:
        assert [each.run for each in kept(found, lines, brushes)] == runs
    assert levels(found, lines[2])[-1] is None


def test_a_box_is_of_the_axes_it_crosses_or_of_one_near() -> None:
    """Whichever corner it was begun at; the end of an axis is no limit; next to nothing is none."""
    found = scales(AXES, [line(1, 0.5), line(2, 1.0)], "accuracy")
    assert brushed(found, (0.2, -0.2), (1.2, 0.5)) == {0: (pytest.approx(0.01), None)}
    assert brushed(found, (0.1, 0.3), (0.5, -1)) == {0: (None, pytest.approx(0.01))}
    assert list(brushed(found, (0.5, 2.5), (0.2, 0.8))) == [1, 2]
    assert brushed(found, (0.45, 0.55), (0.2, 0.8)) == {}
    assert brushed(found, (0, 0), (0.5, 0.51)) == {}
    assert brushed(found, (9, 9.5), (0.2, 0.8)) == {}
    assert brushed([], (0, 1), (0.2, 0.8)) == {}


def test_lines_say_what_they_are() -> None:
    """The best on top; what is not kept is pale and silent; ended early is dotted; the picked one is thick."""
    lines = [line(1, 0.9), Line(2, (0.1, 16, "<i>", False), None, True, "<i>"), line(3, 0.5, 0.001)]
    found, layout = drawn(lines, {0: (0.005, None)}, picked=2)
    assert list(found) == [3, 1, 2]
    assert "hovertemplate" not in found[3]
    assert found[1]["hovertemplate"] == "#1<extra></extra>"
    assert found[2]["hovertemplate"] == "&lt;i&gt;<extra></extra>"
    assert [found[run]["line"]["dash"] for run in (1, 2)] == ["solid", "3,4"]
    assert found[2]["line"]["width"] > found[1]["line"]["width"] > found[3]["line"]["width"]
    assert None in found[2]["y"]  # it has no accuracy, and its optimizer is not on the axis
    assert [shape["type"] for shape in layout["shapes"]].count("rect") == 1
    assert layout["xaxis"]["ticktext"][0] == "<b>Learning<br>rate</b>"


def test_a_large_sweep_stays_small() -> None:
    """500 runs are less than 2 MB."""
    lines = [line(run, run / 500) for run in range(1, 501)]
    figure = parallel(scales(AXES, lines, "accuracy"), lines, {}, None, "dark")
    assert len(figure.to_json()) < 2_000_000

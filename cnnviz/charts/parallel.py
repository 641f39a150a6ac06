"""Parallel coordinates of a sweep: every run a line through an axis for each hyperparameter, the accuracy's last.

Plain data in, a Plotly figure out. Drawn with lines of its own and not with Plotly's Parcoords, whose lines are
hairlines that can be neither pointed at nor dashed, and whose brushes Streamlit does not hear of.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from cnnviz.base.text import percent
from cnnviz.charts.theme import between, palette, plain, plotly_template, sequential

if TYPE_CHECKING:
    import plotly.graph_objects as go

Value = str | int | float | bool
Brush = tuple[float | None, float | None]  # what is kept, in levels of an axis; None: no limit
_FEW = 9  # marks on an axis: more would touch
_LOG_FROM = 8.0  # times as large: on a plain axis the small values would lie on each other
_HEIGHT = 360
_BEND = (0.0, 0.42, 0.58, 1.0)  # across: gentle curves keep lines apart that share a value
_POINTS = 10  # of a curve from one axis to the next
_WIDE = 44  # letters of a line of what is said at the pointer
_NEAR = 0.35  # of the way to the next axis: a box drawn there means this axis
_SLIP = 0.02  # of an axis: a shorter box is a click


@dataclass(frozen=True)
class Axis:
    """A hyperparameter: the values that were given, or None for a range from `low` to `high`."""

    label: str
    values: tuple[Value, ...] | None
    low: float = 0.0
    high: float = 1.0
    log: bool = False


@dataclass(frozen=True)
class Line:
    """A run: its value on each axis, in order."""

    run: int
    values: tuple[Value, ...]
    accuracy: float | None
    is_early: bool  # ended before its last epoch
    words: str  # what is said of it


@dataclass(frozen=True)
class Scale:
    """An axis as it is drawn. A level is a number on it, or which of its `options`; a place is from 0 to 1."""

    label: str
    low: float
    high: float
    log: bool
    options: tuple[str, ...]  # () for numbers
    marks: tuple[float, ...]  # levels with a text beside the axis
    digits: int | None = None  # of per cent; None: not a share

    def level(self, value: Value | None) -> float | None:
        """Where `value` is on the axis; None where it is not known, or is none of the options."""
        if value is None:
            return None
        if not self.options:
            return float(value)
        return float(self.options.index(str(value))) if str(value) in self.options else None

    def place(self, level: float) -> float:
        """How far up, 0 to 1; the middle where there is but one level."""
        if self.high <= self.low:
            return 0.5
        return (self._up(level) - self._up(self.low)) / (self._up(self.high) - self._up(self.low))

    def at(self, place: float) -> float:
        """The level there."""
        up = self._up(self.low) + place * (self._up(self.high) - self._up(self.low))
        return 10**up if self.log else up

    def text(self, level: float, digits: int | None = None) -> str:
        """The level as it is written: an option, four digits, or per cent with `digits`."""
        if self.options:
            return self.options[round(level)]
        return f"{level:.4g}" if self.digits is None else percent(level, self.digits if digits is None else digits)

    def _up(self, level: float) -> float:
        return math.log10(level) if self.log else level


def scales(axes: Sequence[Axis], lines: Sequence[Line], accuracy_label: str) -> list[Scale]:
    """The axes as they are drawn, the accuracy's last."""
    return [*(_scale(axis) for axis in axes), _accuracy_scale(lines, accuracy_label)]


def levels(scales: Sequence[Scale], line: Line) -> list[float | None]:
    """Where a run is on every axis; None where that is not known."""
    return [scale.level(value) for scale, value in zip(scales, (*line.values, line.accuracy), strict=True)]


def kept(scales: Sequence[Scale], lines: Sequence[Line], brushes: Mapping[int, Brush]) -> list[Line]:
    """The runs within every brush, the best first. A run without a value on a brushed axis is out."""
    inside = [line for line in lines if _is_inside(levels(scales, line), brushes)]
    return sorted(inside, key=lambda line: -1.0 if line.accuracy is None else line.accuracy, reverse=True)


def _is_inside(levels: Sequence[float | None], brushes: Mapping[int, Brush]) -> bool:
    for axis, (low, high) in brushes.items():
        level = levels[axis] if axis < len(levels) else None
        if level is None or (low is not None and level < low) or (high is not None and level > high):
            return False
    return True


def brushed(scales: Sequence[Scale], x: tuple[float, float], y: tuple[float, float]) -> dict[int, Brush]:
    """What a box drawn in the chart keeps: a part of every axis it crosses, else of one that is near."""
    (left, right), (low, high) = sorted(x), sorted(y)
    axes = [axis for axis in range(len(scales)) if left <= axis <= right]
    nearest = round((left + right) / 2)
    if not axes and abs(nearest - (left + right) / 2) <= _NEAR and 0 <= nearest < len(scales):
        axes = [nearest]
    if high - low < _SLIP:
        return {}
    ends = [(scales[axis].at(low) if low > 0 else None, scales[axis].at(high) if high < 1 else None) for axis in axes]
    return dict(zip(axes, ends, strict=True))


def parallel(
    scales: Sequence[Scale], lines: Sequence[Line], brushes: Mapping[int, Brush], picked: int | None, theme: str
) -> go.Figure:
    """The figure: the best on top; what is not kept is pale; the run `picked` stands out."""
    import plotly.graph_objects as go  # heavy

    color = palette(theme)
    inside = {line.run for line in kept(scales, lines, brushes)}
    order = sorted(lines, key=lambda line: (line.run == picked, line.run in inside, line.accuracy or -1.0))
    goodness = scales[-1]
    drawn = []
    for line in order:
        good = 0.0 if line.accuracy is None else goodness.place(line.accuracy)
        hue = between(sequential(theme)[1:], good) if line.run in inside else color["line"]  # 0 is the page's ground
        drawn.append(_curve(scales, line, hue, line.run in inside, line.run == picked))
    last = len(scales) - 1
    layout = {
        "template": plotly_template(theme),
        "height": _HEIGHT,
        "margin": {"l": 8, "r": 8, "t": 56, "b": 8},
        "showlegend": False,
        "hovermode": "closest",
        "dragmode": "select",
        "newselection": {"line": {"color": color["text"], "width": 1, "dash": "solid"}},
        "xaxis": {
            "range": [-0.42, last + 0.32],
            "side": "top",
            "tickvals": list(range(len(scales))),
            "ticktext": [f"<b>{'<br>'.join(map(plain, wrap(scale.label, 12)))}</b>" for scale in scales],
            "tickangle": 0,
            "tickfont": {"color": color["text"], "size": 14},
            "showline": False,
            "fixedrange": True,
        },
        "yaxis": {"range": [-0.05, 1.05], "visible": False, "fixedrange": True},
        "shapes": [shape for axis in range(len(scales)) for shape in _axis_shapes(scales, axis, brushes, color)],
    }
    return go.Figure({"data": [*drawn, _ends(scales, order, inside, theme), _marks(scales, color)], "layout": layout})


def _curve(scales: Sequence[Scale], line: Line, color: str, is_inside: bool, is_picked: bool) -> dict[str, Any]:
    """A run's line; it breaks off where nothing is known."""
    places = [
        None if level is None else scale.place(level) for scale, level in zip(scales, levels(scales, line), strict=True)
    ]
    x: list[float] = []
    y: list[float | None] = []
    for axis, (here, there) in enumerate(itertools.pairwise(places)):
        for step in range(_POINTS + 1):
            share = step / _POINTS
            x.append(round(axis + _bezier(_BEND, share), 3))
            y.append(None if here is None or there is None else round(here + (there - here) * _ease(share), 4))
    words = "<br>".join(map(plain, wrap(line.words, _WIDE)))
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": y,
        "line": {
            "color": color,
            "shape": "spline",
            "width": 5 if is_picked else 2.4 if is_inside else 1,
            "dash": "3,4" if line.is_early else "solid",
        },
        "meta": line.run,
        **({"hovertemplate": f"{words}<extra></extra>"} if is_inside else {"hoverinfo": "skip"}),
    }


def _bezier(ends: tuple[float, float, float, float], share: float) -> float:
    rest = 1 - share
    weights = (rest**3, 3 * rest**2 * share, 3 * rest * share**2, share**3)
    return sum(weight * end for weight, end in zip(weights, ends, strict=True))


def _ease(share: float) -> float:
    return _bezier((0.0, 0.0, 1.0, 1.0), share)


def _ends(scales: Sequence[Scale], lines: Sequence[Line], inside: set[int], theme: str) -> dict[str, Any]:
    """A dot where a run's line ends."""
    known = [line for line in lines if line.accuracy is not None and line.run in inside]
    places = [scales[-1].place(line.accuracy or 0.0) for line in known]
    colors = [between(sequential(theme)[1:], place) for place in places]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [len(scales) - 1] * len(known),
        "y": places,
        # 10 pixels with their edge: Plotly points at a line rather than at a dot of more than 6 that lies on its end
        "marker": {"size": 6, "color": colors, "line": {"width": 2, "color": colors}},
        "selected": {"marker": {"opacity": 1}},
        "unselected": {"marker": {"opacity": 1}},
        "text": ["<br>".join(map(plain, wrap(line.words, _WIDE))) for line in known],
        "hovertemplate": "%{text}<extra></extra>",
    }


def _marks(scales: Sequence[Scale], color: Mapping[str, str]) -> dict[str, Any]:
    """The texts beside the axes, on the page's ground so that lines do not cross them out."""
    last = len(scales) - 1
    digits = _digits(scales[-1])
    marks = [(axis, scale, level) for axis, scale in enumerate(scales) for level in scale.marks]
    gap = "\N{NO-BREAK SPACE}"
    texts = [plain(scale.text(level, digits)) for _axis, scale, level in marks]
    return {
        "type": "scatter",
        "mode": "text",
        "x": [axis for axis, _scale, _level in marks],
        "y": [scale.place(level) for _axis, scale, level in marks],
        "text": [
            f"{gap}{gap}{text}" if axis == last else f"{text}{gap}"
            for (axis, _scale, _level), text in zip(marks, texts, strict=True)
        ],
        "textposition": ["middle right" if axis == last else "middle left" for axis, _scale, _level in marks],
        "textfont": {
            "color": color["muted"],
            "size": 14,
            "shadow": ", ".join([f"0 0 2px {color['background']}"] * 8),
        },
        "cliponaxis": False,
        "hoverinfo": "skip",
    }


def _axis_shapes(
    scales: Sequence[Scale], axis: int, brushes: Mapping[int, Brush], color: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The axis, and what is kept of it."""
    line = {"color": color["muted"], "width": 1.5}
    shapes = [{"type": "line", "x0": axis, "x1": axis, "y0": 0, "y1": 1, "line": line, "layer": "below"}]
    if axis in brushes:
        low, high = brushes[axis]
        scale = scales[axis]
        shapes.append(
            {
                "type": "rect",
                "x0": axis - 0.06,
                "x1": axis + 0.06,
                "y0": 0 if low is None else max(0.0, scale.place(low)) - 0.012,
                "y1": 1 if high is None else min(1.0, scale.place(high)) + 0.012,
                "fillcolor": color["train"],
                "opacity": 0.25,
                "line": {"width": 0},
            }
        )
    return shapes


def _scale(axis: Axis) -> Scale:
    if axis.values is None:
        marks = _log_marks(axis.low, axis.high) if axis.log else _even_marks(axis.low, axis.high)
        return Scale(axis.label, axis.low, axis.high, axis.log, (), marks)
    if any(isinstance(value, (str, bool)) for value in axis.values):
        options = tuple(str(value) for value in axis.values)
        return Scale(axis.label, 0.0, len(options) - 1.0, False, options, tuple(map(float, range(len(options)))))
    numbers = sorted(float(value) for value in axis.values)
    is_log = numbers[0] > 0 and numbers[-1] / numbers[0] >= _LOG_FROM
    shown = numbers if len(numbers) <= _FEW else numbers[:: math.ceil(len(numbers) / _FEW)]
    return Scale(axis.label, numbers[0], numbers[-1], is_log, (), tuple(shown))


def _accuracy_scale(lines: Sequence[Line], label: str) -> Scale:
    known = [line.accuracy for line in lines if line.accuracy is not None]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    if high - low < 0.005:
        low, high = max(0.0, low - 0.005), min(1.0, high + 0.005)
    return Scale(label, low, high, False, (), _even_marks(low, high), 2)


def _digits(scale: Scale) -> int:
    """Of the marks of a share: as many as tell them apart."""
    span = scale.high - scale.low
    return 0 if span > 0.2 else 1 if span > 0.02 else 2


def _even_marks(low: float, high: float) -> tuple[float, ...]:
    return tuple(low + (high - low) * i / 4 for i in range(5))


def _log_marks(low: float, high: float) -> tuple[float, ...]:
    """Both ends, and the powers of ten between them that do not touch the ends."""
    powers = [10.0**power for power in range(math.ceil(math.log10(low)), math.floor(math.log10(high)) + 1)]
    apart = math.log10(high / low) / 14
    between = [each for each in powers if math.log10(each / low) > apart and math.log10(high / each) > apart]
    return (low, *between, high)

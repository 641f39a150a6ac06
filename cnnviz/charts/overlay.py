"""Runs laid over each other in one chart: curves as NumPy arrays in, a Plotly figure out.

Which value over which axis, smoothed how, and what the axes span is decided here; knows no page and no store.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cnnviz.base.text import percent
from cnnviz.charts.theme import DASHES, plain, plotly_template, series
from cnnviz.charts.training import Floats, share_floor, smoothed, thinned

if TYPE_CHECKING:
    import plotly.graph_objects as go

METRICS = ("loss", "test_loss", "train_accuracy", "test_accuracy")
AXES = ("epoch", "step", "seconds")
MOST_RUNS = 8  # that can be told apart
_MOST_POINTS = 160  # of a line: several travel at once
_REACH = 0.25  # of the longest run: how far back the strongest smoothing remembers
_PLOT, _TOP, _FOOT, _ROW = 320, 30, 58, 23  # pixels: the plot itself, above it, its axis, a line of the legend
_LABEL = 17  # pixels between two numbers at the ends of lines


@dataclass(frozen=True)
class RunCurves:
    """What one run has told. Losses may be infinite or not a number."""

    run: int
    label: str
    line: int  # its colour and dash, 0..7
    steps_per_epoch: int
    at: Floats  # (reports,) epochs done at each report, e.g. 1.25
    seconds: Floats  # (reports,) of training until then
    loss: Floats  # (reports,) mean since the report before
    epochs: Floats  # (done,) 1, 2, ...
    epoch_seconds: Floats  # (done,) of training until the end of the epoch, evaluation included
    test_loss: Floats
    train_accuracy: Floats  # 0..1
    test_accuracy: Floats


@dataclass(frozen=True)
class View:
    """What is drawn over what. `smooth` is 0 (not at all) to 1."""

    metric: str = "test_accuracy"
    x: str = "epoch"
    log: bool = False
    smooth: float = 0.0

    @property
    def is_share(self) -> bool:
        """On a logarithmic axis a share is drawn as what is missing to 1."""
        return self.metric.endswith("accuracy")


@dataclass(frozen=True)
class Line:
    """A run's line as it is drawn: `y` smoothed, `raw` what it was, None where that changes nothing."""

    run: RunCurves
    x: Floats
    y: Floats
    raw: Floats | None

    @property
    def end(self) -> int | None:
        """Index of the newest known value."""
        known = np.flatnonzero(np.isfinite(self.y))
        return int(known[-1]) if len(known) else None


def lines_of(runs: Sequence[RunCurves], view: View) -> list[Line]:
    """Every run's line, at most `_MOST_POINTS` points each; what is not finite is a gap."""
    longest = max([1.0, *(float(each[-1]) for run in runs for each in (run.at, run.epochs) if len(each))])
    return [_line(run, view, view.smooth**2 * _REACH * longest) for run in runs]


def _line(run: RunCurves, view: View, reach: float) -> Line:
    by_report = view.metric == "loss"
    at, seconds = (run.at, run.seconds) if by_report else (run.epochs, run.epoch_seconds)
    values = getattr(run, view.metric)
    finite = np.where(np.isfinite(values), values, np.nan)
    places, y = thinned(at, 1 - finite if view.is_share and view.log else finite, _MOST_POINTS)
    x = {
        "epoch": places,
        "step": places * run.steps_per_epoch,
        "seconds": thinned(seconds, finite, _MOST_POINTS)[0],
    }[view.x]
    return Line(run, x, smoothed(places, y, reach), y) if reach else Line(run, x, y, None)


def overlay(runs: Sequence[RunCurves], view: View, x_title: str, y_title: str, theme: str) -> go.Figure:
    """All runs in one chart, each with a colour and a dash of its own, its number at its end and its newest value."""
    import plotly.graph_objects as go  # heavy

    lines, colors = lines_of(runs, view), series(theme)
    span, longest = _span(lines, view), _longest(lines)
    scale = {"type": "log", "dtick": 1 if span[1] - span[0] > 3 else "D2"} if view.log else {}
    whole = {"dtick": 1} if view.x == "epoch" and longest <= 12 else {}
    is_shared = all(np.array_equal(line.x, lines[0].x) for line in lines)
    drawn = [trace for line in lines for trace in _traces(line, view, colors[line.run.line], is_shared)]
    if not is_shared:
        drawn += [_reading(line, view, longest, colors[line.run.line]) for line in lines]
    layout = {
        "template": plotly_template(theme),
        "height": _TOP + _PLOT + _FOOT + _ROW * len(lines),
        "margin": {"l": 64, "r": 46, "t": _TOP, "b": _FOOT + _ROW * len(lines)},
        "hovermode": "x unified",
        "hoverdistance": -1,  # anywhere over the chart
        "xaxis": {
            "title": {"text": plain(x_title)},
            "range": [0, longest * 1.01],
            "tickformat": ",~r",
            "unifiedhovertitle": {"text": f"{plain(x_title)} %{{x:.4~r}}"},
            **whole,
        },
        "yaxis": {
            "title": {"text": plain(y_title)},
            "range": list(span),
            "tickformat": ".2~%" if view.is_share else ".3~g",
            **scale,
        },
        "legend": {"orientation": "v", "x": 0, "y": -_FOOT / _PLOT, "yanchor": "top", "tracegroupgap": 0},
    }
    return go.Figure({"data": [*drawn, *_numbers(lines, view, span, colors)], "layout": layout})


def _traces(line: Line, view: View, color: str, is_read: bool) -> list[dict[str, Any]]:
    """The line, and behind a smoothed one what it was. `is_read`: pointing at the chart reads it."""
    common = {"type": "scatter", "x": line.x.tolist(), "legendgroup": str(line.run.run)}
    main = {
        **common,
        "y": _values(line.y),
        "name": f"{plain(line.run.label)}  <b>{newest(line, view)}</b>",
        "mode": "lines" if np.isfinite(line.y).sum() > 1 else "markers",
        "line": {"color": color, "dash": DASHES[line.run.line], "width": 2.5},
        "marker": {"color": color, "size": 9},
        "meta": line.run.run,
        **(_hover(line, view) if is_read else {"hoverinfo": "skip"}),
    }
    if line.raw is None:
        return [main]
    faint = {"y": _values(line.raw), "mode": "lines", "opacity": 0.3, "line": {"color": color, "width": 1}}
    return [{**common, **faint, "showlegend": False, "hoverinfo": "skip"}, main]


def _hover(line: Line, view: View) -> dict[str, str]:
    value = "%{y:.2%}" if view.is_share else "%{y:.4~g}"
    return {"hovertemplate": f"{value}<extra>#{line.run.run}</extra>"}


def _reading(line: Line, view: View, longest: float, color: str) -> dict[str, Any]:
    """The line at places that all runs share, to be pointed at: Plotly reads together only what has the same x.

    At each the run's nearest known value; nothing behind its end.
    """
    places = np.linspace(0, longest, _MOST_POINTS + 1)[1:]
    known = np.flatnonzero(np.isfinite(line.y))
    values = np.full(len(places), np.nan)
    if len(known):
        x = line.x[known]
        nearest = np.searchsorted((x[1:] + x[:-1]) / 2, places)
        values = np.where(places <= x[-1] + longest / _MOST_POINTS, line.y[known][nearest], np.nan)
    return {
        "type": "scatter",
        "x": places.tolist(),
        "y": _values(values),
        "mode": "lines",
        "line": {"color": color, "width": 3},
        "opacity": 0,
        "showlegend": False,
        "legendgroup": str(line.run.run),
        **_hover(line, view),
    }


def newest(line: Line, view: View) -> str:
    """The newest value as text, "–" for none; a share is one, also where errors are drawn."""
    if line.end is None:
        return "–"
    value = float(line.y[line.end] if line.raw is None else line.raw[line.end])
    if view.is_share:
        return percent(1 - value if view.log else value, 2)
    return f"{value:.4g}"


def _span(lines: Sequence[Line], view: View) -> tuple[float, float]:
    """The vertical axis from where to where (powers of ten if it is logarithmic): all lines lie within."""
    drawn = [values for line in lines for values in (line.y, _quiet(line.raw)) if values is not None]
    known = np.concatenate([*drawn, np.empty(0)])
    known = known[np.isfinite(known) & ((known > 0) | (not view.log))]
    if not len(known):
        return (-2.0, 0.0) if view.log else (0.0, 1.0)
    low, high = float(known.min()), float(known.max())
    if view.log:
        return math.log10(low / 1.25), math.log10(high * 1.25)
    return (share_floor(low, is_fine=True), 1.002) if view.is_share else (0.0, high * 1.06 or 1.0)


def _quiet(values: Floats | None) -> Floats | None:
    """Behind a smoothed line single leaps do not decide the axis: the highest twentieth is cut off."""
    if values is None:
        return None
    known = np.sort(values[np.isfinite(values)])
    return known[: max(1, math.ceil(len(known) * 0.95))]


def _longest(lines: Sequence[Line]) -> float:
    return max((float(line.x[-1]) for line in lines if len(line.x)), default=1.0) or 1.0


def _numbers(
    lines: Sequence[Line], view: View, span: tuple[float, float], colors: Sequence[str]
) -> list[dict[str, Any]]:
    """ "#7" at the end of each line, moved apart where they would touch; each goes with its line."""
    ends = [(line, line.end) for line in lines]
    known = [(line, end) for line, end in ends if end is not None and (not view.log or line.y[end] > 0)]
    unit = (span[1] - span[0]) / _PLOT  # of the axis, for a pixel
    heights = [math.log10(line.y[end]) if view.log else float(line.y[end]) for line, end in known]
    places = apart([(height - span[0]) / unit for height in heights], _LABEL, 0, _PLOT)
    return [
        {
            "type": "scatter",
            "x": [float(line.x[end])],
            "y": [10 ** (span[0] + place * unit) if view.log else span[0] + place * unit],
            "mode": "text",
            "text": [f"\N{NO-BREAK SPACE}#{line.run.run}"],
            "textposition": "middle right",
            "textfont": {"color": colors[line.run.line]},
            "cliponaxis": False,
            "showlegend": False,
            "legendgroup": str(line.run.run),
            "hoverinfo": "skip",
        }
        for (line, end), place in zip(known, places, strict=True)
    ]


def apart(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """`wanted` places, moved as little as keeps `gap` between neighbours and all within low .. high, if they fit.

    Neighbours that would touch become a group around the middle of what they wanted.

    >>> apart([50, 52, 10], 10, 0, 100)
    [46.0, 56.0, 10.0]
    """
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    groups: list[list[float]] = []  # of each: how far its first place would be from `low`, for every member
    for rank, index in enumerate(order):
        groups.append([wanted[index] - rank * gap])
        while len(groups) > 1 and _mean(groups[-2]) > _mean(groups[-1]):
            last = groups.pop()
            groups[-1] += last
    firsts = [_mean(group) for group in groups for _member in group]
    most = high - (len(wanted) - 1) * gap
    places = [0.0] * len(wanted)
    for rank, (index, first) in enumerate(zip(order, firsts, strict=True)):
        places[index] = max(low, min(most, first)) + rank * gap
    return places


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def elapsed(seconds: Floats, epochs: Floats, epoch_seconds: Floats) -> Floats:
    """Seconds since the run began, from seconds since it was last resumed.

    `seconds` starts from 0 again wherever the run was resumed, which is after a complete epoch: what the complete
    epochs took until there is added. `epochs` says in which epoch (1, 2, ...) each report was made, `epoch_seconds`
    the total at the end of each.

    >>> elapsed(np.array([1.0, 2.0, 0.5]), np.array([1, 1, 2]), np.array([2.5, 5.0])).tolist()
    [1.0, 2.0, 3.0]
    """
    result = np.empty_like(seconds)
    offset, before = 0.0, 0.0
    for index, (value, epoch) in enumerate(zip(seconds, epochs, strict=True)):
        if value < before:
            done = min(int(epoch) - 1, len(epoch_seconds))
            offset = float(epoch_seconds[done - 1]) if done else 0.0
        before = float(value)
        result[index] = offset + value
    return result


def _values(values: Floats) -> list[float | None]:
    return [float(f"{value:.5g}") if np.isfinite(value) else None for value in values]

"""Runs laid over each other in one chart: curves as NumPy arrays in, a Plotly figure out.

Which value over which axis, smoothed how, and what the axes span is decided here; knows no page and no store.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cnnviz.charts.theme import DASHES, plain, plotly_template, series
from cnnviz.charts.training import Floats, smoothed, thinned

if TYPE_CHECKING:
    import plotly.graph_objects as go

METRICS = ("loss", "test_loss", "train_accuracy", "test_accuracy")
AXES = ("epoch", "step", "seconds")
MOST_RUNS = 8  # that can be told apart
_MOST_POINTS = 160  # of a line: several travel at once
_REACH = 0.25  # of the longest run: how far back the strongest smoothing remembers
_PLOT, _TOP, _FOOT, _ROW = 320, 36, 62, 24  # pixels: the plot itself, above it, its axis, a line of the legend
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
    """All runs in one chart, each with a colour and a dash of its own and its number at its end."""
    import plotly.graph_objects as go  # heavy

    lines = lines_of(runs, view)
    drawn = [trace for line in lines for trace in _traces(line, view, series(theme)[line.run.line])]
    low, high = _span(lines, view)
    form = ".2~%" if view.is_share else ".3~g"
    scale = {"type": "log", "dtick": 1 if high - low > 3 else "D2"} if view.log else {}
    longest = _longest(lines)
    whole = {"dtick": 1} if view.x == "epoch" and longest <= 12 else {}
    layout = {
        "template": plotly_template(theme),
        "height": _PLOT + _TOP + _FOOT + _ROW * len(lines),
        "margin": {"l": 64, "r": 46, "t": _TOP, "b": _FOOT + _ROW * len(lines)},
        "hovermode": "x unified",
        "xaxis": {"title": {"text": x_title}, "range": [0, longest * 1.01], "tickformat": ",~r", **whole},
        "yaxis": {"title": {"text": y_title}, "range": [low, high], "tickformat": form, **scale},
        "legend": {
            "orientation": "v",
            "x": 0,
            "xanchor": "left",
            "y": -_FOOT / _PLOT,
            "yanchor": "top",
            "tracegroupgap": 0,
        },
        "annotations": _numbers(lines, view, (low, high), series(theme)),
    }
    return go.Figure({"data": drawn, "layout": layout})


def _traces(line: Line, view: View, color: str) -> list[dict[str, Any]]:
    value = "%{y:.2%}" if view.is_share else "%{y:.4~g}"
    common = {"type": "scatter", "x": line.x.tolist(), "legendgroup": str(line.run.run), "name": plain(line.run.label)}
    main = {
        **common,
        "y": _values(line.y),
        "mode": "lines" if np.isfinite(line.y).sum() > 1 else "markers",
        "line": {"color": color, "dash": DASHES[line.run.line], "width": 2.5},
        "marker": {"color": color, "size": 9},
        "hovertemplate": f"{value}<extra>#{line.run.run}</extra>",
        "meta": line.run.run,
    }
    if line.raw is None:
        return [main]
    faint = {"y": _values(line.raw), "mode": "lines", "opacity": 0.3, "line": {"color": color, "width": 1}}
    return [{**common, **faint, "showlegend": False, "hoverinfo": "skip"}, main]


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
    return (_floor(low), 1.002) if view.is_share else (0.0, high * 1.06 or 1.0)


def _quiet(values: Floats | None) -> Floats | None:
    """Behind a smoothed line single leaps do not decide the axis: the highest twentieth is cut off."""
    if values is None:
        return None
    known = np.sort(values[np.isfinite(values)])
    return known[: max(1, math.ceil(len(known) * 0.95))]


def _floor(low: float) -> float:
    """The axis of shares starts at 0 while a network still guesses, higher once all are good."""
    if low > 0.95:
        return math.floor((low - 0.002) * 100) / 100
    return max(0.0, math.floor((low - 0.02) * 10) / 10) if low > 0.5 else 0.0


def _longest(lines: Sequence[Line]) -> float:
    return max((float(line.x[-1]) for line in lines if len(line.x)), default=1.0) or 1.0


def _numbers(
    lines: Sequence[Line], view: View, span: tuple[float, float], colors: Sequence[str]
) -> list[dict[str, Any]]:
    """ "#7" at the end of each line, moved apart where they would touch."""
    ends = [(line, line.end) for line in lines]
    known = [(line, end) for line, end in ends if end is not None and (not view.log or line.y[end] > 0)]
    heights = [math.log10(line.y[end]) if view.log else float(line.y[end]) for line, end in known]
    pixels = [_PLOT * (height - span[0]) / (span[1] - span[0]) for height in heights]
    return [
        {
            "x": float(line.x[end]),
            "y": height,
            "yshift": place - pixel,
            "text": f"#{line.run.run}",
            "font": {"color": colors[line.run.line]},
            "xanchor": "left",
            "xshift": 4,
            "showarrow": False,
        }
        for (line, end), height, pixel, place in zip(
            known, heights, pixels, apart(pixels, _LABEL, 0, _PLOT), strict=True
        )
    ]


def apart(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """`wanted` places, moved as little as keeps `gap` between neighbours and all within low .. high, if they fit.

    >>> apart([50, 52, 10], 15, 0, 100)
    [50, 65, 10]
    """
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    places = list(wanted)
    least = low
    for index in order:
        places[index] = max(places[index], least)
        least = places[index] + gap
    most = high
    for index in reversed(order):
        places[index] = min(places[index], most)
        most = places[index] - gap
    return places


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

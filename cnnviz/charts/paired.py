"""Paired runs in one chart: a line for each way of training, with a band over its seeds. NumPy in, a Plotly figure out.

Knows no page and no store.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cnnviz.charts.theme import DASHES, mixed, palette, plain, plotly_template, series
from cnnviz.charts.training import Floats, share_floor

if TYPE_CHECKING:
    import plotly.graph_objects as go

MOST_LINES = 8  # that can be told apart
_PLOT, _TOP, _FOOT = 190, 8, 46  # pixels: the plot itself, above it, its axis
_ABOVE = 0.03  # of the axis, above 100%: a line there is seen whole
_SWATCH = 34, 10  # pixels
_TINT = 0.16  # of a line's colour in its band


@dataclass(frozen=True)
class Band:
    """One way of training, over its seeds. NaN where no run has come so far."""

    label: str
    epochs: Floats  # (done,) 1, 2, ...
    mean: Floats  # (done,) 0..1
    low: Floats  # (done,) of the seeds the lowest
    high: Floats

    @classmethod
    def over(cls, label: str, runs: Sequence[Floats]) -> Band:
        """Of runs' values epoch by epoch, each as long as it has come: the band ends with the shortest that has begun.

        >>> Band.over("two seeds", [np.array([0.5, 0.75, 1.0]), np.array([0.25, 0.75])]).mean.tolist()
        [0.375, 0.75]
        """
        begun = [np.asarray(run, float) for run in runs if len(run)]
        done = min(map(len, begun), default=0)
        if not done:
            nothing = np.empty(0)
            return cls(label, nothing, nothing, nothing, nothing)
        values = np.stack([run[:done] for run in begun])
        return cls(label, np.arange(1.0, done + 1), values.mean(axis=0), values.min(axis=0), values.max(axis=0))

    @property
    def has_spread(self) -> bool:
        """Whether there is a band to be drawn."""
        return bool(np.any(self.high > self.low))


def sketch(count: int, theme: str) -> str:
    """SVG of what `paired_chart` will be: axes, and `count` dashed lines that rise."""
    color = palette(theme)
    lines = "".join(
        f'<path d="M10 {150 - 8 * index}C{80 + 30 * index} {40 + 26 * index},'
        f'200 {28 + 24 * index},590 {22 + 22 * index}"/>'
        for index in range(count)
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 180" fill="none">'
        f'<path d="M10 6V168H590" stroke="{color["muted"]}" stroke-opacity="0.6"/>'
        f'<g stroke="{color["muted"]}" stroke-opacity="0.45" stroke-width="2" stroke-dasharray="5 6">{lines}</g></svg>'
    )


def swatch(index: int, theme: str) -> str:
    """A piece of line number `index`, as an SVG."""
    width, height = _SWATCH
    dash = "" if DASHES[index] == "solid" else f' stroke-dasharray="{DASHES[index]}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"><path d="M0 {height / 2}H{width}" '
        f'stroke="{series(theme)[index]}" stroke-width="3"{dash}/></svg>'
    )


def paired_chart(bands: Sequence[Band], planned: int, x_title: str, y_title: str, theme: str) -> go.Figure:
    """Each way of training with a colour and a dash of its own, as `swatch` shows them; `planned`: epochs."""
    import plotly.graph_objects as go  # heavy

    colors, ground = series(theme), palette(theme)["background"]
    traces: list[dict[str, Any]] = []
    for index, band in enumerate(bands[:MOST_LINES]):
        if band.has_spread:
            traces += _band(band, mixed(colors[index], ground, _TINT))
        traces.append(_line(band, colors[index], DASHES[index]))
    known = np.concatenate([np.empty(0), *(band.low for band in bands)])
    low = float(known.min()) if known.size else 0.0
    layout = {
        "template": plotly_template(theme),
        "height": _TOP + _PLOT + _FOOT,
        "margin": {"l": 56, "r": 16, "t": _TOP, "b": _FOOT},
        "showlegend": False,  # whatever the chart stands above names its lines
        "hovermode": "x unified",
        "xaxis": {
            "title": {"text": plain(x_title)},
            "range": [0.8, max(planned, 2) + 0.2],
            "tickformat": "d",
            **({"dtick": 1} if planned <= 12 else {}),
        },
        "yaxis": {
            "title": {"text": plain(y_title)},
            "range": [share_floor(low, is_fine=True), 1 + (1 - share_floor(low, is_fine=True)) * _ABOVE],
            "tickformat": ".0%" if low <= 0.95 else ".1%",
        },
    }
    return go.Figure({"data": traces, "layout": layout})


def _line(band: Band, color: str, dash: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": band.epochs.tolist(),
        "y": band.mean.tolist(),
        "name": plain(band.label),
        "mode": "lines" if len(band.mean) > 1 else "markers",
        "line": {"color": color, "dash": dash, "width": 2.5},
        "marker": {"color": color, "size": 9},
        "hovertemplate": f"%{{y:.1%}}<extra>{plain(band.label)}</extra>",
        "meta": band.label,
    }


def _band(band: Band, color: str) -> list[dict[str, Any]]:
    """An outline without a line, filled: up along the highest, back along the lowest."""
    return [
        {
            "type": "scatter",
            "x": [*band.epochs.tolist(), *band.epochs[::-1].tolist()],
            "y": [*band.high.tolist(), *band.low[::-1].tolist()],
            "mode": "lines",
            "line": {"width": 0},
            "fill": "toself",
            "fillcolor": color,
            "showlegend": False,
            "hoverinfo": "skip",
        }
    ]

"""Learning-rate schedule as a small Plotly figure. Numbers in; knows no page and no schedule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cnnviz.charts.theme import mixed, palette, plain, plotly_template

if TYPE_CHECKING:
    import plotly.graph_objects as go

_HEIGHT = 92
_MOST_POINTS = 120  # it is 26rem wide


def schedule(rates: Sequence[float], epochs: int, peak: str, end: str, theme: str) -> go.Figure:
    """`rates` of equally spaced steps as a line over an area; `peak` and `end` are its two words."""
    import plotly.graph_objects as go  # heavy

    chosen = thinned(rates)
    color = palette(theme)
    last = max(1, len(chosen) - 1)
    line = {
        "type": "scatter",
        "x": [epochs * index / last for index in range(len(chosen))],
        "y": [float(f"{rate:.5g}") for rate in chosen],
        "mode": "lines",
        "line": {"color": color["train"], "width": 2},
        "fill": "tozeroy",
        "fillcolor": mixed(color["train"], color["background"], 0.14),
        "hovertemplate": f"%{{x:.2~f}} / {epochs} · %{{y:.3~g}}<extra></extra>",
    }
    word = {"xref": "paper", "yref": "paper", "showarrow": False, "font": {"color": color["muted"], "size": 14}}
    axis = {"showgrid": False, "showticklabels": False, "fixedrange": True, "automargin": False}
    layout = {
        "template": plotly_template(theme),
        "height": _HEIGHT,
        "margin": {"l": 4, "r": 4, "t": 24, "b": 22},
        "showlegend": False,
        "hovermode": "x",
        "hoverdistance": -1,
        "xaxis": {**axis, "range": [0, epochs]},
        "yaxis": {**axis, "range": [0, max(chosen) * 1.04 or 1.0]},
        "annotations": [
            {**word, "text": plain(peak), "x": 0, "xanchor": "left", "y": 1, "yanchor": "bottom"},
            {**word, "text": plain(end), "x": 1, "xanchor": "right", "y": 0, "yanchor": "top"},
        ],
    }
    return go.Figure({"data": [line], "layout": layout})


def thinned(rates: Sequence[float]) -> list[float]:
    """At most `_MOST_POINTS` of them, first and last among them; a single one twice, as a line."""
    if len(rates) == 1:
        return [rates[0], rates[0]]
    if len(rates) <= _MOST_POINTS:
        return list(rates)
    last = len(rates) - 1
    return [rates[round(index * last / (_MOST_POINTS - 1))] for index in range(_MOST_POINTS)]

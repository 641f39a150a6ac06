"""Invariance: how sure a network stays of a class as its picture is moved, turned or scaled. NumPy in, Plotly out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cnnviz.charts.theme import palette, plain, plotly_template

if TYPE_CHECKING:
    import plotly.graph_objects as go

_HEIGHT = 158  # pixels


def invariance_chart(
    values: Sequence[float],
    shares: NDArray[np.floating],
    answers: Sequence[str],
    is_right: Sequence[bool],
    now: float,
    axis: str,
    theme: str,
) -> go.Figure:
    """`shares` (0..1) of one class over `values`; what is answered there, and whether that is this class.

    `now` is where the picture stands, `axis` says what is along it and in which unit.
    """
    import plotly.graph_objects as go  # heavy

    color = palette(theme)
    line = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": list(values),
        "y": [float(share) for share in shares],
        "line": {"color": color["muted"], "width": 1.5},
        "marker": {
            "color": [color["right"] if right else color["wrong"] for right in is_right],
            "symbol": ["circle" if right else "x" for right in is_right],
            "size": 7,
        },
        "customdata": [plain(answer) for answer in answers],
        "hovertemplate": "%{x:.3~g}: %{y:.1%} → %{customdata}<extra></extra>",
    }
    layout = {
        "template": plotly_template(theme),
        "height": _HEIGHT,
        "margin": {"l": 44, "r": 10, "t": 6, "b": 36},
        "showlegend": False,
        "hovermode": "closest",
        "xaxis": {"title": {"text": plain(axis), "standoff": 2}, "fixedrange": True, "tickfont": {"size": 12}},
        "yaxis": {
            "range": [-0.04, 1.04],
            "tickformat": ".0%",
            "tickvals": [0, 0.5, 1],
            "fixedrange": True,
            "tickfont": {"size": 12},
        },
        "shapes": [
            {
                "type": "line",
                "x0": now,
                "x1": now,
                "y0": 0,
                "y1": 1,
                "yref": "paper",
                "line": {"color": color["kernel"], "width": 2, "dash": "dot"},
            }
        ],
    }
    return go.Figure({"data": [line], "layout": layout})

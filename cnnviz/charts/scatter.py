"""Scatter chart of labelled points: a colour and a symbol for each class, mistakes ringed, moments that it plays.

NumPy in, a Plotly figure out. The axes stand still while the points move from moment to moment, in the browser.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.charts.theme import classes, mixed, palette, plain, plotly_template

if TYPE_CHECKING:
    import plotly.graph_objects as go

Points = NDArray[np.float32]  # (n, 2)

# Told apart at 9 pixels.
SYMBOLS = (
    "circle",
    "square",
    "triangle-up",
    "cross",
    "diamond",
    "star",
    "x",
    "triangle-down",
    "pentagon",
    "hourglass",
)
_SIZE, _PICKED = 9, 21  # pixels
_RING = 15, 2.2  # of a mistake: its size, its line
_HEIGHT, _PLAYER = 292, 82
_MARGIN = 0.04  # of the span, around the points
_MOVES, _RESTS = 450, 350  # milliseconds from moment to moment
_UNSEEN = "rgba(0,0,0,0)"
# Plotly pales what is not selected
_STEADY: dict[str, Any] = {"selected": {"marker": {"opacity": 1}}, "unselected": {"marker": {"opacity": 1}}}


@dataclass(frozen=True, eq=False)
class Moment:
    """Where n points lie, and what each was taken for."""

    name: str
    points: Points
    predictions: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Cloud:
    """n points at one moment or several, in order; each has its class and its number."""

    labels: NDArray[np.int64]
    numbers: NDArray[np.int64]  # a click gives it back as `customdata`
    moments: Sequence[Moment]

    def __post_init__(self) -> None:
        if not self.moments:
            raise ValueError("a cloud has at least one moment")


@dataclass(frozen=True)
class ScatterWords:
    """What is written in the chart."""

    names: Sequence[str]  # of the classes
    axes: tuple[str, str]  # "" for none
    wrong: str
    says: Callable[[int, int, int], str]  # of a point: its number, its class, what it was taken for
    play: str
    pause: str
    moment: str  # before a moment's name


def scatter(cloud: Cloud, now: int, picked: int | None, words: ScatterWords, theme: str) -> go.Figure:
    """A trace for each class that has points, one of rings around mistakes, one around the number `picked`, and a key.

    `now` is the moment shown at first. Of several moments there are a player and a slider.
    """
    import plotly.graph_objects as go  # heavy

    color = palette(theme)
    present = np.unique(cloud.labels).tolist()
    shown = cloud.moments[now]
    size, width = _RING
    ring = {"symbol": "circle-open", "color": color["text"], "line": {"width": width}}
    rings, around = _rings(cloud, shown, theme), _picked(cloud, shown, picked)
    key = {"type": "scatter", "mode": "markers", "x": [None], "y": [None], "hoverinfo": "skip"}
    data = [
        *(_class(cloud, shown, k, words, theme) for k in present),
        {**key, **rings, "marker": {**ring, **rings["marker"], "size": size}, **_STEADY, "showlegend": False},
        {**key, **around, "marker": {**ring, "size": _PICKED}, **_STEADY, "showlegend": False},
        {**key, "name": plain(words.wrong), "marker": {**ring, "size": _SIZE}},
    ]
    several = len(cloud.moments) > 1
    player = _player([plain(each.name) for each in cloud.moments], now, words, color) if several else {}
    frames = [_frame(cloud, each, present, picked, words, theme) for each in cloud.moments] if several else []
    return go.Figure({"data": data, "layout": {**_layout(cloud, words, theme), **player}, "frames": frames})


def look(k: int, theme: str) -> tuple[str, str]:
    """Colour and symbol of class `k`: the next ten have the same colours, with the symbols moved on by one."""
    colours = classes(theme)
    return colours[k % len(colours)], SYMBOLS[(k + k // len(colours)) % len(SYMBOLS)]


def _layout(cloud: Cloud, words: ScatterWords, theme: str) -> dict[str, Any]:
    x, y = _span(cloud)
    axis = {"fixedrange": True, "showticklabels": False, "showgrid": False, "zeroline": False, "showline": True}
    titles = [{"text": plain(title), "standoff": 4} for title in words.axes]
    return {
        "template": plotly_template(theme),
        "height": _HEIGHT + (_PLAYER if len(cloud.moments) > 1 else 0),
        "margin": {"l": 26 if words.axes[1] else 8, "r": 8, "t": 6, "b": 26 if words.axes[0] else 8},
        "xaxis": {**axis, "range": x, "title": titles[0]},
        "yaxis": {**axis, "range": y, "title": titles[1]},
        "legend": {"font": {"size": 14}, "itemclick": False, "itemdoubleclick": False, "tracegroupgap": 0},
        "hovermode": "closest",
        "dragmode": False,
        "clickmode": "event+select",
    }


def _span(cloud: Cloud) -> tuple[list[float], list[float]]:
    """What shows every point at every moment."""
    every = np.concatenate([moment.points for moment in cloud.moments]).astype(float)
    low, high = every.min(axis=0), every.max(axis=0)
    margin = np.maximum((high - low) * _MARGIN, 1e-6)
    x, y = zip((low - margin).tolist(), (high + margin).tolist(), strict=True)
    return list(x), list(y)


def _class(cloud: Cloud, moment: Moment, k: int, words: ScatterWords, theme: str) -> dict[str, Any]:
    """What stays the same, and the points of the moment."""
    own = np.flatnonzero(cloud.labels == k)
    hue, symbol = look(k, theme)
    return {
        "type": "scatter",
        "mode": "markers",
        "name": plain(words.names[k]),
        **_moving(cloud, moment, own, words),
        "marker": {
            "size": _SIZE,
            "color": hue,
            "symbol": symbol,
            "opacity": 0.9,
            "line": {"width": 0.6, "color": mixed(hue, palette(theme)["background"], 0.3)},
        },
        "customdata": cloud.numbers[own].tolist(),
        "hovertemplate": "%{text}<extra></extra>",
        "selected": {"marker": {"opacity": 1, "size": 2 * _SIZE}},  # without a new figure, which would begin anew
        "unselected": {"marker": {"opacity": 0.9}},
    }


def _moving(cloud: Cloud, moment: Moment, own: NDArray[np.int64], words: ScatterWords) -> dict[str, Any]:
    """What differs from moment to moment, of the points `own`."""
    said = zip(*(each[own].tolist() for each in (cloud.numbers, cloud.labels, moment.predictions)), strict=True)
    return {
        **_places(moment.points[own]),
        "text": [plain(words.says(*each)) for each in said],
    }


def _rings(cloud: Cloud, moment: Moment, theme: str) -> dict[str, Any]:
    """One around every point, unseen where the answer is right: then a ring moves with its point."""
    colors = np.where(cloud.labels != moment.predictions, palette(theme)["text"], _UNSEEN).tolist()
    return {**_places(moment.points), "marker": {"color": colors}}


def _picked(cloud: Cloud, moment: Moment, number: int | None) -> dict[str, Any]:
    return _places(moment.points[np.flatnonzero(cloud.numbers == number)])


def _places(points: Points) -> dict[str, Any]:
    return {"x": _rounded(points[:, 0]), "y": _rounded(points[:, 1])}


def _frame(
    cloud: Cloud, moment: Moment, present: Sequence[int], picked: int | None, words: ScatterWords, theme: str
) -> dict[str, Any]:
    own = [np.flatnonzero(cloud.labels == k) for k in present]
    data = [
        *(_moving(cloud, moment, each, words) for each in own),
        _rings(cloud, moment, theme),
        _picked(cloud, moment, picked),
        {},  # the key: a trace that no frame has could not be clicked past afterwards, since Plotly loses its drawing
    ]
    return {"name": plain(moment.name), "data": data, "traces": list(range(len(data)))}


def _player(names: Sequence[str], now: int, words: ScatterWords, color: Mapping[str, str]) -> dict[str, Any]:
    """Plotly's own buttons and slider: what they move moves in the browser."""
    moves = {"frame": {"duration": _MOVES + _RESTS, "redraw": False}, "transition": {"duration": _MOVES}}
    still = {"frame": {"duration": 0, "redraw": False}, "transition": {"duration": 0}, "mode": "immediate"}
    button = {"method": "animate", "execute": True}
    return {
        "updatemenus": [
            {
                "type": "buttons",
                "direction": "left",
                "showactive": False,
                "x": 0.0,
                "xanchor": "left",
                "y": 0,
                "yanchor": "top",
                "pad": {"t": 30},
                "bgcolor": color["surface"],
                "bordercolor": color["line"],
                "font": {"size": 14},
                "buttons": [
                    {**button, "label": f"▶ {plain(words.play)}", "args": [None, {**moves, "fromcurrent": True}]},
                    {**button, "label": plain(words.pause), "args": [[None], still]},
                ],
            }
        ],
        "sliders": [
            {
                "active": now,
                "y": 0,
                "yanchor": "top",
                "pad": {"t": 34},
                "ticklen": 0,
                "font": {"color": "rgba(0,0,0,0)", "size": 1},  # every epoch's name below it would need a line more
                "bgcolor": color["line"],
                "activebgcolor": color["train"],
                "bordercolor": color["line"],
                "currentvalue": {
                    "prefix": f"{plain(words.moment)} ",
                    "font": {"size": 14, "color": color["text"]},
                    "xanchor": "right",  # beside the buttons, which are narrow on a phone too
                    "offset": 14,
                },
                "steps": [{"label": name, "method": "animate", "args": [[name], still]} for name in names],
            }
        ],
    }


def _rounded(values: NDArray[np.float32]) -> list[float]:
    return [float(f"{value:.4g}") for value in values]

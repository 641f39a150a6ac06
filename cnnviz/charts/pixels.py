"""Pixel charts: histogram of values, before and after Normalize; one picture with its values. NumPy in, Plotly out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.charts.gallery import rgb
from cnnviz.charts.theme import palette, plain, plotly_template, series

if TYPE_CHECKING:
    import plotly.graph_objects as go

_BINS = 64  # bars of a histogram: four values each
_HEIGHT, _LOW = 250, 190  # pixels
_MOST_WRITTEN = 32  # a side: values are written into the pixels of a grey picture up to that
_CHANNELS = {"light": ("#B93A0E", "#00725A", "#0B63B0"), "dark": ("#FF9A6B", "#4CC9A8", "#6CB6F5")}  # red, green, blue


def channel_colors(count: int, theme: str) -> Sequence[str]:
    """Of one grey channel or of red, green, blue; more than these have the series' colours."""
    if count == 1:
        return (palette(theme)["input"],)
    return _CHANNELS[theme] if count == 3 else series(theme)


def pixel_histogram(
    shares: NDArray[np.float64], names: Sequence[str], axis: str, theme: str, *, is_log: bool = False
) -> go.Figure:
    """`shares` (channels, 256) of the pixels with each value, as steps; each bar is four values."""
    import plotly.graph_objects as go  # heavy

    binned = _binned(shares)
    x = (np.arange(_BINS) + 0.5) * (256 / _BINS) / 255
    lines = _steps(x, binned, names, theme, "%{x:.2f}")
    layout = _layout(theme, axis, _HEIGHT) | {"showlegend": len(names) > 1}
    layout["xaxis"] |= {"tickvals": [0, 0.25, 0.5, 0.75, 1], "range": [-0.01, 1.01]}
    if is_log:
        layout["yaxis"] |= {"type": "log"}
    return go.Figure({"data": lines, "layout": layout})


def normalized_histogram(
    shares: NDArray[np.float64], mean: Sequence[float], std: Sequence[float], names: Mapping[str, str], theme: str
) -> go.Figure:
    """The same pixels before Normalize, from 0 to 1, and after it, spread about 0: averaged over the channels.

    `names` of "before" and "after" and the "axis".
    """
    import plotly.graph_objects as go  # heavy

    color = palette(theme)
    binned = _binned(shares)
    x = (np.arange(_BINS) + 0.5) * (256 / _BINS) / 255
    before = _line(x, binned.mean(axis=0), names["before"], color["muted"], "%{x:.2f}")
    traces = [before | {"line": {"color": color["muted"], "width": 2, "dash": "dot"}}]
    tints = channel_colors(len(shares), theme)
    for index, (one, middle, spread) in enumerate(zip(binned, mean, std, strict=True)):
        line = _line((x - middle) / (spread or 1.0), one, names["after"], tints[index % len(tints)], "%{x:.2f}")
        traces.append(line | {"showlegend": index == 0})
    layout = _layout(theme, names["axis"], _LOW) | {"showlegend": True}
    layout["yaxis"] |= {"type": "log"}
    return go.Figure({"data": traces, "layout": layout})


def picture_values(picture: NDArray[np.uint8], says: str, theme: str) -> go.Figure:
    """One picture (channels, h, w), large, with the value of the pixel that is pointed at; a small grey one has them
    written in. `says`: with the gaps {row}, {column} and {value}, as Plotly fills them."""
    import plotly.graph_objects as go  # heavy

    height, width = picture.shape[1:]
    values = picture.transpose(1, 2, 0).astype(int)  # (h, w, c)
    words = values.astype(str)
    joined = np.array([[" / ".join(pixel) for pixel in row] for row in words])
    shown: dict[str, Any] = {
        "type": "image",
        "z": rgb(picture).tolist(),
        "customdata": joined.tolist(),
        "x0": 1,
        "y0": 1,
        "hovertemplate": plain(says).format(row="%{y}", column="%{x}", value="%{customdata}") + "<extra></extra>",
    }
    written = [_written(picture[0])] if len(picture) == 1 and max(height, width) <= _MOST_WRITTEN else []
    bare = {"visible": False, "fixedrange": True, "constrain": "domain"}
    layout = {
        "template": plotly_template(theme),
        "height": 330,
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "hovermode": "closest",
        "xaxis": bare,
        "yaxis": bare | {"autorange": "reversed", "scaleanchor": "x"},
    }
    return go.Figure({"data": [shown, *written], "layout": layout})


def _written(values: NDArray[np.uint8]) -> dict[str, Any]:
    """The values as text in the middle of their pixels, light on dark and dark on light."""
    rows, columns = np.indices(values.shape)
    return {
        "type": "scatter",
        "mode": "text",
        "x": (columns.ravel() + 1).tolist(),
        "y": (rows.ravel() + 1).tolist(),
        "text": [str(value) for value in values.ravel().tolist()],
        "textfont": {
            "size": 16 if values.shape[0] <= 10 else 6,
            "color": ["#FFFFFF" if value < 128 else "#000000" for value in values.ravel().tolist()],
        },
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _binned(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """(channels, 256) -> (channels, bars)."""
    return shares.reshape(len(shares), _BINS, -1).sum(axis=2)


def _steps(
    x: NDArray[np.float64], shares: NDArray[np.float64], names: Sequence[str], theme: str, at: str
) -> list[dict[str, Any]]:
    tints = channel_colors(len(shares), theme)
    return [
        _line(x, row, name, tints[index % len(tints)], at) | ({"fill": "tozeroy"} if len(shares) == 1 else {})
        for index, (row, name) in enumerate(zip(shares, names, strict=True))
    ]


def _line(x: NDArray[np.float64], shares: NDArray[np.float64], name: str, color: str, at: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": plain(name),
        "x": x.tolist(),
        "y": [None if share == 0 else share for share in shares.tolist()],
        "line": {"color": color, "width": 2, "shape": "hvh"},
        "hovertemplate": f"{at}: %{{y:.2%}}<extra>%{{fullData.name}}</extra>",
    }


def _layout(theme: str, axis: str, height: int) -> dict[str, Any]:
    return {
        "template": plotly_template(theme),
        "height": height,
        "margin": {"l": 8, "r": 8, "t": 28, "b": 8},
        "hovermode": "closest",
        "legend": {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom"},
        "xaxis": {"title": {"text": plain(axis), "standoff": 4}, "fixedrange": True, "nticks": 7, "zeroline": False},
        "yaxis": {"tickformat": "~%", "fixedrange": True, "nticks": 4},
    }

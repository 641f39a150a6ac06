"""Weights of a layer: how they are spread, and what of many of them is shown. NumPy in, Plotly out.

Knows nothing of torch, Streamlit or disk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.charts.theme import palette, plain, plotly_template

if TYPE_CHECKING:
    import plotly.graph_objects as go

Values = NDArray[Any]
_BINS = 41  # odd: one of them is around zero


def norms(filters: Values) -> NDArray[np.float64]:
    """The length of each filter's weights (n, ...) as a vector, (n,)."""
    flat = filters.reshape(len(filters), -1).astype(np.float64)
    return np.sqrt(np.einsum("ni,ni->n", flat, flat))


def strongest_channels(filters: Values, most: int) -> Values:
    """Filters (n, c, kh, kw) with the `most` channels of each whose weights are largest, in their order."""
    if filters.shape[1] <= most:
        return filters
    sizes = np.einsum("ncij,ncij->nc", filters, filters)
    kept = np.sort(np.argsort(-sizes, axis=1, kind="stable")[:, :most], axis=1)
    return np.take_along_axis(filters, kept[:, :, None, None], axis=1)


def shares(values: Values, bound: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Middles of the bins from -bound to bound, and the share of `values` in each; shares sum to 1."""
    counts, edges = np.histogram(np.nan_to_num(values), _BINS, (-bound, bound))
    return (edges[:-1] + edges[1:]) / 2, counts / max(1, counts.sum())


def weights_chart(
    all_weights: Values, own: Values, names: tuple[str, str], titles: tuple[str, str], theme: str
) -> go.Figure:
    """How the weights of a layer are spread, and those of one filter: shares in bins of equal width.

    `names` are those of the two, `titles` of the two axes.
    """
    import plotly.graph_objects as go  # heavy

    color = palette(theme)
    bound = float(np.abs(np.nan_to_num(all_weights)).max(initial=0.0)) or 1.0
    (middles, every), (_, chosen) = shares(all_weights, bound), shares(own, bound)
    figure = go.Figure()
    figure.add_bar(x=middles, y=every, name=plain(names[0]), marker_color=color["muted"], opacity=0.55)
    figure.add_scatter(
        x=middles,
        y=chosen,
        name=plain(names[1]),
        mode="lines",
        line={"color": color["kernel"], "width": 2, "shape": "hvh"},
    )
    figure.update_layout(
        template=plotly_template(theme),
        height=165,
        bargap=0,
        hovermode="x unified",
        margin={"l": 48, "r": 8, "t": 4, "b": 36},
        legend={"orientation": "h", "x": 1, "xanchor": "right", "y": 1.02, "yanchor": "bottom", "font": {"size": 12}},
        xaxis={"title": {"text": plain(titles[0]), "font": {"size": 12}, "standoff": 2}, "tickfont": {"size": 12}},
        yaxis={
            "title": {"text": plain(titles[1]), "font": {"size": 12}, "standoff": 2},
            "tickfont": {"size": 12},
            "tickformat": ".0%",
            "rangemode": "tozero",
        },
    )
    return figure

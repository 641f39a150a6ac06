"""Shares as bars and as a treemap: counts in, Plotly figures out. Knows no page, no data set and no network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cnnviz.base.text import percent
from cnnviz.charts.theme import mixed, palette, plain, plotly_template

if TYPE_CHECKING:
    import plotly.graph_objects as go

_BAR, _PAIR = 34, 34  # pixels: a bar with its row, a pair of bars with theirs
_EDGE = 8  # pixels around the bars
_LEGEND = 56  # pixels above them: where they are narrow its two names stand below each other
_AXIS = 48  # pixels below them: its figures and its title
_TINT = 0.34  # of a layer's own colour, as in the drawing of a network
_GAP = "\N{NO-BREAK SPACE}"
_TREEMAP = 300  # pixels high


def share_bars(shares: Mapping[str, float], theme: str) -> go.Figure:
    """A bar for each name, the first on top, with its per cent at its end."""
    import plotly.graph_objects as go  # heavy

    most = max(shares.values(), default=0.0) or 1.0
    bars = {
        "type": "bar",
        "orientation": "h",
        "x": list(shares.values()),
        "y": [plain(name) for name in shares],
        "text": [percent(share, 0) for share in shares.values()],
        "textposition": "outside",
        "cliponaxis": False,
        "marker": {"color": palette(theme)["output"]},
        "hovertemplate": "%{y}: %{x:.1%}<extra></extra>",
    }
    layout = _bars_layout(theme, _BAR * len(shares), most * 1.12)
    return go.Figure({"data": [{**bars, "width": 0.55}], "layout": layout})


@dataclass(frozen=True)
class Half:
    """One of two sets of pictures: what it is called and how many there are of each class."""

    name: str
    counts: Sequence[int]

    @property
    def shares(self) -> list[float]:
        whole = sum(self.counts) or 1
        return [count / whole for count in self.counts]


def balance_bars(classes: Sequence[str], train: Half, test: Half, axis: str, theme: str) -> go.Figure:
    """A thick and a thin bar for each class: its share of the training and of the test pictures, counts at the end.

    `axis` says below that the bars are shares of their own half, since halves differ in size.
    """
    import plotly.graph_objects as go  # heavy

    color = palette(theme)
    bars = [
        _half_bars(classes, train, color["train"], 0.46, -0.36),
        _half_bars(classes, test, color["test"], 0.16, 0.14),
    ]
    widest = [max(pair) for pair in zip(train.shares, test.shares, strict=True)]
    counts = {
        "type": "scatter",
        "mode": "text",
        "x": widest,
        "y": list(range(len(classes))),
        "text": [
            _GAP + _colored(one, color["train"]) + 3 * _GAP + _colored(other, color["test"])
            for one, other in zip(train.counts, test.counts, strict=True)
        ],
        "textposition": "middle right",
        "cliponaxis": False,
        "hoverinfo": "skip",
        "showlegend": False,
    }
    layout = _bars_layout(theme, _PAIR * len(classes) + _LEGEND + _AXIS, max(widest, default=1.0) or 1.0)
    layout["xaxis"] |= {"visible": True, "tickformat": ".0%", "nticks": 5}
    layout["annotations"] = [_below(plain(axis), color["muted"])]
    layout["yaxis"] |= {"tickvals": list(range(len(classes))), "ticktext": [plain(name) + 2 * _GAP for name in classes]}
    layout["margin"] |= {"t": _LEGEND, "r": 100, "b": _AXIS}
    layout |= {"showlegend": True, "legend": {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom"}}
    return go.Figure({"data": [*bars, counts], "layout": layout})


def _below(axis: str, color: str) -> dict[str, Any]:
    """The axis's title from the left edge of the bars: in the middle, it would be cut where it is longer than they."""
    edges = {"xref": "paper", "yref": "paper", "x": 0, "y": 0, "xanchor": "left", "yanchor": "top"}
    return {"text": axis, "font": {"color": color}, "showarrow": False, "xshift": -4, "yshift": -_AXIS / 2, **edges}


def _half_bars(classes: Sequence[str], half: Half, color: str, width: float, offset: float) -> dict[str, Any]:
    return {
        "type": "bar",
        "orientation": "h",
        "name": plain(half.name),
        "x": half.shares,
        "y": list(range(len(classes))),
        "width": width,
        "offset": offset,
        "marker": {"color": color},
        "customdata": [
            [plain(name), f"{count:,}", percent(share, 1)]
            for name, count, share in zip(classes, half.counts, half.shares, strict=True)
        ],
        "hovertemplate": "%{customdata[0]}: %{customdata[1]} · %{customdata[2]}<extra>%{fullData.name}</extra>",
    }


def _colored(count: int, color: str) -> str:
    return f'<span style="color:{color}">{count:,}</span>'


def _bars_layout(theme: str, height: int, most: float) -> dict[str, Any]:
    """Names on the left, the first on top; the numbers at the ends make an axis needless."""
    return {
        "template": plotly_template(theme),
        "height": height + 2 * _EDGE,
        "margin": {"l": 8, "r": 16, "t": _EDGE, "b": _EDGE},
        "showlegend": False,
        "hovermode": "closest",
        "xaxis": {"range": [0, most], "visible": False, "fixedrange": True},
        "yaxis": {
            "autorange": "reversed",
            "showgrid": False,
            "fixedrange": True,
            "tickfont": {"color": palette(theme)["text"], "size": 15},
            "ticksuffix": "  ",
        },
    }


@dataclass(frozen=True)
class Part:
    """A layer: its dotted name, what it is called, its role among the colours, and how much of the whole it has."""

    name: str
    kind: str
    role: str
    count: int


def treemap(parts: Sequence[Part], whole: str, theme: str) -> go.Figure:
    """Every layer as large as its share, within the blocks its name says it is in; `whole` is the network's title."""
    import plotly.graph_objects as go  # heavy

    tiles = _tiles(_nodes([part for part in parts if part.count], whole), palette(theme))
    layout = {
        "template": plotly_template(theme),
        "height": _TREEMAP,
        "margin": {"l": 0, "r": 0, "t": 0, "b": 24},
        "uniformtext": {"minsize": 11, "mode": "hide"},
    }
    return go.Figure({"data": [tiles], "layout": layout})


def _tiles(nodes: Mapping[str, _Node], color: Mapping[str, str]) -> dict[str, Any]:
    text = {"color": color["text"], "size": 14}
    return {
        "type": "treemap",
        "ids": list(nodes),
        "parents": [node.parent for node in nodes.values()],
        "labels": [plain(node.label) for node in nodes.values()],
        "values": [node.count for node in nodes.values()],
        "customdata": [[plain(node.name), plain(node.kind)] for node in nodes.values()],
        "branchvalues": "total",
        "sort": False,
        "texttemplate": [
            "%{label}<br>%{percentRoot:.1%}" if node.kind else "%{label} · %{percentRoot:.1%}"  # in a block's one line
            for node in nodes.values()
        ],
        "hovertemplate": "<b>%{customdata[0]}</b> %{customdata[1]}<br>%{value:,} · %{percentRoot:.2%}<extra></extra>",
        "marker": {
            "colors": [
                mixed(color[node.role], color["background"], _TINT) if node.role else color["surface"]
                for node in nodes.values()
            ],
            "line": {"color": color["background"], "width": 1.5},
            "pad": {"l": 3, "r": 3, "b": 3, "t": 22},
            "cornerradius": 3,
        },
        "textfont": text,
        "pathbar": {"side": "bottom", "thickness": 22, "textfont": text},
        "tiling": {"pad": 2},
        "root": {"color": "rgba(0,0,0,0)"},
        "maxdepth": 4,
    }


@dataclass
class _Node:
    label: str
    parent: str  # its id
    name: str
    kind: str = ""
    role: str = ""
    count: int = 0


def _nodes(parts: Sequence[Part], whole: str) -> dict[str, _Node]:
    """The tree of dotted names by ids, each node with the sum of what is in it."""
    nodes = {whole: _Node(whole, "", whole)}
    for part in parts:
        nodes[whole].count += part.count
        *blocks, last = part.name.split(".")
        parent, path = whole, ""
        for step in blocks:
            path = f"{path}.{step}" if path else step
            label = ".".join(path.split(".")[-2:]) if step.isdigit() else step
            nodes.setdefault(f"{whole}/{path}", _Node(label, parent, path)).count += part.count
            parent = f"{whole}/{path}"
        label = f"{part.kind} {last}" if last.isdigit() else last
        nodes[f"{whole}/{part.name}"] = _Node(label, parent, part.name, part.kind, part.role, part.count)
    return nodes

"""The look, decided once: what each colour means, in light and in dark, for the page's CSS and for Plotly.

Knows nothing of Streamlit or torch, and loads no Plotly.

Roles, not hues: a part of a picture asks for "kernel" or "wrong". Every role is used as text, line and tint, so each
has at least 4.5 : 1 against its theme's background, and pairs that meet in one picture (train and test, right and
wrong, stride and dilation, input, kernel and output) stay apart under the common colour-vision deficiencies:
tests/charts/test_theme.py.
"""

from __future__ import annotations

from html import escape
from typing import Any

BACKGROUND = {"light": "#FDFCFA", "dark": "#15171B"}  # as in .streamlit/config.toml
TEXT = {"light": "#1E2126", "dark": "#ECEAE4"}

_ROLES = {
    #           light      dark
    "input": ("#0B63B0", "#6CB6F5"),  # blue
    "padding": ("#666A73", "#9CA1AC"),  # grey
    "kernel": ("#A85400", "#F2A65A"),  # orange
    "output": ("#00725A", "#4CC9A8"),  # bluish green
    "stride": ("#5B3FC4", "#B0A0FF"),  # violet, as train: the two never meet
    "dilation": ("#B3246B", "#FF8FC0"),  # rose, as test
    "train": ("#5B3FC4", "#B0A0FF"),  # violet
    "test": ("#B3246B", "#FF8FC0"),  # rose
    "right": ("#1D4FB8", "#86B6FF"),  # blue, with a tick
    "wrong": ("#B93A0E", "#FF9A6B"),  # vermilion, with a cross
    "muted": ("#5C606A", "#A9ADB7"),
    "line": ("#DAD6CD", "#3A3E47"),
    "surface": ("#F3F1EC", "#20232A"),
    "text": (TEXT["light"], TEXT["dark"]),
    "background": (BACKGROUND["light"], BACKGROUND["dark"]),
}

# Weights and signed activations: orange below zero, neutral at zero, blue above; symmetric around zero.
_DIVERGING = {
    "light": ("#8A3B00", "#D98B3A", "#F4F2ED", "#5C9BD1", "#0A4478"),
    "dark": ("#FFC27A", "#B36A1E", "#23262C", "#3F7FB8", "#A6D4FF"),
}
# Activations that are never negative, and shares: from the page's own surface to one strong colour.
_SEQUENTIAL = {
    "light": ("#F4F2ED", "#B9DCD0", "#5CAE96", "#157A63", "#003D31"),
    "dark": ("#23262C", "#1F4F45", "#2D8A74", "#5FCBAE", "#D2FFF1"),
}

# Runs over each other in one chart: at least 20 apart (CIE76) for every kind of colour vision, and each line has a
# dash of its own as well. Found by search over lightness, chroma and hue.
_SERIES = {
    "light": ("#337BE1", "#D51C56", "#768815", "#6A2879", "#134E19", "#BD4E8F", "#2A28A0", "#68153F"),
    "dark": ("#B2BAEF", "#F37359", "#F3D633", "#AD76E7", "#AAF1BA", "#D7818F", "#68EFE3", "#D7E775"),
}

# Points of classes among each other, each class with a symbol of its own as well: at least 40 apart to the common eye,
# 20 for every kind of colour vision, and none so strong that frames of it outshine pictures (chroma below 75, on
# black below 58). Found in the same way.
_CLASSES = {
    "light": (
        *("#0090FC", "#FC5460", "#00843C", "#543CB4", "#9C9000"),
        *("#D848B4", "#6C3000", "#CC7890", "#543C6C", "#18483C"),
    ),
    "dark": (
        *("#6CB4FC", "#FC84C0", "#78A848", "#FCD86C", "#7854A8"),
        *("#A84848", "#3C8484", "#846000", "#CCD8B4", "#00F0FC"),
    ),
}

DASHES = ("solid", "9,5", "2,4", "12,4,2,4", "5,3", "14,6", "2,3,8,3", "1,6")  # of the series' lines, as in lines.js

_FONTS = '"Source Sans", system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif'

Scale = tuple[str, ...]


def palette(theme: str) -> dict[str, str]:
    """Role -> "#RRGGBB" in `theme` ("light" or "dark")."""
    column = 1 if theme == "dark" else 0
    return {role: pair[column] for role, pair in _ROLES.items()}


def diverging(theme: str) -> Scale:
    """Five stops from most negative through a neutral zero to most positive."""
    return _DIVERGING[theme]


def sequential(theme: str) -> Scale:
    """Five stops from nothing to most."""
    return _SEQUENTIAL[theme]


def series(theme: str) -> Scale:
    """Eight colours for lines of one kind."""
    return _SERIES[theme]


def classes(theme: str) -> Scale:
    """Ten colours for the points of classes."""
    return _CLASSES[theme]


def mixed(color: str, ground: str, share: float) -> str:
    """`share` of `color` in `ground`, as CSS's color-mix.

    >>> mixed("#FF0000", "#000000", 0.5)
    '#800000'
    """
    channels = ((int(color[i : i + 2], 16), int(ground[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(one * share + other * (1 - share)):02X}" for one, other in channels)


def between(scale: Scale, place: float) -> str:
    """The colour `place` of the way, 0 to 1, along the stops of `scale`.

    >>> between(("#000000", "#FFFFFF"), 0.5)
    '#808080'
    """
    position = min(1.0, max(0.0, place)) * (len(scale) - 1)
    left = min(len(scale) - 2, int(position))
    return mixed(scale[left + 1], scale[left], position - left)


def plotly_config(name: str, is_zoomed: bool) -> dict[str, Any]:
    """Of a Plotly chart: a picture to keep, called `name`, and the way back after a part was enlarged."""
    buttons = ["toImage", "resetScale2d"] if is_zoomed else ["toImage"]
    return {
        "displaylogo": False,
        "modeBarButtons": [buttons],
        "toImageButtonOptions": {"format": "png", "scale": 2, "filename": name},
        "scrollZoom": False,
    }


def plotly_template(theme: str) -> dict[str, Any]:
    """The one look of all Plotly charts, as its `layout.template`."""
    color = palette(theme)
    axis = {
        "gridcolor": color["line"],
        "linecolor": color["line"],
        "zeroline": False,
        "ticks": "",
        "tickfont": {"color": color["muted"], "size": 14},
        "title": {"font": {"color": color["muted"], "size": 15}, "standoff": 10},
        "automargin": True,
        "spikecolor": color["muted"],  # the rule where one points
        "spikethickness": 1,
        "spikedash": "solid",
    }
    layout = {
        "font": {"family": _FONTS, "size": 15, "color": color["text"]},
        "paper_bgcolor": color["background"],  # else a picture kept from a dark page has light text on nothing
        "plot_bgcolor": "rgba(0,0,0,0)",
        "colorway": list(series(theme)),
        "xaxis": {**axis, "showgrid": False, "showline": True},
        "yaxis": axis,
        "legend": {"font": {"size": 15}, "itemsizing": "trace", "title": {"text": ""}},
        "hoverlabel": {
            "bgcolor": color["surface"],
            "bordercolor": color["line"],
            "font": {"family": _FONTS, "size": 15, "color": color["text"]},
        },
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": color["muted"], "activecolor": color["text"]},
        "margin": {"l": 64, "r": 24, "t": 14, "b": 56},
    }
    return {"layout": layout}


def plain(text: str) -> str:
    """Text from outside for a Plotly chart, which reads some HTML in all its texts.

    >>> plain("<b>LeNet</b> & I")
    '&lt;b&gt;LeNet&lt;/b&gt; &amp; I'
    """
    return escape(text, quote=False)


def stylesheet(theme: str, selector: str = ":root") -> str:
    """The theme as CSS variables: `--cnn-input`, ..., `--cnn-diverging-0..4`, `--cnn-sequential-0..4`,
    `--cnn-series-0..7`.
    """
    lines = [f"--cnn-{role}: {color};" for role, color in palette(theme).items()]
    lines += [f"--cnn-diverging-{i}: {color};" for i, color in enumerate(diverging(theme))]
    lines += [f"--cnn-sequential-{i}: {color};" for i, color in enumerate(sequential(theme))]
    lines += [f"--cnn-series-{i}: {color};" for i, color in enumerate(series(theme))]
    return f"{selector} {{ {' '.join(lines)} }}\n"


def component_css() -> str:
    """Both themes, for inside a component: its root has the class `cnn-root`, and `dark` when the page is dark.

    `cnnviz/ui/shared/component/theme.js` keeps that class in step with Streamlit's own background.
    """
    return stylesheet("light", ".cnn-root") + stylesheet("dark", ".cnn-root.dark")

"""The look, decided once: what each colour means, in light and in dark. Knows nothing of Streamlit or torch.

Roles, not hues: a part of a picture asks for "kernel" or "wrong". Every role is used as text, line and tint, so each
has at least 4.5 : 1 against its theme's background, and pairs that meet in one picture (train and test, right and
wrong, stride and dilation, input, kernel and output) stay apart under the common colour-vision deficiencies:
tests/charts/test_theme.py.
"""

from __future__ import annotations

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

"""The colours read: enough contrast for text, and pairs that meet stay apart for colour-blind eyes."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from cnnviz.charts.theme import (
    BACKGROUND,
    TEXT,
    between,
    classes,
    diverging,
    palette,
    plotly_config,
    plotly_template,
    sequential,
    series,
    stylesheet,
)

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

THEMES = ("light", "dark")
TEXT_ROLES = (
    *("input", "padding", "kernel", "output", "stride", "dilation"),
    *("train", "test", "right", "wrong", "muted", "text"),
)
PAIRS = (("train", "test"), ("right", "wrong"), ("input", "kernel"), ("kernel", "output"), ("stride", "dilation"))

# Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB.
DEFICIENCIES = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def linear(color: str) -> np.ndarray:
    """Linear RGB in 0..1 of "#RRGGBB"."""
    value = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast ratio, 1..21."""
    light, dark = sorted((float(linear(color) @ [0.2126, 0.7152, 0.0722]) for color in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def lab(rgb: np.ndarray) -> np.ndarray:
    """CIE L*a*b* (D65) of linear RGB."""
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ np.clip(rgb, 0, 1)
    f = np.cbrt(xyz / [0.9505, 1.0, 1.089])
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("role", TEXT_ROLES)
def test_every_role_reads_as_text(theme: str, role: str) -> None:
    """At least 4.5 : 1 against the page, and against the surface of boxes."""
    colors = palette(theme)
    assert contrast(colors[role], colors["background"]) >= 4.5
    assert contrast(colors[role], colors["surface"]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("deficiency", DEFICIENCIES)
@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_pairs_stay_apart(theme: str, deficiency: str, pair: tuple[str, str]) -> None:
    """Two roles of one picture differ by at least 20 in CIE76 under each deficiency (2.3 is just noticeable)."""
    colors = palette(theme)
    one, other = (lab(np.array(DEFICIENCIES[deficiency]) @ linear(colors[role])) for role in pair)
    assert float(np.linalg.norm(one - other)) >= 20


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("deficiency", [None, *DEFICIENCIES])
def test_lines_of_runs_stay_apart(theme: str, deficiency: str | None) -> None:
    """Any two of the eight differ by at least 20 for every kind of colour vision, and each reads as a line (3 : 1)."""
    colors = series(theme)
    assert len(colors) == 8
    assert closest(colors, deficiency) >= 20
    assert faintest(colors, theme) >= 3


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("deficiency", [None, *DEFICIENCIES])
def test_classes_stay_apart(theme: str, deficiency: str | None) -> None:
    """Any two of the ten differ by 40 to the common eye, by 20 to every other; each stands out from the page."""
    colors = classes(theme)
    assert len(colors) == 10
    assert closest(colors, deficiency) >= (20 if deficiency else 40)
    assert faintest(colors, theme) >= 3


def closest(colors: Sequence[str], deficiency: str | None) -> float:
    """How far apart, in CIE76, the two are that are most alike to an eye with that deficiency."""
    matrix = np.array(DEFICIENCIES[deficiency]) if deficiency else np.eye(3)
    seen = [lab(matrix @ linear(color)) for color in colors]
    return min(float(np.linalg.norm(one - other)) for one, other in combinations(seen, 2))


def faintest(colors: Sequence[str], theme: str) -> float:
    """The lowest contrast of any of them with the page."""
    return min(contrast(color, BACKGROUND[theme]) for color in colors)


@pytest.mark.parametrize(("theme", "most"), [("light", 75), ("dark", 58)])
def test_classes_do_not_outshine_pictures(theme: str, most: float) -> None:
    """Their colours are frames around photos: none is nearly pure."""
    assert max(float(np.hypot(*lab(linear(color))[1:])) for color in classes(theme)) < most


@pytest.mark.parametrize("theme", THEMES)
def test_zero_is_neutral(theme: str) -> None:
    """The middle of the diverging scale is grey; its ends are not."""
    below, _, middle, _, above = (lab(linear(color)) for color in diverging(theme))
    chroma = [float(np.hypot(color[1], color[2])) for color in (below, middle, above)]
    assert chroma[1] < 5 < min(chroma[0], chroma[2])


@pytest.mark.parametrize("theme", THEMES)
def test_sequential_scale_only_rises(theme: str) -> None:
    """Lightness changes one way from nothing to most."""
    steps = np.diff([lab(linear(color))[0] for color in sequential(theme)])
    assert (steps > 0).all() or (steps < 0).all()


def test_streamlit_has_the_same_ground() -> None:
    """Backgrounds and texts here are those of .streamlit/config.toml."""
    config = tomllib.loads(Path(".streamlit/config.toml").read_text(encoding="utf-8"))["theme"]
    assert {theme: config[theme]["backgroundColor"] for theme in THEMES} == BACKGROUND
    assert {theme: config[theme]["textColor"] for theme in THEMES} == TEXT


def test_primary_buttons_read() -> None:
    """White text on the primary colour, as Streamlit writes it, has 4.5 : 1."""
    config = tomllib.loads(Path(".streamlit/config.toml").read_text(encoding="utf-8"))["theme"]
    assert min(contrast(config[theme]["primaryColor"], "#FFFFFF") for theme in THEMES) >= 4.5


def test_stylesheet_names_every_role() -> None:
    """CSS gets each role and each stop of both scales as a variable."""
    css = stylesheet("dark", ".x")
    assert css.startswith(".x {")
    assert "--cnn-kernel: #F2A65A;" in css
    assert "--cnn-diverging-4: #A6D4FF;" in css


@pytest.mark.parametrize("theme", THEMES)
def test_plotly_has_the_page_s_look(theme: str) -> None:
    """Ground and texts are the page's, so that a picture kept of a chart reads anywhere; Chinese has fonts."""
    layout = plotly_template(theme)["layout"]
    assert (layout["paper_bgcolor"], layout["font"]["color"]) == (BACKGROUND[theme], TEXT[theme])
    assert "Noto Sans CJK SC" in layout["font"]["family"]
    assert plotly_config("balance", is_zoomed=False)["modeBarButtons"] == [["toImage"]]
    assert plotly_config("balance", is_zoomed=True)["toImageButtonOptions"]["filename"] == "balance"


def test_between_two_stops() -> None:
    """From the first to the last; beyond them the nearest."""
    scale = ("#000000", "#102030", "#FFFFFF")
    assert [between(scale, place) for place in (-1, 0, 0.25, 0.5, 1, 2)] == [
        "#000000",
        "#000000",
        "#081018",
        "#102030",
        "#FFFFFF",
        "#FFFFFF",
    ]

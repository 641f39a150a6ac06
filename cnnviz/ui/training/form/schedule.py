"""The learning rate over the epochs, drawn as the knobs turn."""

from __future__ import annotations

import html
import math
from urllib.parse import quote

import streamlit as st

from cnnviz.charts.schedule import schedule_svg
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.schedule import learning_rate
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.names import name_of
from cnnviz.ui.shared.page import colors

_STEPS = 240  # at least so many points, and whole epochs


def schedule_picture(config: TrainConfig) -> None:
    """A picture that says itself in words, too."""
    rates = planned(config)
    peak = _("Learning rate, at most {rate}", rate=f"{max(rates):.3g}")
    svg = schedule_svg(rates, peak, _("epoch {epochs}", epochs=config.epochs), colors())
    source = f"data:image/svg+xml,{quote(svg)}"
    st.html(f'<img class="tr-schedule" src="{source}" alt="{html.escape(in_words(config, rates))}">')


def planned(config: TrainConfig) -> list[float]:
    """The learning rate at equally spaced steps of the run."""
    steps = config.epochs * math.ceil(_STEPS / config.epochs)
    return [learning_rate(config, step, steps) for step in range(steps)]


def in_words(config: TrainConfig, rates: list[float]) -> str:
    """What the picture shows."""
    top = rates.index(max(rates))
    return _(
        "Learning rate, {schedule}: {first} at first, {peak} after {when} of {epochs} epochs, {last} at the end.",
        schedule=name_of("schedule", config.schedule),
        first=f"{rates[0]:.2g}",
        peak=f"{max(rates):.3g}",
        when=f"{top / len(rates) * config.epochs:.1f}",
        epochs=config.epochs,
        last=f"{rates[-1]:.2g}",
    )

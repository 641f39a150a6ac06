"""Controls of what a sweep varies, with something sensible in each; its ranges are those of HYPERPARAMETERS."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from cnnviz.data.registry import DATASETS
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.hyperparameter import Hyperparameter
from cnnviz.engine.hyperparameters import HYPERPARAMETERS
from cnnviz.models.zoo import TRAINABLE_NAMES
from cnnviz.runs.sweeps.knob import Knob, parsed, split
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.names import name_of
from cnnviz.ui.shared.run_text import field_label

_SWITCH = ("off", "on")


def knob(name: str, base: TrainConfig, as_list: bool) -> Callable[[], Knob]:
    """The control of one parameter; what is returned says what it says, or raises ConfigurationError.

    In two steps, so that a wrong value does not take the controls below it away.
    """
    options = options_of(name)
    if options:
        return _choice(name, options)
    return _list(name, base) if as_list else _range(name, base)


def options_of(name: str) -> tuple[str, ...]:
    """What a knob that is no number may be."""
    if name == "model":
        return TRAINABLE_NAMES
    if name == "data":
        return tuple(each for each, spec in DATASETS.items() if spec.is_present())
    return _SWITCH if HYPERPARAMETERS[name].kind == "switch" else tuple(HYPERPARAMETERS[name].choices)


def suggested(name: str, base: TrainConfig) -> tuple[float, ...]:
    """Four values around the base's own.

    >>> suggested("learning_rate", TrainConfig(learning_rate=0.005))
    (0.0005, 0.0015, 0.005, 0.015)
    """
    knob = HYPERPARAMETERS[name]
    value = float(getattr(base, name, None) or knob.default or 0.0)
    if name == "seed":
        return tuple(value + more for more in range(4))
    if name == "batch_size":
        return tuple(max(1.0, round(value * factor)) for factor in (0.25, 0.5, 1, 2))
    if value == 0:
        return _from_zero(knob)
    factors = (0.1, 0.3, 1, 3) if knob.kind == "number" else (0.5, 1, 2)
    around = (min(max(value * factor, knob.low), knob.high) for factor in factors)
    is_whole = knob.kind == "whole"
    return tuple(dict.fromkeys(max(1.0, float(round(each))) if is_whole else float(f"{each:.3g}") for each in around))


def _from_zero(knob: Hyperparameter) -> tuple[float, ...]:
    """Nothing, and three steps up."""
    if knob.kind == "whole":
        return (0.0, 1.0, 2.0, 5.0)
    return (0.0, 0.001, 0.01, 0.1) if knob.by_factors else (0.0, 0.1, 0.2, min(0.5, knob.high))


def _choice(name: str, options: tuple[str, ...]) -> Callable[[], Knob]:
    chosen = st.multiselect(
        field_label(name),
        options,
        default=options[:3],
        format_func=partial(name_of, name),
        key=f"runs_knob_{name}",
        placeholder=_("Choose"),
    )
    return lambda: Knob(name, parsed(name, chosen))


def _list(name: str, base: TrainConfig) -> Callable[[], Knob]:
    text = st.text_input(
        field_label(name),
        ", ".join(f"{value:g}" for value in suggested(name, base)),
        key=f"runs_knob_{name}",
        help=_("Values, with commas between."),
    )
    return lambda: Knob(name, parsed(name, split(text)))


def _range(name: str, base: TrainConfig) -> Callable[[], Knob]:
    values = suggested(name, base)
    low, high = min(values), max(values)
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"runs_range_{name}"):
        start = st.text_input(_("{knob} from", knob=field_label(name)), f"{low:g}", key=f"runs_knob_{name}_low")
        end = st.text_input(_("to"), f"{high:g}", key=f"runs_knob_{name}_high")
        is_log = st.checkbox(
            _("by factors"),
            value=HYPERPARAMETERS[name].by_factors and low > 0,
            key=f"runs_knob_{name}_log",
            help=_("From 0.001 to 0.01 is as far as from 0.01 to 0.1."),
        )

    def made() -> Knob:
        first, last = parsed(name, [start.strip() or "-", end.strip() or "-"])
        return Knob(name, low=float(first), high=float(last), log=is_log)

    return made

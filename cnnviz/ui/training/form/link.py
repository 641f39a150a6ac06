"""The form's settings in the link: what a link says, and what of it cannot be. Writes nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping

import streamlit as st

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.base.params import Value, not_one_of
from cnnviz.engine.config import OWN
from cnnviz.engine.form_values import NAMES, SWITCH, Values, effective, is_used, key, untouched
from cnnviz.engine.hyperparameters import HYPERPARAMETERS
from cnnviz.ui.shared import state

_OWN = N_(
    "A link cannot hold a network of one's own. Choose “Again …” of its run on the page Runs, or train it on the page "
    "Networks."
)
_NO_NUMBER = N_("{parameter} takes numbers. Got {value}; try {nearest}.")
PRESET = "training_preset"  # the select box, and in the link with what was changed in it
_LONGEST = 40  # characters of a wrong value that are shown


def choices(name: str, lists: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The words a control may say; () for a number."""
    if name in lists:
        return lists[name]
    knob = HYPERPARAMETERS[name]
    if knob.kind == "switch":
        return tuple(SWITCH) if knob.is_option else ("true", "false")
    return tuple(knob.choices)


def is_coded(name: str) -> bool:
    """Whether the control shows names and the link holds codes: all choices but plain switches."""
    knob = HYPERPARAMETERS.get(name)
    return knob is None or knob.kind == "choice" or (knob.kind == "switch" and knob.is_option)


def said_by_link() -> tuple[str, ...]:
    """The knobs that the link names."""
    return tuple(_texts())


def says_settings() -> bool:
    """Whether the link decides what the form says: by knobs, or by a preset."""
    return PRESET in state.given() or bool(said_by_link())


def said(lists: Mapping[str, tuple[str, ...]]) -> Values:
    """What the link says of the knobs it names; a value that cannot be is left out."""
    texts = _texts()
    return {name: _read(name, text, lists) for name, text in texts.items() if problem(name, text, lists) is None}


def current(lists: Mapping[str, tuple[str, ...]]) -> Values:
    """What every control says now, before it is drawn: as it was left, else as the link says, else untouched."""
    from_link = said(lists)
    return {name: st.session_state.get(key(name), from_link.get(name, untouched(name))) for name in NAMES}


def problems(lists: Mapping[str, tuple[str, ...]]) -> list[ConfigurationError]:
    """One sentence for each value of the link that no control can take: it has its default instead."""
    found = [problem(name, text, lists) for name, text in _texts().items()]
    return [error for error in found if error is not None]


def unnoticed(values: Values) -> list[ConfigurationError]:
    """What is out of range in the link, of knobs that do nothing beside the others: no configuration has them."""
    found = []
    for name in said_by_link():
        value = values.get(name)
        if name in HYPERPARAMETERS and isinstance(value, (int, float)) and not is_used(name, values):
            try:
                row = HYPERPARAMETERS[name]
                row.checked(int(value) if row.kind == "whole" and value == int(value) else value)
            except ConfigurationError as error:
                found.append(error)
    return found


def problem(name: str, text: str, lists: Mapping[str, tuple[str, ...]]) -> ConfigurationError | None:
    """Why a control cannot say `text`."""
    allowed = choices(name, lists)
    if not allowed:
        if _number(text) is not None or not text:
            return None
        nearest = effective(name, {}) or 0
        return ConfigurationError(_NO_NUMBER, parameter=name, value=text[:_LONGEST], nearest=nearest)
    if text in allowed or (allowed == ("true", "false") and text.lower() in allowed):
        return None
    if name == "model" and text == OWN:
        return ConfigurationError(_OWN)
    return not_one_of(name, text[:_LONGEST], allowed)


def _texts() -> dict[str, str]:
    """What the link says of the knobs it names, as it came."""
    given = state.given()
    return {name: given[key(name)] for name in NAMES if key(name) in given}


def _read(name: str, text: str, lists: Mapping[str, tuple[str, ...]]) -> Value:
    allowed = choices(name, lists)
    if not allowed:
        return _number(text)
    return text.lower() == "true" if allowed == ("true", "false") else text


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None

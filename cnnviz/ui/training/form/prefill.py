"""Filling the form in from outside: a preset, a run that it begins again from, a link. Runs before the controls."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.params import Value, not_one_of
from cnnviz.engine.form_link import PRESET, choices, is_coded, named, problems, values_in
from cnnviz.engine.form_values import (
    NAMES,
    Values,
    is_used,
    key,
    preset_values,
    untouched,
    untouched_values,
    values_of,
)
from cnnviz.engine.hyperparameters import HYPERPARAMETERS
from cnnviz.engine.presets import PRESETS
from cnnviz.runs.run import RunRecord
from cnnviz.ui.shared import selected_run, state
from cnnviz.ui.shared.link_parameters import kinds
from cnnviz.ui.shared.selected_run import PARAMETER
from cnnviz.ui.shared.state import LinkParam

OWN_SETTINGS = "own"  # the preset in the link of a form without one, where the link names a run with other settings
_PARAMETER: LinkParam[str] = LinkParam(PRESET, kinds()[PRESET], "")
PROBLEMS = "training_link_problems"  # of the link one came with, until something is touched
_IN_LINK = "training_preset_in_link"
_STARTED = "training_started"


def current(lists: Mapping[str, tuple[str, ...]]) -> Values:
    """What every control says now, before it is drawn: as it was left, else as the link says, else untouched."""
    from_link = values_in(state.given(), lists)
    return {name: st.session_state.get(key(name), from_link.get(name, untouched(name))) for name in NAMES}


def unnoticed(values: Values) -> list[ConfigurationError]:
    """What is out of range in the link, of knobs that do nothing beside the others: no configuration has them."""
    found = []
    for name in named(state.given()):
        value = values.get(name)
        if name in HYPERPARAMETERS and isinstance(value, (int, float)) and not is_used(name, values):
            try:
                row = HYPERPARAMETERS[name]
                row.checked(int(value) if row.kind == "whole" and value == int(value) else value)
            except ConfigurationError as error:
                found.append(error)
    return found


def fill(values: Mapping[str, Value]) -> None:
    """Every control says what `values` do. A whole number is an int: the link says 20 then, not 20.0."""
    for name in NAMES:
        value = values.get(name)
        is_whole = isinstance(value, float) and value.is_integer()
        st.session_state[key(name)] = int(value) if is_whole and value is not None else value


def arrive(lists: Mapping[str, tuple[str, ...]], parent: RunRecord | None) -> None:
    """Take in what the link brings, once: a run to begin again from, a preset, and what cannot be taken."""
    wrong = problems(state.given(), lists)
    for name in filter(is_coded, NAMES):
        state.take_code(key(name), choices(name, lists))
    preset = _PARAMETER.said()
    if preset is not None and preset not in (*PRESETS, OWN_SETTINGS):
        wrong.append(not_one_of("preset", preset[:40], PRESETS))
        _PARAMETER.clear()
        preset = None
    if wrong:
        st.session_state[PROBLEMS] = wrong
    if parent is not None and selected_run.is_news(parent):
        st.session_state[PRESET] = None
        fill({**values_of(parent.config), **values_in(state.given(), lists)})
    elif preset is not None and preset != st.session_state.get(_IN_LINK):
        _take_preset(preset, lists)
    elif _STARTED not in st.session_state and not named(state.given()):
        st.session_state.setdefault(PRESET, "best")
    st.session_state[_STARTED] = True


def put_in_link(preset: str | None) -> None:
    """The preset that the form shows, with what was changed in it beside it; None: none.

    Where the link names a run, it has to say so: a link that names nothing but a run has that run's settings.
    """
    if preset is None and PARAMETER.read() and not named(state.given()):
        preset = OWN_SETTINGS
    st.session_state[_IN_LINK] = preset
    _PARAMETER.put(preset)


def _take_preset(preset: str, lists: Mapping[str, tuple[str, ...]]) -> None:
    """The preset, and on top what else the link says."""
    said = values_in(state.given(), lists)
    usual = untouched_values() if preset == OWN_SETTINGS else preset_values(preset, {**current(lists), **said})
    values: Values = {**usual, **said}
    st.session_state[PRESET] = preset if preset in PRESETS else None
    fill(values)

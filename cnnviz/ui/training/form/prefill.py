"""Form prefill: what fills the form in before its controls are drawn (a preset, a run to begin again from, a link).

And the box of presets, what was changed in the chosen one since, and the way back.
"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.params import Value, not_one_of
from cnnviz.engine.form import (
    NAMES,
    PRESET,
    Values,
    choices,
    is_changed,
    is_coded,
    is_used,
    key,
    named,
    preset_values,
    problems,
    untouched,
    untouched_values,
    values_in,
    values_of,
)
from cnnviz.engine.hyperparameters import HYPERPARAMETERS
from cnnviz.engine.presets import PRESETS
from cnnviz.runs.run import RunRecord
from cnnviz.ui.shared import run_text, selected_run, state
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.link_parameters import parameter
from cnnviz.ui.shared.selected_run import SELECTED

OWN_SETTINGS = "own"  # the preset in the link of a form without one, where the link names a run with other settings
_PRESET = parameter(PRESET, "")
PROBLEMS = "training_link_problems"  # of the link one came with, until something is touched
_STARTED = "training_started"
_TOUCHED = "training_touched"  # the hyperparameters that were changed, the last one at the end
_USUAL = "training_preset_usual"  # what it set every control to when the form was last drawn
_FOLLOWING = ("best", "fast")  # that depend on network and data


def current(lists: Mapping[str, tuple[str, ...]]) -> Values:
    """What every control says now, before it is drawn: as it was left, else as the link says, else untouched."""
    from_link = values_in(state.given(), lists)
    return {name: st.session_state.get(key(name), from_link.get(name, untouched(name))) for name in NAMES}


def unnoticed(values: Values) -> list[ConfigurationError]:
    """What is out of range in the link, of what does nothing beside the others: no configuration has it."""
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
    preset = _PRESET.said()
    if preset is not None and preset not in (*PRESETS, OWN_SETTINGS):
        wrong.append(not_one_of("preset", preset[:40], PRESETS))
        _PRESET.clear()
    if wrong:
        st.session_state[PROBLEMS] = wrong
    if parent is not None and selected_run.is_news(parent):
        st.session_state[PRESET] = None
        fill({**values_of(parent.config), **values_in(state.given(), lists)})
    elif (preset := _PRESET.news(among=1)) is not None:
        _take_preset(preset, lists)
    elif _STARTED not in st.session_state and not named(state.given()):
        st.session_state.setdefault(PRESET, "best")
    st.session_state[_STARTED] = True


def put_in_link(preset: str | None) -> None:
    """The preset that the form shows, with what was changed in it beside it; None: none.

    Where the link names a run, it has to say so: a link that names nothing but a run has that run's settings.
    """
    if preset is None and SELECTED.read() and not named(state.given()):
        preset = OWN_SETTINGS
    _PRESET.put(preset)


def _take_preset(preset: str, lists: Mapping[str, tuple[str, ...]]) -> None:
    """The preset, and on top what else the link says."""
    said = values_in(state.given(), lists)
    usual = untouched_values() if preset == OWN_SETTINGS else preset_values(preset, {**current(lists), **said})
    values: Values = {**usual, **said}
    st.session_state[PRESET] = preset if preset in PRESETS else None
    fill(values)


def touched(name: str = "") -> None:
    """A hyperparameter was changed: it is explained, and what was wrong with the link is done with."""
    before = st.session_state.get(_TOUCHED, ())
    st.session_state[_TOUCHED] = (*(each for each in before if each != name), name)
    st.session_state.pop(PROBLEMS, None)


def lately_touched() -> tuple[str, ...]:
    """The hyperparameters that were changed, the last one first."""
    return tuple(reversed(st.session_state.get(_TOUCHED, ())))


def preset_control() -> None:
    """The select box. Choosing fills every control in."""
    state.relabel(PRESET)
    titles = {name: _(preset.title) for name, preset in PRESETS.items()}
    st.selectbox(
        _("Preset"),
        list(titles),
        index=None,
        placeholder=_("Your own settings"),
        format_func=titles.__getitem__,
        key=PRESET,
        on_change=_apply_preset,
    )


def preset_caption(values: Values, back: DeltaGenerator) -> None:
    """The chosen one's sentence, or what was changed in it; the way `back`, always there: nothing moves for it."""
    name = st.session_state.get(PRESET)
    changed: list[str] = []
    if name is None:
        put_in_link(None)
    else:
        usual = preset_values(name, values)
        changed = [each for each in NAMES if is_changed(each, values, usual)]
        st.session_state[_USUAL] = usual
        is_usual = name == "best" and not SELECTED.read() and _is_untouched(values)
        put_in_link(None if is_usual else name)
        st.caption(
            _("Changed: {changes}.", changes=run_text.changes_text(changed, values))
            if changed
            else _(PRESETS[name].about)
        )
    back.button(
        _("Back to the preset"),
        help=_("Back to the preset"),
        key="training_preset_back",
        icon=":material/undo:",
        on_click=_apply_preset,
        disabled=not changed,
    )


def _is_untouched(values: Values) -> bool:
    usual = untouched_values()
    return not any(is_changed(name, values, usual) for name in NAMES if name != "seed")


def follow_preset() -> None:
    """Another network or data set: what was not changed in Best or Fast becomes that of the new one."""
    touched()
    usual: Values = st.session_state.get(_USUAL, {})
    if st.session_state.get(PRESET) in _FOLLOWING and usual:
        now = _values_now()
        new = preset_values(st.session_state[PRESET], now)
        kept = {name: now[name] for name in NAMES if now[name] != usual[name]}
        fill({**new, **kept})


def _apply_preset() -> None:
    touched()
    name = st.session_state.get(PRESET)
    if name is None:
        return
    fill(preset_values(name, _values_now()))


def _values_now() -> Values:
    return {name: st.session_state.get(key(name), untouched(name)) for name in NAMES}

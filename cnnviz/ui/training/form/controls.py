"""One control for each knob, bound to the link, with its explanation where it can be read without a mouse.

Choices are shown by their names; the link holds their codes. Numbers have no limits in the browser: there, a
number that is too large is dropped in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any

import streamlit as st

from cnnviz.base.params import Value
from cnnviz.engine.form_link import choices
from cnnviz.engine.form_values import Values, effective, is_used, key, suiting, untouched
from cnnviz.engine.hyperparameter import Hyperparameter
from cnnviz.engine.hyperparameters import HYPERPARAMETERS
from cnnviz.ui.shared import run_text as wording
from cnnviz.ui.shared import state
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.names import name_of
from cnnviz.ui.training.form.prefill import PROBLEMS

EXPLAIN = "training_explain"  # whether every knob is explained, or only what was turned last
_TOUCHED = "training_touched"  # the knobs that were turned, the last one at the end


def knob_control(name: str, values: Values, in_sight: bool = False) -> Value:
    """The control of a knob; one that does nothing beside the others rests.

    One `in_sight` has no question mark: it leaves narrow labels room, and its label is the only thing called so.
    """
    knob, used = HYPERPARAMETERS[name], is_used(name, values)
    help_text = None if in_sight else wording.knob_explanation(knob)
    if knob.kind in ("whole", "number"):
        value: Value = _number(knob, values, used, help_text)
    elif knob.kind == "switch" and not knob.is_option:
        value = _switch(knob, used, help_text)
    else:
        value = _choice(knob, values, used, help_text)
    return value


def explain(name: str, values: Values, in_sight: bool = False) -> None:
    """What a knob's choice is; the whole explanation, if every knob is to be explained; why it rests.

    Of a knob `in_sight` of everybody, nothing unless it is wanted.
    """
    knob = HYPERPARAMETERS[name]
    if not is_used(name, values):
        st.caption(wording.why_unused(name, values))
        return
    is_wanted = st.session_state.get(EXPLAIN)
    about = "" if in_sight and not is_wanted else wording.choice_meaning(knob, effective(name, values))
    title = f"**{_(knob.title)}** · " if in_sight else ""
    for text in (wording.knob_explanation(knob) if is_wanted else "", about):
        if text:
            st.caption(title + text)
            title = ""


def turned(values: Values, names: Collection[str], invitation: str = "") -> None:
    """The whole explanation of that of `names` which was turned last; before that, the `invitation`.

    Nothing where every knob is explained anyhow.
    """
    if st.session_state.get(EXPLAIN):
        return
    name = next((each for each in reversed(st.session_state.get(_TOUCHED, ())) if each in names), None)
    if name is not None and is_used(name, values):
        knob = HYPERPARAMETERS[name]
        parts = (wording.knob_explanation(knob), wording.choice_meaning(knob, effective(name, values)))
        st.caption("  \n".join((f"**{_(knob.title)}** · {parts[0]}", *filter(None, parts[1:]))))
    elif invitation:
        st.caption(invitation)


def word_control(name: str, title: str, options: tuple[str, ...], on_change: Callable[[], None]) -> str:
    """The network, or the data set."""
    usual = str(untouched(name))
    chosen = state.select_code(
        _(title), options, key=key(name), name_of=partial(name_of, name), default=usual, on_change=on_change
    )
    return chosen or usual


def touched(name: str = "") -> None:
    """A knob was turned: it is explained, and what was wrong with the link is done with."""
    before = st.session_state.get(_TOUCHED, ())
    st.session_state[_TOUCHED] = (*(each for each in before if each != name), name)
    st.session_state.pop(PROBLEMS, None)


def _number(knob: Hyperparameter, values: Mapping[str, Value], used: bool, help_text: str | None) -> float | None:
    start = untouched(knob.name)
    suits = suiting(knob.name, values)
    return st.number_input(
        _(knob.title),
        value=None if start is None else float(start),
        step=1.0 if knob.kind == "whole" else knob.step,
        format="%g",
        placeholder=f"{suits:g}" if isinstance(suits, (int, float)) else "–",
        bind="query-params",
        **_usual(knob, used, help_text),
    )


def _switch(knob: Hyperparameter, used: bool, help_text: str | None) -> bool:
    return st.toggle(
        _(knob.title),
        value=bool(untouched(knob.name)),
        bind="query-params",
        **_usual(knob, used, help_text),
    )


def _choice(knob: Hyperparameter, values: Mapping[str, Value], used: bool, help_text: str | None) -> str | None:
    suits, start = suiting(knob.name, values), untouched(knob.name)
    return state.select_code(
        _(knob.title),
        choices(knob.name, {}),
        name_of=partial(name_of, knob.name),
        default=None if start is None else str(start),
        placeholder=name_of(knob.name, suits),
        **_usual(knob, used, help_text),
    )


def _usual(knob: Hyperparameter, used: bool, help_text: str | None) -> dict[str, Any]:
    """What every control has: its key, its explanation, and that turning it is noticed."""
    return {
        "key": key(knob.name),
        "help": help_text,
        "disabled": not used,
        "on_change": touched,
        "args": (knob.name,),
    }

"""One control for each knob, bound to the link, with its explanation where it can be read without a mouse.

Names of choices are shown as they are: the link holds what is shown. Numbers have no limits in the browser: there, a
number that is too large is dropped in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from cnnviz.engine.knobs import KNOBS, Knob, Value
from cnnviz.ui.i18n import _
from cnnviz.ui.training.form import wording
from cnnviz.ui.training.form.filling import PROBLEMS
from cnnviz.ui.training.form.link import choices
from cnnviz.ui.training.form.setting import Values, effective, is_used, key, suiting, untouched

EXPLAIN = "training_explain"  # whether every knob is explained, or only the one that was touched last
_TOUCHED = "training_touched"
_STEPS = {"learning_rate": 0.001, "weight_decay": 0.001, "gamma": 0.1, "dropout": 0.1}
_SHARE_STEP = 0.05


def knob_control(name: str, values: Values, in_sight: bool = False) -> Value:
    """The control of a knob; one that does nothing beside the others rests.

    One `in_sight` has no question mark: it leaves narrow labels room, and its label is the only thing called so.
    """
    knob, used = KNOBS[name], is_used(name, values)
    help_text = None if in_sight else wording.explanation(knob)
    if knob.kind in ("whole", "number"):
        value: Value = _number(knob, values, used, help_text)
    elif knob.kind == "switch" and not knob.is_option:
        value = _switch(knob, used, help_text)
    else:
        value = _choice(knob, values, used, help_text)
    return value


def explain(name: str, values: Values, in_sight: bool = False) -> None:
    """What a knob's choice is; the whole explanation, if it is wanted or the knob was touched last; why it rests.

    Of a knob `in_sight` of everybody, nothing unless it is wanted.
    """
    knob = KNOBS[name]
    if not is_used(name, values):
        st.caption(wording.why_unused(name, values))
        return
    is_wanted = st.session_state.get(EXPLAIN) or st.session_state.get(_TOUCHED) == name
    about = "" if in_sight and not is_wanted else wording.meaning(knob, effective(name, values))
    title = f"**{_(knob.title)}** · " if in_sight else ""
    for text in (wording.explanation(knob) if is_wanted else "", about):
        if text:
            st.caption(title + text)
            title = ""


def word_control(name: str, title: str, options: tuple[str, ...], on_change: Callable[[], None]) -> str:
    """The network, or the data set."""
    return str(
        st.selectbox(
            _(title),
            options,
            index=options.index(str(untouched(name))),
            key=key(name),
            bind="query-params",
            on_change=on_change,
        )
    )


def touched(name: str = "") -> None:
    """A knob was turned: it is explained, and what was wrong with the link is done with."""
    st.session_state[_TOUCHED] = name
    st.session_state.pop(PROBLEMS, None)


def _number(knob: Knob, values: Mapping[str, Value], used: bool, help_text: str | None) -> float | None:
    start = untouched(knob.name)
    suits = suiting(knob.name, values)
    return st.number_input(
        _(knob.title),
        value=None if start is None else float(start),
        step=1.0 if knob.kind == "whole" else _STEPS.get(knob.name, _SHARE_STEP),
        format="%g",
        placeholder=f"{suits:g}" if isinstance(suits, (int, float)) else "–",
        key=key(knob.name),
        bind="query-params",
        help=help_text,
        disabled=not used,
        on_change=touched,
        args=(knob.name,),
    )


def _switch(knob: Knob, used: bool, help_text: str | None) -> bool:
    return st.toggle(
        _(knob.title),
        value=bool(untouched(knob.name)),
        key=key(knob.name),
        bind="query-params",
        help=help_text,
        disabled=not used,
        on_change=touched,
        args=(knob.name,),
    )


def _choice(knob: Knob, values: Mapping[str, Value], used: bool, help_text: str | None) -> str | None:
    options, suits = choices(knob.name, {}), suiting(knob.name, values)
    start = untouched(knob.name)
    return st.selectbox(
        _(knob.title),
        options,
        index=None if start is None else options.index(str(start)),
        placeholder=str(suits) if suits is not None else "–",
        key=key(knob.name),
        bind="query-params",
        help=help_text,
        disabled=not used,
        on_change=touched,
        args=(knob.name,),
    )

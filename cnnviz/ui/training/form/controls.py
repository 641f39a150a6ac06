"""Form controls: one for each hyperparameter, bound to the link, explained where no mouse is needed.

Choices are shown by their names; the link holds their codes. Numbers have no limits in the browser: there, a
number that is too large is dropped in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any

import streamlit as st

from cnnviz.base.locale import N_
from cnnviz.base.params import Value
from cnnviz.engine.form import Values, choices, effective, is_used, key, open_choices, suiting, untouched
from cnnviz.engine.hyperparameter import Hyperparameter
from cnnviz.engine.hyperparameters import HYPERPARAMETERS
from cnnviz.ui.shared import run_text, state
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.names import name_of
from cnnviz.ui.shared.page import page_link
from cnnviz.ui.training.form.prefill import lately_touched, touched

_PIPELINES = "training_pipelines"  # in the session: those of augmentation that were met
_MOST_PIPELINES = 5
EXPLAIN = "training_explain"  # whether every hyperparameter is explained, or only what was changed last


def hyperparameter_control(name: str, values: Values, in_sight: bool = False) -> Value:
    """The control of a hyperparameter; one that does nothing beside the others rests.

    One `in_sight` has no question mark: it leaves narrow labels room, and its label is the only thing called so.
    """
    row, used = HYPERPARAMETERS[name], is_used(name, values)
    help_text = None if in_sight else run_text.explanation(row)
    if row.kind in ("whole", "number"):
        value: Value = _number(row, values, used, help_text)
    elif row.kind == "switch" and not row.is_option:
        value = _switch(row, used, help_text)
    elif row.kind == "text":
        value = st.text_input(
            _(row.title), max_chars=int(row.high), bind="query-params", **_usual(row, used, help_text)
        )
    else:
        value = _choice(row, values, used, help_text)
    if name == "augmentation" and isinstance(value, str) and value not in row.choices:
        _link_to_bench(value)
    return value


def explain(name: str, values: Values, in_sight: bool = False) -> None:
    """What a hyperparameter's choice is; the whole explanation, if all are to be explained; why it rests.

    Of a hyperparameter `in_sight` of everybody, nothing unless it is wanted.
    """
    row = HYPERPARAMETERS[name]
    if not is_used(name, values):
        st.caption(run_text.why_unused(name, values))
        return
    is_wanted = st.session_state.get(EXPLAIN)
    about = "" if in_sight and not is_wanted else run_text.choice_meaning(row, effective(name, values))
    title = f"**{_(row.title)}** · " if in_sight else ""
    for text in (run_text.explanation(row) if is_wanted else "", about):
        if text:
            st.caption(title + text)
            title = ""


def explain_last(values: Values, names: Collection[str], invitation: str = "") -> None:
    """The whole explanation of that of `names` which was changed last; before that, the `invitation`.

    Nothing where every hyperparameter is explained anyhow.
    """
    if st.session_state.get(EXPLAIN):
        return
    name = next((each for each in lately_touched() if each in names), None)
    if name is not None and is_used(name, values):
        row = HYPERPARAMETERS[name]
        parts = (run_text.explanation(row), run_text.choice_meaning(row, effective(name, values)))
        st.caption("  \n".join((f"**{_(row.title)}** · {parts[0]}", *filter(None, parts[1:]))))
    elif invitation:
        st.caption(invitation)


def word_control(name: str, title: str, options: tuple[str, ...], on_change: Callable[[], None]) -> str:
    """The network, or the data set."""
    usual = str(untouched(name))
    chosen = state.select_code(
        _(title), options, key=key(name), name_of=partial(name_of, name), default=usual, on_change=on_change
    )
    return chosen or usual


def _number(row: Hyperparameter, values: Mapping[str, Value], used: bool, help_text: str | None) -> float | None:
    start = untouched(row.name)
    suits = suiting(row.name, values)
    return st.number_input(
        _(row.title),
        value=None if start is None else float(start),
        step=1.0 if row.kind == "whole" else row.step,
        format="%g",
        placeholder=f"{suits:g}" if isinstance(suits, (int, float)) else "–",
        bind="query-params",
        **_usual(row, used, help_text),
    )


def _switch(row: Hyperparameter, used: bool, help_text: str | None) -> bool:
    return st.toggle(
        _(row.title),
        value=bool(untouched(row.name)),
        bind="query-params",
        **_usual(row, used, help_text),
    )


def _choice(row: Hyperparameter, values: Mapping[str, Value], used: bool, help_text: str | None) -> str | None:
    suits, start = suiting(row.name, values), untouched(row.name)
    return state.select_code(
        _(row.title),
        pipelines() if row.name == "augmentation" else choices(row.name, {}),
        name_of=partial(name_of, row.name),
        default=None if start is None else str(start),
        placeholder=name_of(row.name, suits),
        **_usual(row, used, help_text),
    )


def pipelines() -> tuple[str, ...]:
    """Recipes of augmentation, and the pipelines that link or session said lately: another choice loses none."""
    name = "augmentation"
    kept: tuple[str, ...] = st.session_state.get(_PIPELINES, ())
    now = (state.given().get(key(name)), st.session_state.get(key(name)))
    offered = open_choices(name, *kept[-_MOST_PIPELINES:], *now)
    st.session_state[_PIPELINES] = offered[len(choices(name, {})) :]
    return offered


def _link_to_bench(text: str) -> None:
    """Where a pipeline is seen and changed."""
    data = st.session_state.get(key("data"))
    page_link(
        "data",
        N_("Change it on the bench"),
        ":material/tune:",
        {"data_view": "augmentation", "data_augmentation": text, **({"data_name": data} if data else {})},
    )


def _usual(row: Hyperparameter, used: bool, help_text: str | None) -> dict[str, Any]:
    """What every control has: its key, its explanation, and that turning it is noticed."""
    return {
        "key": key(row.name),
        "help": help_text,
        "disabled": not used,
        "on_change": touched,
        "args": (row.name,),
    }

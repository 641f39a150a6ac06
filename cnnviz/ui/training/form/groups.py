"""The knobs that a class turns later, in their groups; each header says what differs from the untouched form."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnviz.engine.form_values import Values, is_changed, is_used
from cnnviz.engine.hyperparameter import GROUPS, Group
from cnnviz.engine.hyperparameters import HYPERPARAMETERS
from cnnviz.ui.shared.i18n import _, listed
from cnnviz.ui.training.form import help_text
from cnnviz.ui.training.form.controls import EXPLAIN, explain, knob_control

# what a class turns first: always in sight, two in a row
FIRST = (("epochs", "batch_size"), ("optimizer", "learning_rate"), ("schedule", "seed"))
IN_SIGHT = tuple(name for row in FIRST for name in row)
# side by side where there is room, one below the other on a phone
STACKS: tuple[tuple[Group, ...], ...] = (("data", "loss"), ("optimizer", "schedule"), ("generalising", "network"))
LAST: tuple[Group, ...] = ("run",)
_RARE = ("blocks",)  # choices of a single network, which nobody misses in the others


def members(group: Group) -> list[str]:
    """Its knobs that are not always in sight."""
    return [name for name, knob in HYPERPARAMETERS.items() if knob.group == group and name not in IN_SIGHT]


def group_controls(values: Values) -> tuple[Values, DeltaGenerator]:
    """All groups, folded: what their controls say, and the place below the last one."""
    st.toggle(_("Explain every knob"), key=EXPLAIN, persist_state="session")
    said: Values = {}
    with st.container(horizontal=True, key="training_groups"):
        for index, stack in enumerate((*STACKS, LAST)):
            with st.container(key=f"training_stack_{index}", gap="xsmall"):
                for group in stack:
                    with st.expander(header(group, values), key=f"training_group_{group}"):
                        said.update(_group(group, {**values, **said}))
                place = st.container()
    return said, place


def _group(group: Group, values: Values) -> Values:
    """The controls of a group. What a network has no choice in is named, with the reason, and not drawn."""
    said: Values = {}
    absent = [name for name in members(group) if HYPERPARAMETERS[name].is_option and not is_used(name, values)]
    for name in members(group):
        if name not in absent:
            said[name] = knob_control(name, {**values, **said})
            explain(name, {**values, **said})
    missed = [name for name in absent if name not in _RARE]
    if missed:
        titles = listed(help_text.label(name) for name in missed)
        text = f"**{titles}** · {help_text.why_unused(missed[0], values)}"
        st.caption(text)
    return said


def header(group: Group, values: Values) -> str:
    """The group's title, and what differs in it."""
    changed = [name for name in members(group) if is_changed(name, values)]
    title = _(GROUPS[group])
    return f"**{title}** · {help_text.changes(changed, values, title)}" if changed else f"**{title}**"

"""The knobs that a class turns later, in their groups; each header says what differs from the untouched form."""

from __future__ import annotations

import streamlit as st

from cnnviz.engine.knobs import GROUPS, KNOBS, Group
from cnnviz.ui.i18n import _
from cnnviz.ui.training.form import wording
from cnnviz.ui.training.form.controls import EXPLAIN, explain, knob_control
from cnnviz.ui.training.form.setting import Values, is_changed

# what a class turns first: always in sight, two in a row
FIRST = (("epochs", "batch_size"), ("optimizer", "learning_rate"), ("schedule", "seed"))
_IN_SIGHT = tuple(name for row in FIRST for name in row)
ORDER: tuple[Group, ...] = ("data", "loss", "optimizer", "schedule", "generalising", "network", "run")


def members(group: Group) -> list[str]:
    """Its knobs that are not always in sight."""
    return [name for name, knob in KNOBS.items() if knob.group == group and name not in _IN_SIGHT]


def group_controls(values: Values) -> Values:
    """All groups, folded; what their controls say."""
    st.toggle(_("Explain every knob"), key=EXPLAIN, persist_state="session")
    said: Values = {}
    for group in ORDER:
        names = members(group)
        with st.expander(header(group, values), key=f"training_group_{group}"):
            for name in names:
                said[name] = knob_control(name, {**values, **said})
                explain(name, {**values, **said})
    return said


def header(group: Group, values: Values) -> str:
    """The group's title, and what differs in it."""
    changed = [name for name in members(group) if is_changed(name, values)]
    title = _(GROUPS[group])
    return f"**{title}** · {wording.changes(changed, values, title)}" if changed else f"**{title}**"

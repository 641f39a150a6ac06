"""Settings to begin with: the select box, its sentence, what was changed since, and the way back."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnviz.engine.form_link import PRESET
from cnnviz.engine.form_values import NAMES, Values, is_changed, key, preset_values, untouched, untouched_values
from cnnviz.engine.presets import PRESETS
from cnnviz.ui.shared import run_text, state
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.selected_run import PARAMETER
from cnnviz.ui.training.form.controls import touched
from cnnviz.ui.training.form.prefill import fill, put_in_link

_USUAL = "training_preset_usual"  # what it set every control to when the form was last drawn
_FOLLOWING = ("best", "fast")  # that depend on network and data


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
        on_change=_apply,
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
        is_usual = name == "best" and not PARAMETER.read() and _is_untouched(values)
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
        on_click=_apply,
        disabled=not changed,
    )


def _is_untouched(values: Values) -> bool:
    usual = untouched_values()
    return not any(is_changed(name, values, usual) for name in NAMES if name != "seed")


def follow() -> None:
    """Another network or data set: what was not changed in Best or Fast becomes that of the new one."""
    touched()
    usual: Values = st.session_state.get(_USUAL, {})
    if st.session_state.get(PRESET) in _FOLLOWING and usual:
        now = _now()
        new = preset_values(st.session_state[PRESET], now)
        kept = {name: now[name] for name in NAMES if now[name] != usual[name]}
        fill({**new, **kept})


def _apply() -> None:
    touched()
    name = st.session_state.get(PRESET)
    if name is None:
        return
    fill(preset_values(name, _now()))


def _now() -> Values:
    return {name: st.session_state.get(key(name), untouched(name)) for name in NAMES}

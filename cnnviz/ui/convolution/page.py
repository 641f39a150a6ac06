"""Convolution page: what size comes out of a convolution, and what each output reads.

The component with everything that moves sends a link; the tabs below follow it on release. Never imports torch, pandas
or Plotly.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import streamlit as st

from cnnviz.arithmetic.setting import Setting
from cnnviz.base.locale import N_
from cnnviz.ui.convolution import show_link
from cnnviz.ui.convolution.content import content
from cnnviz.ui.convolution.conventions import conventions
from cnnviz.ui.convolution.cost import costs
from cnnviz.ui.convolution.presets import presets
from cnnviz.ui.convolution.questions import questions
from cnnviz.ui.convolution.solver import solve_backwards
from cnnviz.ui.convolution.why import why
from cnnviz.ui.convolution.words import WORDS
from cnnviz.ui.shared import mount, state
from cnnviz.ui.shared.i18n import _, language
from cnnviz.ui.shared.mount import component, css
from cnnviz.ui.shared.names import data_name, name_of, trained
from cnnviz.ui.shared.page import errors_as_sentences, start

_STAGE = "convolution_stage"
_LONGEST_LINK = 200_000  # characters: a drawing and typed numbers, several times over
_RECEIVED = "convolution_link"  # in the session: survives a page switch, which empties the component's state
_CSS = css("convolution/page")


def page() -> None:
    """The whole page."""
    start(
        N_("Convolution"),
        N_("Drag Stride S to 2: the output halves. Can you keep the input's size?"),
    )

    explorer()


@st.fragment
def explorer() -> None:
    """What is released on the stage runs this part of the page again, and nothing else."""
    with errors_as_sentences():
        panels(stage())


def words() -> dict[str, dict[str, str]]:
    """Every part's words in the visitor's language."""
    return {part: {name: _(text) for name, text in texts.items()} for part, texts in WORDS.items()}


def stage() -> Setting:
    """The component with everything that moves; returns the setting it last committed."""
    data = {"language": language(), "strings": words(), "presets": presets(), **_content()}
    component("convolution")(key=_STAGE, data=data, default={"link": None}, on_link_change=_nothing)
    with st.container():  # always there: what comes later keeps its place
        if asked := show_link.sent():
            component("command")(key="convolution_commander", data=asked)
    said = mount.said(_STAGE, "link")
    if isinstance(said, str) and len(said) <= _LONGEST_LINK:  # whatever is wrong in it, `Setting` passes over
        st.session_state[_RECEIVED] = said
    received = st.session_state.get(_RECEIVED)
    return Setting.from_link(_address() if received is None else received)


def _content() -> dict[str, Any]:
    """The content, its networks by their names."""
    found = content()
    titled = [
        {**each, "title": trained(name_of("model", each["model"]), data_name(each["data"]))}
        for each in found["networks"]
    ]
    return {**found, "networks": titled}


def _address() -> str:
    return urlencode(state.given())


def _nothing() -> None:
    """Streamlit makes an attribute of the state only for what has a callback."""


def panels(setting: Setting) -> None:
    """Five tabs about `setting`."""
    st.html(f"<style>{_CSS}</style>")
    names = [_("Conventions"), _("I need this size"), _("Cost"), _("Why so"), _("Lesson questions")]
    first, second, third, fourth, fifth = st.tabs(names)
    for tab, panel in ((first, conventions), (second, solve_backwards), (third, costs)):
        with tab:
            if setting.predict and setting.mode != "flatten":
                st.markdown(_("It would give the answer away: it comes back when Predict first is off."))
            else:
                panel(setting)
    with fourth:
        why()
    with fifth:
        questions()

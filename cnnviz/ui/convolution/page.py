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
from cnnviz.ui.shared.mount import component
from cnnviz.ui.shared.names import data_name, name_of, trained
from cnnviz.ui.shared.page import errors_as_sentences, start

_STAGE = "convolution_stage"
_LONGEST_LINK = 200_000  # characters: a drawing and typed numbers, several times over
_RECEIVED = "convolution_link"  # in the session: survives a page switch, which empties the component's state
_CSS = """
.cv-p { margin: 0.5rem 0; max-width: 72ch; }
.cv-quiet { color: var(--cnn-muted); font-size: 0.95rem; }
h3.cv-h { font-size: 1.15rem; margin: 1.25rem 0 0.25rem; padding: 0; }
.cv-question h4 { font-size: 1.02rem; padding: 0; margin: 0; }
.cv-input { color: var(--cnn-input); } .cv-kernel { color: var(--cnn-kernel); }
.cv-padding { color: var(--cnn-padding); } .cv-stride { color: var(--cnn-stride); }
.cv-output { color: var(--cnn-output); } .cv-right { color: var(--cnn-right); } .cv-wrong { color: var(--cnn-wrong); }
.cv-formula { display: inline-flex; flex-wrap: wrap; align-items: center; gap: 0.2rem 0.6rem; font-size: 1.15rem;
  font-variant-numeric: tabular-nums; }
.cv-formula > span { display: inline-flex; align-items: center; gap: 0.35rem; white-space: pre; }
.cv-frac { display: inline-flex; flex-direction: column; text-align: center; }
.cv-frac > span { padding: 0 0.3rem; }
.cv-frac > span + span { border-top: 1.5px solid currentColor; }
.cv-floor, .cv-ceil { display: inline-flex; align-items: stretch; gap: 0.15rem; }
.cv-floor > .cv-frac, .cv-ceil > .cv-frac { padding: 0.15rem 0; }
.cv-floor::before, .cv-floor::after, .cv-ceil::before, .cv-ceil::after { content: ""; width: 0.4rem;
  border: 0 solid currentColor; }
.cv-floor::before { border-width: 0 0 2px 2px; } .cv-floor::after { border-width: 0 2px 2px 0; }
.cv-ceil::before { border-width: 2px 0 0 2px; } .cv-ceil::after { border-width: 2px 2px 0 0; }
.cv-readings { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(27rem, 100%), 1fr));
  gap: 1.5rem 2.5rem; }
.cv-reading h4 { font-size: 1.02rem; padding: 0; margin: 0 0 0.4rem; display: flex; flex-wrap: wrap; gap: 0 0.75rem; }
.cv-reading h4 b { font-weight: 600; }
.cv-reading .cv-picture { display: block; max-width: 100%; height: auto; max-height: 34px; margin: 0.5rem 0 0; }
.cv-scroll { overflow-x: auto; margin: 0.75rem 0; }
.cv-scroll:focus-visible { outline: 3px solid var(--cnn-input); outline-offset: 2px; }
.cv-scroll table { border-collapse: collapse; font-variant-numeric: tabular-nums; white-space: nowrap; margin: 0; }
.cv-scroll caption { text-align: left; font-weight: 600; padding: 0 0 0.4rem; color: inherit; }
.cv-scroll th, .cv-scroll td { padding: 0.4rem 1.25rem 0.4rem 0; border: 0; border-bottom: 1px solid var(--cnn-line);
  text-align: left; font-weight: 400; vertical-align: top; }
.cv-scroll th[scope=row] { white-space: normal; min-width: 4.5rem; }
.cv-scroll thead th { color: var(--cnn-muted); font-size: 0.95rem; }
.cv-scroll td i { display: block; font-style: normal; font-size: 0.95rem; color: var(--cnn-muted); }
.cv-marked th, .cv-marked td { font-weight: 650 !important; color: var(--cnn-kernel); }
.cv-solutions { margin: 0; } .cv-solutions caption { position: absolute; width: 1px; height: 1px; overflow: hidden; }
.cv-solutions th, .cv-solutions td { vertical-align: middle !important; }
.cv-solutions tr { height: 2.75rem; } .cv-solutions th, .cv-solutions td { padding: 0 1.1rem 0 0; text-align: right; }
.cv-solutions th[scope=row] { min-width: 0; }
.st-key-conv_solutions { flex-wrap: nowrap; }
.st-key-conv_tries { gap: 0.25rem; padding-top: 2.8rem; }
.st-key-conv_tries button { min-height: 2.5rem; height: 2.5rem; white-space: nowrap; }
.st-key-conv_goal > * { max-width: 14rem; } .st-key-conv_channels > * { max-width: 14rem; }
.st-key-conv_stack { max-width: 30rem; }
.cv-funnel .cv-picture { width: 100%; max-width: 34rem; height: auto; }
.cv-composed { display: flex; flex-wrap: wrap; align-items: center; gap: 0.75rem; font-size: 1.05rem; }
.cv-matrix { border-collapse: collapse; width: auto; margin: 0; font-variant-numeric: tabular-nums; }
.cv-matrix td { border: 0; padding: 0.1rem 0.45rem; text-align: right; color: var(--cnn-kernel); }
.cv-matrix { border-inline: 2px solid var(--cnn-line); }
.cv-question p { margin: 0.25rem 0; max-width: 72ch; }
@media (max-width: 640px) { .cv-solutions th, .cv-solutions td { padding-right: 0.5rem; } }
.cv-question summary { cursor: pointer; padding: 0.5rem 0; color: var(--cnn-muted); }
"""


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

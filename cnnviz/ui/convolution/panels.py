"""What follows the stage on release: conventions, solver, bill, reasons, questions. Never imports torch or pandas."""

from __future__ import annotations

import streamlit as st

from cnnviz.arithmetic.setting import Setting
from cnnviz.ui.convolution import flatten
from cnnviz.ui.convolution.conventions import conventions
from cnnviz.ui.convolution.cost import costs
from cnnviz.ui.convolution.questions import questions
from cnnviz.ui.convolution.solver import solve_backwards
from cnnviz.ui.convolution.why import why
from cnnviz.ui.shared.i18n import _

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


def panels(setting: Setting) -> None:
    """Five tabs about `setting`."""
    st.html(f"<style>{_CSS}</style>")
    names = [_("Conventions"), _("I need this size"), _("Cost"), _("Why so"), _("Lesson questions")]
    first, second, third, fourth, fifth = st.tabs(names)
    flattens = setting.mode == "flatten"
    about = (flatten.order, flatten.sizes, flatten.costs) if flattens else (conventions, solve_backwards, costs)
    for tab, panel in zip((first, second, third), about, strict=True):
        with tab:
            if setting.predict and not flattens:
                st.markdown(_("It would give the answer away: it comes back when Predict first is off."))
            else:
                panel(setting)
    with fourth:
        why()
    with fifth:
        questions()

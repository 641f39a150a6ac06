"""The page Networks: from LeNet to ResNet-152 taken apart, what of it shows at once and what follows PyTorch.

Imports no torch at the top.
"""

from __future__ import annotations

import streamlit as st

from cnnviz.base.locale import N_
from cnnviz.models.zoo import ZOO
from cnnviz.ui.networks.choice import Choice, choose_model, choose_options, choose_shape, figures
from cnnviz.ui.shared import warmup
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.link_parameters import kinds
from cnnviz.ui.shared.page import errors_as_sentences, start
from cnnviz.ui.shared.state import LinkParam

_VIEW: LinkParam[str] = LinkParam("networks_view", kinds()["networks_view"], "layer")
VIEWS = {
    "layer": N_("Chosen layer"),
    "table": N_("All layers"),
    "compare": N_("Side by side"),
    "pace": N_("Seconds an epoch"),
    "export": N_("Take away"),
    "own": N_("Your own network"),
}
CSS = """
.nw-figures { display: flex; flex-wrap: wrap; gap: 0.4rem 1.8rem; margin: 0; align-items: flex-end; }
dl.nw-figures { padding: 0 !important; } /* Streamlit indents lists */
.nw-figures dt { color: var(--cnn-muted); font-size: 0.92rem; }
.nw-figures dd { margin: 0; font-size: 1.4rem; line-height: 1.25; font-variant-numeric: tabular-nums; }
.nw-figures dd i { font-style: normal; font-size: 0.95rem; color: var(--cnn-muted); }
.nw-figures .nw-of { max-width: 22rem; }
.nw-figures .nw-of dd { font-size: 1.1rem; line-height: 1.35; min-height: 1.75rem; display: flex; align-items: center;
  font-weight: 600; }
@media (min-width: 1000px) { .nw-figures { flex-wrap: nowrap; } .nw-figures div { white-space: nowrap; }
  .nw-figures .nw-of { white-space: normal; } }
.nw-source { color: var(--cnn-muted); font-size: 0.92rem; margin: 0.2rem 0 0; }
.nw-scroll { overflow: auto; max-height: 36rem; border-bottom: 1px solid var(--cnn-line); }
.nw-scroll:focus-visible { outline: 3px solid var(--cnn-input); outline-offset: 2px; }
.nw-pair { border-collapse: collapse; margin: 0.5rem 0; white-space: nowrap; font-variant-numeric: tabular-nums;
  width: 100%; }
.nw-pair caption { position: absolute; width: 1px; height: 1px; overflow: hidden; }
.nw-pair th, .nw-pair td { border: 0; border-bottom: 1px solid var(--cnn-line); padding: 0.3rem 1.5rem 0.4rem 0;
  text-align: left; font-weight: 400; vertical-align: top; }
.nw-pair thead th { color: var(--cnn-muted); font-size: 0.95rem; }
@media (min-width: 900px) { .nw-pair { table-layout: fixed; white-space: normal; }
  .nw-pair th:first-child { width: 26%; } .nw-pair th:last-child { width: 11%; } }
.nw-pair .nw-ratio { font-weight: 650; text-align: right; padding-right: 0.4rem; }
.nw-pair thead th:last-child { text-align: right; padding-right: 0.4rem; }
.nw-length { display: block; height: 0.5rem; margin-top: 0.15rem; }
.nw-length b { display: block; height: 100%; background: var(--cnn-kernel); }
.nw-pair td:nth-child(3) .nw-length b { background: var(--cnn-output); }
/* Streamlit's own code font has no lines for tables: another font's would not be as wide as its letters. */
.st-key-networks_keras code, .st-key-networks_keras code * { font-family: "DejaVu Sans Mono", Menlo, Consolas,
  "Liberation Mono", "Noto Sans Mono", monospace !important; line-height: 1.18 !important; }
.nw-look { margin: 0 0 0.5rem; max-width: 75ch; }
@media (max-width: 640px) {
  .nw-pair { white-space: normal; font-size: 0.92rem; }
  .nw-pair th, .nw-pair td { padding-right: 0.6rem; }
  .nw-pair .nw-ratio { white-space: nowrap; }
}
.nw-facts { display: grid; grid-template-columns: auto 1fr; gap: 0.25rem 1.25rem; margin: 0; }
dl.nw-facts { padding: 0 !important; }
.nw-facts dt { color: var(--cnn-muted); } .nw-facts dd { margin: 0; font-variant-numeric: tabular-nums; }
.nw-verdict { font-size: 1.15rem; margin: 0.25rem 0 0.75rem; max-width: 68ch; }
.nw-field { display: flex; flex-wrap: wrap; gap: 1rem 2rem; align-items: flex-start; }
.nw-field figure { margin: 0; max-width: 100%; } .nw-field figcaption { color: var(--cnn-muted); font-size: 0.92rem;
  max-width: 24rem; margin-top: 0.4rem; }
.nw-field img { display: block; max-width: 100%; height: auto; }
.cv-scroll { overflow-x: auto; margin: 0.75rem 0; }
.cv-scroll table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: 0; }
.cv-scroll caption { text-align: left; font-weight: 600; padding: 0 0 0.3rem; color: inherit; }
.cv-scroll th, .cv-scroll td { padding: 0.35rem 2rem 0.35rem 0; border: 0; border-bottom: 1px solid var(--cnn-line);
  text-align: left; font-weight: 400; }
.cv-scroll thead th { color: var(--cnn-muted); }
.st-key-networks_shape > * { min-width: 8rem; }
.st-key-networks_shape [data-testid="stButtonGroup"] button { min-height: 2.5rem; min-width: 2.8rem; }
"""


def page() -> None:
    """The whole page."""
    start(
        N_("Networks"),
        N_("Choose a network and click its blocks: what does each layer give, weigh, and see of the picture?"),
    )
    _network()


@st.fragment
def _network() -> None:
    """The controls, facts that need no torch, and then everything else."""
    st.html(f"<style>{CSS}</style>")
    controls = st.columns([2.4, 2.2, 0.9], vertical_alignment="bottom")
    with controls[0]:
        name = choose_model()
    with controls[1]:
        choice = choose_shape(name)
    if warmup.underway():
        known_facts(choice)
        _wait()
        return
    from cnnviz.ui.networks import views  # heavy

    with errors_as_sentences():
        with controls[2]:
            choice = choose_options(choice)
        views.view(choice, _choose_view())


def _choose_view() -> str:
    """One of `VIEWS`, kept in the link by hand: Streamlit would write the translated words into it."""
    view = st.segmented_control(
        _("Show"),
        list(VIEWS),
        default=_VIEW.read(),
        required=True,
        format_func=lambda each: _(VIEWS[each]),
        key="networks_view_box",
        label_visibility="collapsed",
    )
    _VIEW.put(str(view))
    return str(view)


def known_facts(choice: Choice) -> None:
    """What is known of the network without taking it apart."""
    facts = ZOO[choice.name]
    rows = [(_("One picture"), " × ".join(map(str, facts.input_size))), (_("Weights"), f"{facts.params:,}")]
    figures(rows, f"{choice.title} · {facts.year}")


def _wait() -> None:
    """A sentence, and the whole page again once PyTorch is in."""
    st.caption(_("PyTorch is being loaded: the layers follow in a moment …"))
    st.fragment(_look, run_every=0.5)()


def _look() -> None:
    if not warmup.underway():
        st.rerun()

"""Networks page: from LeNet to ResNet-152 taken apart, what of it shows at once and what follows PyTorch.

Imports no torch at the top.
"""

from __future__ import annotations

import streamlit as st

from cnnviz.base.locale import N_
from cnnviz.models.zoo import ZOO
from cnnviz.ui.networks.choice import Choice, choose_model, choose_options, choose_shape, figures
from cnnviz.ui.shared import warmup
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.link_parameters import NETWORK_VIEWS, parameter
from cnnviz.ui.shared.mount import css
from cnnviz.ui.shared.page import errors_as_sentences, start
from cnnviz.ui.shared.state import choose_view

_VIEW = parameter("networks_view", "layer")
_TITLES = (
    N_("Chosen layer"),
    N_("All layers"),
    N_("Side by side"),
    N_("Seconds an epoch"),
    N_("Take away"),
    N_("Your own network"),
)
VIEWS = dict(zip(NETWORK_VIEWS, _TITLES, strict=True))
CSS = css("networks/page")


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
    controls = st.columns([1.9, 2.1, 1.1, 1.5], vertical_alignment="bottom")
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
        views.view(choice, choose_view(_VIEW, VIEWS, "networks_view_box"), controls[3])


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

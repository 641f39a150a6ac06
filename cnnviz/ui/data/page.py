"""What a network learns from: real pictures of every class, how many there are, and where they come from."""

from __future__ import annotations

import streamlit as st

from cnnviz.base.errors import DataError
from cnnviz.base.locale import N_
from cnnviz.data.registry import DATASETS
from cnnviz.ui.data import panels
from cnnviz.ui.shared import state
from cnnviz.ui.shared.i18n import _, sentence
from cnnviz.ui.shared.names import data_name
from cnnviz.ui.shared.page import start


def page() -> None:
    """The whole page."""
    start(
        "Data", N_("Each row is one class. Ask for another sample and look for a picture you would get wrong yourself.")
    )

    choice, button = st.columns([2, 5], vertical_alignment="bottom")
    with choice:
        name = state.choose_code(_("Data set"), list(DATASETS), key="data_name", name_of=data_name, default="digits")
    spec = DATASETS[name]

    found = None
    if spec.is_present():
        try:
            found = panels.samples(spec, panels.sample_number())
        except DataError as error:
            st.error(sentence(error), icon=":material/error:")
            panels.offer_to_fetch(spec)
    else:
        st.info(
            _(
                "{name} is not on this machine yet. Fetching it once loads {megabytes} MB from the internet.",
                name=data_name(spec.name),
                megabytes=panels.megabytes(spec.download_bytes),
            )
        )
        panels.offer_to_fetch(spec)

    if found is not None:
        with button:
            panels.another_sample_button()
        panels.show_gallery(spec, found.pictures)
        st.caption(
            _(
                "Sample {number}: {each} training pictures of each class.",
                number=panels.sample_number(),
                each=panels.SAMPLES,
            )
        )

    st.subheader(_(spec.title), anchor=False)
    st.write(_(spec.about))
    panels.show_facts(spec)

    if found is not None:
        st.subheader(_("How many of each class"), anchor=False)
        st.write(
            _(
                "If one class had most of the pictures, a network could score well by always naming it. "
                "The thick bars are shares of the training pictures, the thin ones of the test pictures."
            )
        )
        panels.show_balance(spec, found)

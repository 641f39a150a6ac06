"""Data page: the pictures a network learns from: looked at, cut into batches, changed, brought along, bent."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from cnnviz.base.locale import N_
from cnnviz.data.dataset_spec import DatasetSpec
from cnnviz.data.registry import available, dataset
from cnnviz.ui.data import browse, browse_panel, download
from cnnviz.ui.shared import state
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.link_parameters import left_out, parameter
from cnnviz.ui.shared.mount import css
from cnnviz.ui.shared.names import data_name
from cnnviz.ui.shared.page import errors_as_sentences, start


def _batches(spec: DatasetSpec) -> None:
    from cnnviz.ui.data import batches  # heavy

    batches.show(spec)


def _augmentation(spec: DatasetSpec) -> None:
    from cnnviz.ui.data import augmentation  # heavy

    augmentation.show(spec)


def _own_pictures(spec: DatasetSpec) -> None:
    from cnnviz.ui.data import own_pictures  # heavy

    own_pictures.show(spec)


def _experiments(spec: DatasetSpec) -> None:
    from cnnviz.ui.data import experiments  # heavy

    experiments.show(spec)


def _labels(spec: DatasetSpec) -> None:
    from cnnviz.ui.data import labels  # heavy

    labels.show(spec)


# A view is imported when it is chosen: all of them take as long as the first sight of the page.
_VIEWS: dict[str, tuple[str, Callable[[DatasetSpec], None]]] = {  # code -> message, what draws it
    "browse": (N_("Browse"), browse.show),
    "batches": (N_("Batches"), _batches),
    "augmentation": (N_("Augmentation"), _augmentation),
    "own": (N_("Own pictures"), _own_pictures),
    "experiments": (N_("Experiments"), _experiments),
    "labels": (N_("Find wrong labels"), _labels),
}
_WITHOUT_PICTURES = ("own",)  # a view that is of use before the chosen data set is on this machine
_BOX = 230  # CSS pixels
_CSS = css("data/page")


def page() -> None:
    """The whole page."""
    start(
        "Data",
        N_("Look at the pictures before a network does, and find one you would get wrong yourself."),
        _check_link,
        is_one_screen=True,
    )
    st.html(f"<style>{_CSS}</style>")
    with errors_as_sentences():
        with st.container(horizontal=True, vertical_alignment="bottom", key="data_bar"):
            spec = choose_data_set()
            titles = {code: message for code, (message, _show) in _VIEWS.items()}
            code = state.choose_view(parameter("data_view", "browse"), titles, "data_view_switch")
        if code in _WITHOUT_PICTURES or download.is_here(spec):
            _VIEWS[code][1](spec)


def choose_data_set() -> DatasetSpec:
    """The box "Data set", of all that are known here."""
    name = state.choose_code(
        _("Data set"),
        available(),
        key="data_name",
        name_of=data_name,
        default="digits",
        width=_BOX,
        on_change=browse_panel.forget_picture,
    )
    return dataset(name)


def _check_link() -> None:
    """A set of one's own or a folder that is not here, or no more."""
    said = state.given().get("data_name")
    if said is not None and said not in available():
        left_out("Data", "data_name", said)

"""Data page: the pictures a network learns from: looked at, cut into batches, changed, brought along, bent."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.link_kinds import shortened, whole
from cnnviz.base.locale import N_
from cnnviz.data.dataset_spec import DatasetSpec
from cnnviz.data.registry import available, dataset
from cnnviz.engine.training_set import corrections_of
from cnnviz.ui.data import browse, browse_panel, download
from cnnviz.ui.shared import state
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.link_parameters import add_notice, left_out, parameter
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
    said = state.given()
    name = said.get("data_name", "digits")
    if name not in available():
        left_out("Data", "data_name", name)
        return
    if any(each in said for each in ("data_class", "data_picture", "data_step", "data_labels_corrected")):
        with errors_as_sentences():
            _check_about(dataset(name), said)


def _check_about(spec: DatasetSpec, said: Mapping[str, str]) -> None:
    """What the link says of this data set is in it."""
    if said.get("data_class", browse.ALL) not in (browse.ALL, *spec.classes):
        left_out("Data", "data_class", said["data_class"])
        state.remove(["data_class"])
    half = spec.test_images if said.get("data_half") == "test" else spec.train_images
    _check_number("data_picture", half, said)
    if "data_step" not in st.session_state:  # later it is the box's, which has its own limits
        _check_number("data_step", -(-spec.train_images // int(said.get("data_batch_size") or 32)), said)
    try:
        corrections_of(said.get("data_labels_corrected", ""), spec)
    except ConfigurationError as error:
        add_notice("Data", "data_labels_corrected", error.template, **error.values)
        state.remove(["data_labels_corrected"])


def _check_number(name: str, most: int, said: Mapping[str, str]) -> None:
    kind = whole(1, most)
    if name in said and kind.parse(said[name]) is None:
        add_notice("Data", name, kind.rule, **kind.gaps, parameter=name, value=shortened(said[name]))
        state.remove([name])

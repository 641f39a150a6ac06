"""View "Own pictures" of the page Data: collected in the browser, imported, part of a set; and the sets there are."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from cnnviz.base.locale import N_
from cnnviz.data.dataset_spec import DatasetSpec
from cnnviz.ui.data import collect, import_job, import_source, import_view, own_sets
from cnnviz.ui.shared import state
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.link_parameters import OWN_WAYS
from cnnviz.ui.shared.mount import css
from cnnviz.ui.shared.page import errors_as_sentences

_TITLES = {
    "collect": N_("Draw or photograph"),
    "zip": N_("Import a zip"),
    "folder": N_("A folder on the server"),
    "part": N_("Part of a data set"),
    "sets": N_("Sets that are here"),
}
_CSS = css("data/own_pictures")


def show(spec: DatasetSpec) -> None:
    """The whole view."""
    st.html(f"<style>{_CSS}</style>")
    ways = [way for way in OWN_WAYS if way != "folder" or import_source.are_folders_offered()]
    way = state.switch_code(
        _("How"), ways, key="data_own_way", name_of=lambda code: _(_TITLES[code]), label_visibility="collapsed"
    )
    place = st.container(key="data_own_job")
    views: dict[str, Callable[[], None]] = {
        "collect": collect.show,
        "zip": lambda: import_view.show(import_source.uploaded()),
        "folder": lambda: import_view.show(import_source.server_folder()),
        "part": lambda: import_view.show(import_source.part_of_a_set(spec.name)),
        "sets": own_sets.show,
    }
    with errors_as_sentences():
        views[way]()
    with place:  # last: what is chosen now says what it is about
        import_job.show()

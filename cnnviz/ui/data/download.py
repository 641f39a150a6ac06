"""Download: what the page Data shows in place of a view whose pictures are not on this machine, and how they come."""

from __future__ import annotations

import streamlit as st

from cnnviz.base import paths
from cnnviz.base.errors import CnnvizError, DataError
from cnnviz.base.locale import N_
from cnnviz.base.text import plain
from cnnviz.data.dataset_spec import DatasetSpec
from cnnviz.runs import scheduler
from cnnviz.runs.run import ACTIVE
from cnnviz.ui.shared import visitor
from cnnviz.ui.shared.i18n import _, sentence
from cnnviz.ui.shared.names import data_name
from cnnviz.ui.shared.page import errors_as_sentences, keep_error, page_link, show_error

_EMBEDDED = "digits"
_REMOVAL = "data_removal"
_MOST_RUNS = 1000  # looked at


def is_here(spec: DatasetSpec) -> bool:
    """Whether the files are there; if not, that is said, with two ways on."""
    if spec.is_present():
        return True
    st.info(
        _(
            "{name} is not on this machine yet. Fetching it once loads {megabytes} MB from the internet.",
            name=plain(data_name(spec.name)),
            megabytes=megabytes(spec.download_bytes),
        )
    )
    st.write(plain(_(spec.about)))
    offer_to_fetch(spec)
    return False


def show_broken(spec: DatasetSpec, error: DataError) -> None:
    """Files that are there and cannot be used: why, and the same two ways on."""
    st.error(sentence(error), icon=":material/error:")
    offer_to_fetch(spec)


def offer_to_fetch(spec: DatasetSpec) -> None:
    """Two ways on when a data set cannot be shown: fetch it, or see the embedded one."""
    with st.container(horizontal=True):
        wanted = spec.download_bytes > 0 and st.button(
            _("Fetch"), key="data_fetch", type="primary", icon=":material/download:"
        )
        st.button(_("Show digits instead"), key="data_embedded", on_click=_show_embedded)
    if wanted:
        with errors_as_sentences():
            _fetch(spec)
            st.rerun()


def offer_to_remove(spec: DatasetSpec) -> None:
    """A button that asks first, for whoever runs the server; nothing for what was not fetched."""
    if not spec.download_bytes:
        return
    if not visitor.is_at_the_server():
        st.caption(_("On the server, `python -m cnnviz data remove {name}` takes it off the machine.", name=spec.name))
        return
    show_error(_REMOVAL, spec.name)
    with st.popover(_("Delete"), icon=":material/delete:", key="data_remove"):
        st.write(
            _(
                "{name} is taken off this machine, for everybody. Fetching it again loads {megabytes} MB.",
                name=plain(data_name(spec.name)),
                megabytes=megabytes(spec.download_bytes),
            )
        )
        count = _runs_that_need(spec)
        if count:
            st.warning(
                _("{count} runs that train on it are queued or under way: wait for them, or stop them.", count=count)
            )
            page_link("runs", N_("To the runs"), ":material/stacked_line_chart:")
        st.button(
            _("Really delete"), key="data_really_remove", type="primary", on_click=_remove, args=(spec,),
            disabled=count > 0,
        )  # fmt: skip


def _runs_that_need(spec: DatasetSpec) -> int:
    """How many runs would fail without its files."""
    waiting = scheduler.store().records(_MOST_RUNS, statuses=ACTIVE)
    return sum(record.config.data == spec.name for record in waiting)


def _remove(spec: DatasetSpec) -> None:
    try:
        spec.files.remove(paths.data_root())
    except CnnvizError as error:
        keep_error(_REMOVAL, spec.name, error)


def megabytes(count: int) -> str:
    """Bytes as MB, rounded up to whole ones."""
    return f"{-(-count // 1_000_000)}"


def _fetch(spec: DatasetSpec) -> None:
    """Here and now: whatever the visitor does meanwhile, be it to press Stop, runs the page anew and ends it."""
    place = st.empty()
    with place.container(horizontal=True, vertical_alignment="center"):
        bar = st.progress(0.0, text=_("Connecting …"))
        st.button(_("Stop"), key="data_fetch_stop", icon=":material/stop:")

    def report(done: int, total: int) -> None:
        text = _("{done} of {total} MB", done=f"{done / 1e6:.1f}", total=megabytes(total))
        bar.progress(done / total, text=text)

    try:
        spec.fetch(progress=report)
    finally:
        place.empty()


def _show_embedded() -> None:
    st.session_state["data_name"] = _EMBEDDED

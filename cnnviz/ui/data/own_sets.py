"""My sets: every set that somebody imported here, what it takes, and its deletion by whoever imported it."""

from __future__ import annotations

import time
from dataclasses import dataclass

import streamlit as st

from cnnviz.base.errors import CnnvizError, DataError
from cnnviz.base.locale import N_
from cnnviz.base.text import memory, plain
from cnnviz.data.dataset_spec import OWN, DatasetSpec
from cnnviz.data.own import store
from cnnviz.engine.config import LAST
from cnnviz.engine.form import key as form_key
from cnnviz.ui.shared import state, visitor
from cnnviz.ui.shared.i18n import _, sentence
from cnnviz.ui.shared.page import page_link

_ASKED = "data_own_delete_asked"  # in the session: the set that is about to be deleted
_MOST = 100  # rows
_STARTS = {1: "lenet5-mnist", 3: "resnet-small-cifar10"}  # channels -> a network that knows such pictures


def show() -> None:
    """A row for each set, one's own first."""
    names = store.names()
    if not names:
        st.info(_("There are no sets yet: collect pictures, or import some."), icon=":material/photo_library:")
        return
    me = visitor.owner()
    rows = sorted(map(_found, names), key=lambda row: (row.owner != me, row.name))
    for row in rows[:_MOST]:
        with st.container(horizontal=True, vertical_alignment="center", key=f"data_own_row_{row.name}"):
            _show(row, row.owner == me)
    st.caption(_("Everybody here sees these sets and can train on them; whoever imported one can delete it."))


@dataclass(frozen=True)
class _Row:
    name: str
    owner: str = ""
    when: float = 0.0
    spec: DatasetSpec | None = None


def _found(name: str) -> _Row:
    """Of one that was changed or deleted meanwhile nothing but its name is known."""
    try:
        return _Row(name, store.owner_of(name), store.made_at(name), store.of_own(name))
    except DataError:
        return _Row(name)


def _show(row: _Row, is_mine: bool) -> None:
    name = row.name
    about = f"**{plain(name)}**  \n{_facts(row, is_mine)}"
    st.markdown(about, width="stretch")
    st.button(_("Browse"), key=f"data_own_open_{name}", on_click=_open, args=(name,), disabled=row.spec is None)
    data = {form_key("data"): f"{OWN}{name}"}
    page_link("training", N_("Train on it"), ":material/model_training:", data)
    if row.spec is not None:
        start = _STARTS[row.spec.image_size[0]]  # a set is grey or in colour
        begun = {form_key("start_from"): start, form_key("trainable"): LAST}
        page_link("training", N_("Start from a trained network"), ":material/ac_unit:", {**data, **begun})
    if not is_mine:
        return
    if st.session_state.get(_ASKED) == name:
        st.button(_("Really delete"), key=f"data_own_really_{name}", type="primary", on_click=_delete, args=(name,))
        st.button(_("Keep it"), key=f"data_own_keep_{name}", on_click=_ask, args=(None,))
    else:
        st.button(_("Delete"), key=f"data_own_delete_{name}", icon=":material/delete:", on_click=_ask, args=(name,))


def _facts(row: _Row, is_mine: bool) -> str:
    spec = row.spec
    if spec is None:
        return _("It was cut or changed since it was imported.")
    channels, height, width = spec.image_size
    whose = _("imported by you") if is_mine else _("imported by somebody else")
    return _(
        "{classes} classes, {count} pictures of {height} × {width}, {color}, {bytes}, {whose}, {when}",
        classes=len(spec.classes),
        count=f"{spec.train_images + spec.test_images:,}",
        height=height,
        width=width,
        color=_("grey") if channels == 1 else _("colour"),
        bytes=memory(_bytes(spec)),
        whose=whose,
        when=time.strftime("%Y-%m-%d %H:%M", time.localtime(row.when)),
    )


def _bytes(spec: DatasetSpec) -> int:
    channels, height, width = spec.image_size
    return (spec.train_images + spec.test_images) * (channels * height * width + 8)


def _ask(name: str | None) -> None:
    st.session_state[_ASKED] = name


def _delete(name: str) -> None:
    _ask(None)
    try:
        store.delete(name, visitor.owner())
    except CnnvizError as error:
        st.toast(sentence(error), icon=":material/error:")


def _open(name: str) -> None:
    state.change_code("data_name", f"{OWN}{name}")
    state.change_view("data_view_switch", "browse")

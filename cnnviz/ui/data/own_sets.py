"""My sets: every set that somebody imported here, what it takes, and its deletion by whoever imported it."""

from __future__ import annotations

import time
from dataclasses import dataclass

import streamlit as st

from cnnviz.base.errors import CnnvizError, DataError
from cnnviz.base.text import memory, plain
from cnnviz.data.dataset_spec import OWN, DatasetSpec
from cnnviz.data.own import store
from cnnviz.runs import scheduler
from cnnviz.ui.data.next_steps import training_links
from cnnviz.ui.shared import state, visitor
from cnnviz.ui.shared.i18n import _, sentence

_ASKED = "data_own_delete_asked"  # in the session: the set that is about to be deleted
_MOST = 100  # rows
_MOST_RUNS = 1000  # waiting and training ones


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
    about = f"**{plain(name)}**  \n:small[{_facts(row, is_mine)}]"
    st.markdown(about, width="stretch")
    if st.session_state.get(_ASKED) == name and is_mine:
        _really(name)
        return
    st.button(_("Browse"), key=f"data_own_open_{name}", on_click=_open, args=(name,), disabled=row.spec is None)
    if row.spec is not None:
        training_links(row.spec)
    if is_mine:
        st.button(_("Delete"), key=f"data_own_delete_{name}", icon=":material/delete:", on_click=_ask, args=(name,))


def _really(name: str) -> None:
    """The question, and which run would miss the set."""
    run = _needed_by(name)
    if run:
        st.markdown(
            _("Run {run} waits for this set or trains on it: without it the run cannot begin or go on later.", run=run),
            width="content",
        )
    st.button(_("Really delete"), key=f"data_own_really_{name}", type="primary", on_click=_delete, args=(name,))
    st.button(_("Keep it"), key=f"data_own_keep_{name}", on_click=_ask, args=(None,))


def _needed_by(name: str) -> int:
    """The oldest run that waits for the set, trains on it or rests; 0: none."""
    active = scheduler.store().records(_MOST_RUNS, ("queued", "running", "paused"))
    return min((record.id for record in active if record.config.data == f"{OWN}{name}"), default=0)


def _facts(row: _Row, is_mine: bool) -> str:
    spec = row.spec
    if spec is None:
        return _("It was cut or changed since it was imported.")
    channels, height, width = spec.image_size
    text = _(
        "{classes} classes · {count} pictures, {height} × {width}, {color} · {bytes} · {when}",
        classes=len(spec.classes),
        count=f"{spec.train_images + spec.test_images:,}",
        height=height,
        width=width,
        color=_("grey") if channels == 1 else _("colour"),
        bytes=memory(_bytes(spec)),
        when=time.strftime("%Y-%m-%d", time.localtime(row.when)),
    )
    mine = _("yours")
    return f"{text} · {mine}" if is_mine else text


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

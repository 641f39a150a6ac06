"""Link problems: what makes no sense in the address is taken out before any widget reads it, and said in words."""

from __future__ import annotations

from dataclasses import dataclass, field

import streamlit as st

from cnnviz.base.link_kinds import NOTHING, shortened
from cnnviz.base.locale.typesetting import Listed
from cnnviz.base.text import plain
from cnnviz.ui.shared import state
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.link_parameters import kinds

_NOTICE = "link_notice"  # in the session, until the visitor closes it or leaves the page
_MOST_SAID = 8


@dataclass
class _Notice:
    """Of one page: parameter -> (message, its gaps)."""

    page: str
    said: dict[str, tuple[str, dict[str, object]]] = field(default_factory=dict)


def tidy(page: str) -> None:
    """Take out what is not of its parameter's kind. Call it before the first widget of `page`."""
    notice = st.session_state.get(_NOTICE)
    if notice is not None and notice.page != page:
        del st.session_state[_NOTICE]
    wrong = {name: value for name, value in state.given().items() if not _is_sound(name)}
    if not wrong:
        return
    state.remove(wrong)
    _keep(page, wrong)


def add(page: str, about: str, message: str, /, **gaps: object) -> None:
    """Have something else said of the link: of what is of its kind, but is not here."""
    notice = st.session_state.get(_NOTICE)
    if notice is None or notice.page != page:
        notice = st.session_state[_NOTICE] = _Notice(page)
    notice.said[about] = (message, gaps)


def left_out(page: str, parameter: str, value: str) -> None:
    """Say that `value` is nothing that is here."""
    add(page, parameter, NOTHING, parameter=parameter, value=shortened(value))


def show() -> None:
    """One sentence for each, and a button that closes them."""
    notice = st.session_state.get(_NOTICE)
    if notice is None:
        return
    texts = [
        _(message, **{name: _plain(value) for name, value in gaps.items()})
        for message, gaps in list(notice.said.values())[:_MOST_SAID]
    ]
    with st.container(key="link_notice"):
        st.warning("\n\n".join(texts), icon=":material/link_off:")
        st.button(_("Close"), key="link_close", icon=":material/close:", on_click=_close)


def _plain(value: object) -> object:
    return Listed(plain(str(each)) for each in value) if isinstance(value, Listed) else plain(str(value))


def _is_sound(name: str) -> bool:
    """Also what is no parameter of ours, and what is left empty, which Streamlit takes for not there."""
    kind = kinds().get(name)
    return kind is None or all(not text or kind.parse(text) is not None for text in state.every(name))


def _keep(page: str, wrong: dict[str, str]) -> None:
    for name, value in wrong.items():
        kind = kinds()[name]
        add(page, name, kind.rule, **kind.gaps, parameter=name, value=shortened(value))


def _close() -> None:
    st.session_state.pop(_NOTICE, None)

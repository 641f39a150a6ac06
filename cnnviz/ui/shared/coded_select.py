"""A select box that shows names and keeps codes: the link holds what no language changes.

Streamlit's own binding writes into the link what is shown, in the language it is shown in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from cnnviz.base.link_kinds import one_of
from cnnviz.ui.shared.i18n import language
from cnnviz.ui.shared.state import LinkParam

_PAGE = "coded_page"  # in the session: (the page that is shown, how many were shown before)
_SPOKEN = "coded_spoken"  # in the session: key -> the language its box was drawn in last
_KNOWN = "coded_known"  # in the session: key -> (number of the visit, what was taken from the link or written to it)


def visit(page: str) -> None:
    """Part of every page's frame: a link to it decides again what its boxes say."""
    shown, before = st.session_state.get(_PAGE, ("", 0))
    if shown != page:
        st.session_state[_PAGE] = (page, before + 1)


def relabel(key: str) -> None:
    """Call it before a box whose options are translated: in another language it says its value anew.

    The browser keeps a box's words, and would go on sending those of the language before: they are no option any more.
    """
    spoken: dict[str, str] = st.session_state.setdefault(_SPOKEN, {})
    if spoken.get(key, language()) != language() and key in st.session_state:
        st.session_state[key] = st.session_state[key]
    spoken[key] = language()


def take(key: str, codes: Sequence[str]) -> None:
    """What the link says goes into the session: when somebody comes with it, not when it lags behind the box."""
    relabel(key)
    if st.session_state.get(key, codes[0]) not in (*codes, None):
        del st.session_state[key]
    known: dict[str, tuple[int, frozenset[str]]] = st.session_state.setdefault(_KNOWN, {})
    now = st.session_state.get(_PAGE, ("", 0))[1]
    visited, texts = known.get(key, (None, frozenset()))
    said = _parameter(key, codes).said()
    if said is not None and (visited != now or said not in texts):
        st.session_state[key] = said
    known[key] = (now, (texts if visited == now else frozenset()) | ({said} if said is not None else set()))


def select(
    title: str,
    codes: Sequence[str],
    *,
    key: str,
    name_of: Callable[[str], str],
    default: str | None = None,
    **usual: Any,
) -> str | None:
    """The code that is chosen. `default`, None for none, is left out of the link."""
    take(key, codes)
    index = None if default is None else list(codes).index(default)
    names = {code: name_of(code) for code in codes}
    chosen = st.selectbox(title, codes, index, key=key, format_func=names.__getitem__, persist_state="session", **usual)
    _write(key, codes, None if chosen == default else chosen)
    return chosen


def choose(title: str, codes: Sequence[str], *, key: str, name_of: Callable[[str], str], default: str) -> str:
    """The same where there always is one."""
    return select(title, codes, key=key, name_of=name_of, default=default) or default


def _write(key: str, codes: Sequence[str], text: str | None) -> None:
    _parameter(key, codes).put(text)
    if text is not None:
        number, texts = st.session_state[_KNOWN][key]
        st.session_state[_KNOWN][key] = (number, texts | {text})


def _parameter(key: str, codes: Sequence[str]) -> LinkParam[str]:
    return LinkParam(key, one_of(codes), "")

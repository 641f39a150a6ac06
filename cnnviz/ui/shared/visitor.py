"""Visitor identity: which browser one comes with; a class behind one address is kept apart, a reload changes nothing.

The server draws a number for a new session; the browser keeps it, and sends it when it comes again: as a cookie, which
is there before anything is drawn. Where cookies are not allowed, its storage says, once the page is there. Nobody else
learns it. What belongs to a visitor (his turn in the queue, his name on the leaderboard) goes by it, on every page.
"""

from __future__ import annotations

import secrets
import threading
import time

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from cnnviz.runs.annotations import is_id
from cnnviz.ui.shared import mount
from cnnviz.ui.shared.mount import component

_COMPONENT = "visitor_component"
_COOKIE = "cnnviz-visitor"  # as in cnnviz/ui/shared/component/visitor
_ID = "visitor_id"  # in the session
_IS_KEPT = "visitor_is_kept"  # in the session: the browser has said that it keeps the number
_IS_SHOWN = "visitor_is_shown"  # in the session: what is on the page depends on who the visitor is
_NEWS = "visitor_news"  # in the session, for one run: the browser has been here before
LOOKS = 10.0  # a second, of all visitors together
_BETWEEN = ("X-Forwarded-For", "Forwarded", "X-Real-Ip", "Via")  # said by a proxy, for which every browser is near
_GONE = 15.0  # seconds after which a session that has not looked is no longer counted
_STEADY = 0.7  # of the limit: one who comes and goes must not change the rate each time

_LOCK = threading.Lock()
_SEEN: dict[str, float] = {}  # session -> when it looked last


def owner() -> str:
    """What the visitor's runs are kept under."""
    st.session_state[_IS_SHOWN] = True
    return str(st.session_state.setdefault(_ID, secrets.token_hex(16)))


def is_at_the_server() -> bool:
    """Whether the browser runs on the server's own machine, with nothing in between: whoever runs the server."""
    return st.context.ip_address is None and not any(name in st.context.headers for name in _BETWEEN)


def ask() -> None:
    """Part of every page's frame: know whose browser this is, without anything to be seen.

    A browser that sent its cookie gets no question; any other one gets it until it has answered, which redraws this
    part only, unless the page shows what belongs to somebody else.
    """
    st.session_state.pop(_IS_SHOWN, None)
    place = st.container(key="visitor")  # always there: else all that follows would be mounted anew after the answer
    if _ID not in st.session_state and is_id(sent := st.context.cookies.get(_COOKIE)):
        st.session_state.update({_ID: sent, _IS_KEPT: True})
    if _IS_KEPT not in st.session_state:
        with place:
            _ask_browser()


@st.fragment
def _ask_browser() -> None:
    if st.session_state.pop(_NEWS, False) and st.session_state.get(_IS_SHOWN):
        st.rerun()
    if _IS_KEPT not in st.session_state:
        given = st.session_state.setdefault(_ID, secrets.token_hex(16))
        component("visitor")(key=_COMPONENT, data={"given": given}, on_id_change=_remember)


def _remember() -> None:
    sent = mount.said(_COMPONENT, "id")
    if is_id(sent):
        st.session_state[_NEWS] = sent != st.session_state.get(_ID)
        st.session_state.update({_ID: sent, _IS_KEPT: True})


def refresh_rate(fast: float, slow: float, before: float | None = None) -> float:
    """Seconds between two looks of this session: `fast` for a few, doubled as they become more, at most `slow`.

    `before`: the rate it has now; it becomes faster only when there is room to spare.
    """
    count = _watching()
    found = fast
    while found < slow and count / found > LOOKS * (_STEADY if before is not None and found < before else 1.0):
        found *= 2
    return min(found, slow)


def _watching() -> int:
    """Sessions that look, with this one."""
    context = get_script_run_ctx()
    now = time.monotonic()
    with _LOCK:
        if context is not None:
            _SEEN[context.session_id] = now
        for session in [session for session, seen in _SEEN.items() if now - seen > _GONE]:
            del _SEEN[session]
        return len(_SEEN)

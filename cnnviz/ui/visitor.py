"""Which browser a visitor comes with: a class behind one address is told apart, and a reload changes nothing.

The server draws a number for a new session; the browser keeps it, and tells it when it comes again. Nobody else is
told. What belongs to a visitor (his turn in the queue, his name on the leaderboard) goes by it.
"""

from __future__ import annotations

import secrets

import streamlit as st

from cnnviz.runs.visitors import is_id
from cnnviz.ui import messages
from cnnviz.ui.components import component

_COMPONENT = "visitor_component"
_ID = "visitor_id"  # in the session
_NEWS = "visitor_news"  # in the session, for one run: the browser has been here before


def owner() -> str:
    """What the visitor's runs are kept under."""
    return str(st.session_state.setdefault(_ID, secrets.token_hex(16)))


@st.fragment
def ask() -> None:
    """Ask the browser for the number of its last visit, without anything to be seen."""
    if st.session_state.pop(_NEWS, False):
        st.rerun()  # the whole page: some of it is about the visitor
    st.html("<style>.st-key-visitor { position: absolute; height: 0; overflow: hidden; }</style>")
    with st.container(key="visitor"):
        component("visitor")(key=_COMPONENT, data={"given": owner()}, on_id_change=_remember)


def _remember() -> None:
    told = messages.said(_COMPONENT, "id")
    if is_id(told):
        st.session_state[_ID] = told
        st.session_state[_NEWS] = True

"""What the panels ask of the stage: to show a link. Each with an id, so that the same link can be asked for twice."""

from __future__ import annotations

import secrets

import streamlit as st

from cnnviz.ui.i18n import _

KEY = "convolution_command"  # in the session; the stage passes it on to the browser


def send(link: str) -> None:
    """Have the stage show what the query string `link` says."""
    st.session_state[KEY] = {"id": secrets.token_hex(4), "link": link}


def try_button(key: str, link: str, number: int = 0) -> None:
    """A button that shows `link` on the stage; `number` says which of several."""
    label = _("Try {number}", number=number) if number else _("Try it")
    st.button(label, key=key, on_click=send, args=(link,))

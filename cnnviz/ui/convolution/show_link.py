"""Link to show: what the panels ask of the stage. Each has an id, so that the same link can be asked for twice."""

from __future__ import annotations

import secrets

import streamlit as st

from cnnviz.ui.shared.i18n import _

KEY = "convolution_command"  # in the session; the stage passes it on to the browser


def send(link: str, says: str = "") -> None:
    """Have the stage show what the query string `link` says, and over it the message `says`: what to do there."""
    st.session_state[KEY] = {"id": secrets.token_hex(4), "link": link, "says": says}


def sent() -> dict[str, str] | None:
    """What was sent last, in the visitor's language."""
    last: dict[str, str] | None = st.session_state.get(KEY)
    return None if last is None else {**last, "says": _(last["says"])}


def try_button(key: str, link: str, number: int = 0, says: str = "") -> None:
    """A button that shows `link` on the stage; `number` says which of several, the message `says` what to do there."""
    label = _("Try {number}", number=number) if number else _("Try it")
    st.button(label, key=key, on_click=send, args=(link, says))

"""What a pressed button answered, in a sentence at its own place for a while.

A callback of a fragment must draw nothing itself: Streamlit would put it in place of the top of the page, the
stylesheet included. So the callback keeps the sentence, and the fragment draws it.
"""

from __future__ import annotations

import time
from collections.abc import Hashable

import streamlit as st

from cnnviz.base.errors import CnnvizError
from cnnviz.ui.shared.i18n import sentence

_KEPT = "runs_answer"  # in the session, one for each place: (what it is about, the error, when)
_SECONDS = 30.0


def keep(place: str, about: Hashable, error: CnnvizError) -> None:
    """Have it said at `place`, as long as that still is about the same."""
    st.session_state[f"{_KEPT}_{place}"] = (about, error, time.time())


def forget(place: str) -> None:
    """Something else was done there."""
    st.session_state.pop(f"{_KEPT}_{place}", None)


def show(place: str, about: Hashable) -> None:
    """The sentence, if one was kept about this and not long ago."""
    kept = st.session_state.get(f"{_KEPT}_{place}")
    if kept is not None and kept[0] == about and time.time() - kept[2] < _SECONDS:
        st.error(sentence(kept[1]), icon=":material/error:")

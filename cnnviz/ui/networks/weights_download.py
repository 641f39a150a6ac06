"""ImageNet's weights on request: a button, then a bar that moves while the rest of the page can be used."""

from __future__ import annotations

import streamlit as st

from cnnviz.models import pretrained
from cnnviz.models.pretrained import Download
from cnnviz.ui.networks.choice import Choice
from cnnviz.ui.shared.i18n import _, sentence
from cnnviz.ui.shared.numbers import memory

_ASKED = "networks_download"  # in the session: the download this visitor began
_EVERY = 1.0  # seconds from look to look


def offer(choice: Choice) -> None:
    """The button with the size of the file; while it comes, a bar; and how it ended, if it did not come."""
    if pretrained.underway(choice.name) is not None:
        st.fragment(_follow, run_every=_EVERY)(choice.name)
        return
    asked = st.session_state.get(_ASKED)
    if isinstance(asked, Download) and asked.name == choice.name and asked.error is not None:
        st.error(sentence(asked.error), icon=":material/error:")
    size = memory(pretrained.expected_bytes(choice.name))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            _("Download the ImageNet weights ({size})", size=size),
            key="networks_fetch",
            icon=":material/download:",
            on_click=_begin,
            args=(choice.name,),
        )
        st.caption(_("They are not on this machine yet: until then untrained ones stand in."), width="stretch")


def _begin(name: str) -> None:
    st.session_state[_ASKED] = pretrained.begin(name)


def _follow(name: str) -> None:
    """The bar; whoever looks at it keeps the download alive, and one look after the last byte the page follows."""
    running = pretrained.underway(name)
    if running is None:
        st.rerun()
    running.want()
    done, total = memory(running.done), memory(running.total)
    st.progress(running.share, text=_("ImageNet weights: {done} of {total}", done=done, total=total))


def is_missing(choice: Choice) -> bool:
    """Whether the file is still to be fetched."""
    return not pretrained.is_here(choice.name)

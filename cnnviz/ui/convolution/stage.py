"""Mounts the convolution page's component and hears what it says: a link. Never imports torch."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from cnnviz.arithmetic.setting import Setting
from cnnviz.ui.convolution import show_link
from cnnviz.ui.convolution import words as words_of_parts
from cnnviz.ui.convolution.content import content
from cnnviz.ui.convolution.presets import presets
from cnnviz.ui.shared import mount, state
from cnnviz.ui.shared.i18n import _, language
from cnnviz.ui.shared.mount import component
from cnnviz.ui.shared.names import data_name, name_of, trained

PARTS = tuple(module.name for module in iter_modules(words_of_parts.__path__))

_STAGE = "convolution_stage"
_LONGEST_LINK = 200_000  # characters: a drawing and typed numbers, several times over
_HEARD = "convolution_link"  # in the session: survives a page switch, which empties the component's state


def words() -> dict[str, dict[str, str]]:
    """Every part's words in the visitor's language."""
    return {part: {name: _(text) for name, text in _module(part).items()} for part in PARTS}


def stage() -> Setting:
    """The component with everything that moves; returns the setting it last committed."""
    data = {"language": language(), "strings": words(), "presets": presets(), **_content()}
    component("convolution")(key=_STAGE, data=data, default={"link": None}, on_link_change=_nothing)
    with st.container():  # always there: what comes later keeps its place
        if asked := show_link.sent():
            component("command")(key="convolution_commander", data=asked)
    said = mount.said(_STAGE, "link")
    if isinstance(said, str) and len(said) <= _LONGEST_LINK:  # whatever is wrong in it, `Setting` passes over
        st.session_state[_HEARD] = said
    heard = st.session_state.get(_HEARD)
    return Setting.from_link(_address() if heard is None else heard)


def _content() -> dict[str, Any]:
    """The content, its networks by their names."""
    found = content()
    titled = [
        {**each, "title": trained(name_of("model", each["model"]), data_name(each["data"]))}
        for each in found["networks"]
    ]
    return {**found, "networks": titled}


def _address() -> str:
    return urlencode(state.given())


def _module(part: str) -> dict[str, str]:
    found: dict[str, str] = import_module(f"cnnviz.ui.convolution.words.{part}").WORDS
    return found


def _nothing() -> None:
    """Streamlit makes an attribute of the state only for what has a callback."""

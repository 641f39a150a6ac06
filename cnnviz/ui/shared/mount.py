"""Component mounting: the browser components, and what they send. What they look like is in each page's component/."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeGuard

import streamlit as st

from cnnviz.base.text import is_line
from cnnviz.charts.theme import component_css
from cnnviz.ui.shared.component_source import Source, load

LARGEST_WHOLE = 2**53  # as far as JavaScript counts


def component(name: str) -> Callable[..., Any]:
    """The renderer of the component `name`: call it with `key=`, `data=`, `on_..._change=`.

    Registered anew each time, which costs nothing while the source is the same, since Streamlit's registry is not
    always the one of before (tests). The module gets `data` as the only element of a list: in a dict Streamlit looks
    for data frames, and imports pandas for it, which takes 0.35 s.
    """
    source = _source(name)
    render = st.components.v2.component(f"cnnviz_{name}", html=source.html, css=source.css, js=source.js)

    def mount(*, data: object, **arguments: Any) -> Any:
        return render(data=[data], **arguments)

    return mount


@cache
def _source(name: str) -> Source:
    source = load(name)
    return Source(source.html, component_css() + source.css, source.js)


def said(key: str, name: str) -> Any:
    """What the component `key` last said as `name`, of any kind; None if nothing, or nothing that can be read."""
    return _state(key).get(name)


def has_said(key: str, name: str) -> bool:
    """Whether the component `key` ever said anything as `name`, be it nothing (JavaScript's null)."""
    return name in _state(key)


def _state(key: str) -> Mapping[str, Any]:
    try:
        state = st.session_state.get(key)
    except RecursionError:  # nested without end: Streamlit copies it
        return {}
    return state if isinstance(state, Mapping) else {}


def whole(key: str, name: str, low: int, high: int) -> int | None:
    """A whole number from `low` to `high`."""
    value = said(key, name)
    return value if is_whole(value, low, high) else None


def words(key: str, name: str, longest: int) -> str | None:
    """A line of at most `longest` characters; it may be empty."""
    value = said(key, name)
    return value if is_words(value, longest) else None


def is_whole(value: object, low: int, high: int) -> TypeGuard[int]:
    """Whether it is a whole number in this range; `True` is none."""
    return type(value) is int and low <= value <= high


def is_words(value: object, longest: int) -> TypeGuard[str]:
    """Whether it is a line of text of at most so many characters."""
    return isinstance(value, str) and len(value) <= longest and is_line(value)

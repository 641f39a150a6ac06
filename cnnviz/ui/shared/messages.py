"""Messages of our components: what the browser says, read by its kind and range; anything else was not said.

Who opens the browser's tools can send whatever JSON holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeGuard

import streamlit as st

from cnnviz.base.text import is_line

LARGEST_WHOLE = 2**53  # as far as JavaScript counts


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

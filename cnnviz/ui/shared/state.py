"""Link state: the one place where the address is read and written. What it may hold, link_parameters.py says.

A link can say anything, and comes from anybody. What is no value of its parameter's kind is as if it were not there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from cnnviz.base.link_kinds import Kind

T = TypeVar("T")


@dataclass(frozen=True)
class LinkParam(Generic[T]):
    """A parameter that a page reads and writes by hand; those bound to a widget Streamlit reads."""

    name: str
    kind: Kind[T]
    default: T  # is left out of the link

    def said(self) -> T | None:
        """What the link says; None if nothing, or nothing of this kind."""
        text = st.query_params.get(self.name)
        return None if text is None else self.kind.parse(text)

    def read(self) -> T:
        """What the link says, else the default."""
        said = self.said()
        return self.default if said is None else said

    def put(self, value: T | None) -> None:
        """From now on the link says this; None, the default, and what is not of the kind take the parameter out."""
        text = "" if value is None or value == self.default else self.kind.write(value)
        if not text or self.kind.parse(text) is None:
            self.clear()
        elif st.query_params.get(self.name) != text:  # each write is sent
            st.query_params[self.name] = text

    def clear(self) -> None:
        """Take it out of the link."""
        if self.name in st.query_params:
            del st.query_params[self.name]


def given() -> dict[str, str]:
    """Everything the link says, as it came; of a parameter that comes twice, the last."""
    return dict(st.query_params.to_dict())


def every(name: str) -> list[str]:
    """All values of a parameter that may come more than once."""
    return list(st.query_params.get_all(name))


def restore(texts: Mapping[str, str]) -> None:
    """Write what `given` once said: a page switch empties the link."""
    for name, text in texts.items():
        st.query_params[name] = text


def remove(names: Iterable[str]) -> None:
    """Take parameters out before any widget is made.

    A widget that is bound to the link reads a copy of it which was made before the page ran; so that goes too.
    """
    context = get_script_run_ctx()
    if context is None:
        return
    with context.session_state.query_params() as parameters:
        for name in names:
            parameters.remove_param(name)
        parameters.set_initial_query_params_from_current()

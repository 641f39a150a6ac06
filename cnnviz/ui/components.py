"""Mounting our browser components. What they look like and do is in `cnnviz/components/`."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import streamlit as st

from cnnviz.components.source import load
from cnnviz.figures.theme import component_css


@cache
def component(name: str) -> Callable[..., Any]:
    """The renderer of `cnnviz/components/<name>/`: call it with `key=`, `data=`, `on_..._change=`.

    Registered once per server: a second registration of a name makes Streamlit warn. The module gets `data` as the
    only element of a list: in a dict Streamlit looks for data frames, and imports pandas for it, which takes 0.35 s.
    """
    source = load(name)
    render = st.components.v2.component(
        f"cnnviz_{name}", html=source.html, css=component_css() + source.css, js=source.js
    )

    def mount(*, data: object, **arguments: Any) -> Any:
        return render(data=[data], **arguments)

    return mount

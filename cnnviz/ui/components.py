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

    Registered once per server: a second registration of a name makes Streamlit warn.
    """
    source = load(name)
    return st.components.v2.component(
        f"cnnviz_{name}", html=source.html, css=component_css() + source.css, js=source.js
    )

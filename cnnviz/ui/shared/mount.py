"""Mounting our browser components. What they look like and do is in `cnnviz/components/`."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import streamlit as st

from cnnviz.charts.theme import component_css
from cnnviz.ui.shared.component_source import Source, load


def component(name: str) -> Callable[..., Any]:
    """The renderer of `cnnviz/components/<name>/`: call it with `key=`, `data=`, `on_..._change=`.

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

"""The visitor's language: what was chosen, else the link, else `CNNVIZ_LANG`, else the browser."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from cnnviz.errors import CnnvizError
from cnnviz.locale import LANGUAGES, choose_language, translations
from cnnviz.ui.plain import in_code, line, plain

Shown = Callable[[str], str]

_PARAMETER = "lang"  # in the link
_CHOSEN = "language_chosen"  # in the session: survives page switches, which empty the link
_BOX = "language_box"


class _Run(threading.local):
    """The script run of this thread, and what it is written in: looked up once, not for each of 400 strings."""

    context: object = None
    language = ""


_run = _Run()


def new_run() -> None:
    """A script begins: the visitor may have chosen another language since the last one in this thread."""
    _run.context = None


def language() -> str:
    """ "en" or "zh": what this script run is written in."""
    context = get_script_run_ctx(suppress_warning=True)
    if context is None or _run.context is not context:
        _run.language = choose_language(
            st.session_state.get(_CHOSEN),
            st.query_params.get(_PARAMETER),
            os.environ.get("CNNVIZ_LANG"),
            st.context.locale,
        )
        _run.context = context
    return _run.language


def _(message: str, **values: object) -> str:
    """`message` in the visitor's language, its `{named}` gaps filled."""
    text = translations(language()).gettext(message) if message else ""
    return text.format(**values) if values else text


def sentence(error: CnnvizError) -> str:
    """The error's one sentence in the visitor's language, for Markdown: whatever fills its gaps is text there."""
    pieces = _(error.template).split("`")  # every second one is code, where a backslash would be seen
    shown = [
        piece.format(**_values(error, in_code if index % 2 else plain, sentence)) for index, piece in enumerate(pieces)
    ]
    return "`".join(shown)


def sentence_as_text(error: CnnvizError) -> str:
    """The same for what takes no Markdown: our components, and HTML once it is escaped."""
    return _(error.template).format(**_values(error, line, sentence_as_text))


def _values(error: CnnvizError, shown: Shown, said: Callable[[CnnvizError], str]) -> dict[str, object]:
    """What fills the error's gaps: texts as `shown` writes them, errors as `said` does, numbers as they are."""
    return {name: _value(value, shown, said) for name, value in error.values.items()}


def _value(value: object, shown: Shown, said: Callable[[CnnvizError], str]) -> object:
    if isinstance(value, CnnvizError):
        return said(value)
    return value if isinstance(value, (int, float)) else shown(str(value))


def sentences(*texts: str) -> str:
    """Sentences one after the other; a full-width stop brings its own space. Empty ones are left out."""
    return ("" if language() == "zh" else " ").join(filter(None, texts))


def language_selector() -> None:
    """The "Language" box of the sidebar; an explicit choice is kept in the session and in the link."""
    if _PARAMETER in st.query_params:
        st.session_state.setdefault(_CHOSEN, language())
    current = language()
    st.sidebar.selectbox(
        "Language" if current == "en" else "语言 · Language",
        list(LANGUAGES),
        index=list(LANGUAGES).index(current),
        key=_BOX,
        format_func=LANGUAGES.__getitem__,
        on_change=_remember_choice,
    )
    if _CHOSEN in st.session_state:
        st.query_params[_PARAMETER] = current


def _remember_choice() -> None:
    st.session_state[_CHOSEN] = st.session_state[_BOX]

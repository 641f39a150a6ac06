"""Language of the visitor: what was chosen, else the link, else `CNNVIZ_LANG`, else the browser.

Streamlit speaks English only. In another language a component of ours puts its words (`WORDS`) where it shows them:
placeholders, the uploader, the menu, names for screen readers. tests/browser/test_chinese.py walks the pages and
reports which words a newer Streamlit has added.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from functools import cache

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from cnnviz.base.errors import CnnvizError
from cnnviz.base.locale import LANGUAGES, N_, NC_, choose_language, translated
from cnnviz.base.locale.typesetting import Listed, fill, one_after_the_other
from cnnviz.base.text import in_code, line, plain
from cnnviz.ui.shared.mount import component

Shown = Callable[[str], str]

_PARAMETER = "lang"  # in the link
_CHOSEN = "language_chosen"  # in the session: survives page switches, which empty the link
_BOX = "language_box"
_TAGS = {"zh": "zh-CN"}  # what a browser calls the language
_CHINESE = {", ": "、", "; ": "；"}


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
    text = translated(message, language()) if message else ""
    return fill(text, values) if values else text


def sentence(error: CnnvizError) -> str:
    """The error's one sentence in the visitor's language, for Markdown: whatever fills its gaps is text there."""
    pieces = _(error.template).split("`")  # every second one is code, where a backslash would be seen
    shown = [
        fill(piece, _values(error, in_code if index % 2 else plain, sentence)) for index, piece in enumerate(pieces)
    ]
    return "`".join(shown)


def sentence_as_text(error: CnnvizError) -> str:
    """The same for what takes no Markdown: our components, and HTML once it is escaped."""
    return fill(_(error.template), _values(error, line, sentence_as_text))


def _values(error: CnnvizError, shown: Shown, said: Callable[[CnnvizError], str]) -> dict[str, object]:
    """What fills the error's gaps: texts as `shown` writes them, errors as `said` does, numbers as they are."""
    return {name: _value(value, shown, said) for name, value in error.values.items()}


def _value(value: object, shown: Shown, said: Callable[[CnnvizError], str]) -> object:
    if isinstance(value, CnnvizError):
        return said(value)
    if isinstance(value, (list, Listed)):
        return Listed(shown(str(each)) for each in value)
    return value if isinstance(value, (int, float)) else shown(str(value))


sentences = one_after_the_other


def listed(parts: Iterable[object], between: str = ", ") -> str:
    """ "a, b", or "a、b" in Chinese; `between` may be "; " too. A gap of a sentence does it by itself: `Listed`."""
    return (_CHINESE[between] if language() == "zh" else between).join(map(str, parts))


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


WORDS = (
    # select boxes and multiple choice
    N_("Choose an option"),
    N_("Choose options"),
    N_("Choose or add an option"),
    N_("Choose or add options"),
    N_("Add options"),
    N_("Add: {name}"),
    N_("No results"),
    N_("No options to select"),
    N_("Select all"),
    N_("Select {count} matches"),
    N_("Selected values"),
    N_("Clear all"),
    N_("Clear value"),
    N_("Remove {name}"),
    N_("Open"),
    # numbers and texts
    N_("Increment"),
    N_("Decrement"),
    N_("Number is above the allowed range."),
    N_("Number is below the allowed range."),
    N_("Press Enter to apply"),
    N_("Press Enter to submit form"),
    N_("Press Ctrl+Enter to apply"),
    N_("Press ⌘+Enter to apply"),
    # the uploader
    N_("Upload"),
    N_("file upload"),
    N_("Drag and drop a file here"),
    N_("{size} per file • {types}"),
    N_("{size} per file"),
    N_("Cancel upload of {name}"),
    N_("Click to retry upload"),
    N_("Upload failed"),
    N_("File must be {size} or smaller."),
    N_("{type} files are not allowed."),
    N_("Only one file is allowed."),
    # around every element
    N_("Help"),
    N_("Help for {name}"),
    N_("Copy to clipboard"),
    N_("Copied"),
    N_("Fullscreen"),
    N_("Fullscreen: {name}"),
    N_("Close fullscreen"),
    N_("Close fullscreen: {name}"),
    N_("Link to heading"),
    # the frame
    N_("Skip to main content"),
    N_("Sidebar"),
    N_("Collapse sidebar"),
    N_("Expand sidebar"),
    N_("App pages"),
    N_("Main menu"),
    N_("Theme"),
    NC_("theme", "System"),
    NC_("theme", "Light"),
    NC_("theme", "Dark"),
    N_("Print"),
    N_("Record screen"),
    N_("Made with Streamlit v{version}"),
    N_("Close"),
    N_("Notifications"),
    N_("Scroll tabs left"),
    N_("Scroll tabs right"),
    # without a server
    N_("Connection error"),
    N_("Connecting"),
    N_("Streamlit server is not responding. Are you connected to the internet?"),
    N_("Is Streamlit still running? If you accidentally stopped Streamlit, just restart it in your terminal:"),
)


def translate_streamlit() -> None:
    """Part of every page's frame: in another language than English, Streamlit's own words in that language."""
    if language() in _TAGS:
        with st.container(key="streamlit_words"):
            component("streamlitwords")(key="streamlit_words_component", data=_data(language()))


@cache
def _data(language: str) -> dict[str, object]:
    pairs = [(translated(word, "en"), translated(word, language)) for word in WORDS]
    return {"language": _TAGS[language], "words": pairs}

"""Streamlit's own words in the visitor's language: placeholders, the uploader, the menu, names for screen readers.

Streamlit speaks English only. In another language a component of ours puts the words below where it shows them;
tests/browser/test_chinese.py walks the pages and reports which words a newer Streamlit has added.
"""

from __future__ import annotations

from functools import cache

import streamlit as st

from cnnviz.base.locale import N_, NC_, translated
from cnnviz.ui.shared.i18n import language
from cnnviz.ui.shared.mount import component

_TAGS = {"zh": "zh-CN"}  # what a browser calls the language

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


def show() -> None:
    """Put them into the page, unless it is English."""
    if language() in _TAGS:
        with st.container(key="streamlit_words"):
            component("streamlitwords")(key="streamlit_words_component", data=_data(language()))


@cache
def _data(language: str) -> dict[str, object]:
    pairs = [(translated(word, "en"), translated(word, language)) for word in WORDS]
    return {"language": _TAGS[language], "words": pairs}

"""The pages of the app, in the order of a lesson, and the navigation over them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import Page
from streamlit.runtime.scriptrunner import get_script_run_ctx

from cnnviz.locale import N_
from cnnviz.ui.i18n import _

ENTRY_POINT = "streamlit_app.py"
ICON = Path(__file__).with_name("favicon.svg")  # an emoji would import Streamlit's list of all emojis: 0.1 s


@dataclass(frozen=True)
class PageInfo:
    """A file in `pages/`, its title in the navigation, and its icon."""

    name: str
    title: str
    icon: str


PAGES = (
    PageInfo("home", N_("Draw a digit"), ":material/draw:"),
    PageInfo("convolution", N_("Convolution"), ":material/grid_on:"),
    PageInfo("networks", N_("Networks"), ":material/account_tree:"),
    PageInfo("training", N_("Training"), ":material/model_training:"),
    PageInfo("layers", N_("Layers"), ":material/layers:"),
    PageInfo("evaluation", N_("Evaluation"), ":material/fact_check:"),
    PageInfo("runs", N_("Runs"), ":material/stacked_line_chart:"),
    PageInfo("data", N_("Data"), ":material/photo_library:"),
)

_navigation_is_set = False  # in this process


def navigation() -> Page:
    """Set the navigation of this run; returns the page the visitor asked for."""
    global _navigation_is_set
    _navigation_is_set = True
    # Before the navigation: otherwise the browser asks a font host for the page's own icon as a favicon.
    st.set_page_config(page_icon=ICON, layout="wide")
    return st.navigation(
        [
            st.Page(f"pages/{page.name}.py", title=_(page.title), icon=page.icon, default=page.name == "home")
            for page in PAGES
        ]
    )


def ensure_navigation() -> None:
    """Run the entry point instead, if Streamlit runs a page of the app alone.

    It does so, with raw file names for a navigation, when a new server's very first visitor comes by a page's own link:
    it has not seen `st.navigation` yet and takes `pages/` for the older kind of multipage app.
    """
    context = get_script_run_ctx()
    if _navigation_is_set or context is None or Path(context.main_script_path).name != ENTRY_POINT:
        return
    navigation()
    st.rerun()

"""The pages of the app, in the order of a lesson, and the navigation over them."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st
from streamlit.navigation.page import Page

from cnnviz.base.locale import N_
from cnnviz.ui.shared import warmup
from cnnviz.ui.shared.i18n import _, new_run
from cnnviz.ui.shared.page import ICON, waiting


@dataclass(frozen=True)
class PageInfo:
    """A file in `pages/`, its title in the navigation, its icon, and what has to be imported before it runs."""

    name: str
    title: str
    icon: str
    needs: warmup.Stage = warmup.Stage.PAGES


PAGES = (
    PageInfo("home", N_("Draw a digit"), ":material/draw:"),
    PageInfo("convolution", N_("Convolution"), ":material/grid_on:"),
    PageInfo("networks", N_("Networks"), ":material/account_tree:"),
    PageInfo("training", N_("Training"), ":material/model_training:"),
    PageInfo("layers", N_("Layers"), ":material/layers:", warmup.Stage.ALL),
    PageInfo("evaluation", N_("Evaluation"), ":material/fact_check:"),
    PageInfo("runs", N_("Runs"), ":material/stacked_line_chart:"),
    PageInfo("data", N_("Data"), ":material/photo_library:"),
)


def run_page() -> None:
    """The page the visitor asked for."""
    new_run()
    page = navigation()
    name = page.url_path or PAGES[0].name
    info = next(info for info in PAGES if info.name == name)
    if not warmup.is_in(info.needs):
        _wait(info)
    page.run()


def _wait(info: PageInfo) -> None:
    """Say so in the page's own place until what it needs is in, then draw it as if nothing had been there."""
    waiting(info.title)
    warmup.wait(info.needs)
    st.rerun()


def navigation() -> Page:
    """Set the navigation of this run; returns the page the visitor asked for."""
    # Before the navigation: otherwise the browser asks a font host for the page's own icon as a favicon.
    st.set_page_config(page_icon=ICON, layout="wide")
    return st.navigation(
        [
            st.Page(f"pages/{page.name}.py", title=_(page.title), icon=page.icon, default=page.name == "home")
            for page in PAGES
        ]
    )

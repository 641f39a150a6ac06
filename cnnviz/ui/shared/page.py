"""Page frame: title, language, the sentence that says what to try, errors as sentences."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.errors import StreamlitAPIException
from streamlit.navigation.page import Page

from cnnviz.base.errors import CnnvizError
from cnnviz.base.locale import N_
from cnnviz.charts.theme import palette, stylesheet
from cnnviz.ui.shared import link_parameters, state, visitor, warmup
from cnnviz.ui.shared.i18n import _, language_selector, new_run, sentence, translate_streamlit
from cnnviz.ui.shared.mount import css

ICON = Path(__file__).with_name("favicon.svg")  # an emoji would import Streamlit's list of all emojis: 0.1 s
_FRAME_CSS = css("shared/page")
_ERROR = "page_error"  # in the session, one for each place: (what it is about, the error, when)
_ERROR_SECONDS = 30.0


def start(title: str, lead: str, check_link: Callable[[], None] | None = None, *, is_one_screen: bool = False) -> None:
    """Open a page: browser title, language box, heading, one sentence that says what to try, what the link has wrong.

    `title` and `lead` are English messages; both are shown in the visitor's language. `check_link` looks for more in
    the link than kinds and ranges, and hands it to `link_notice`. `is_one_screen`: the page is to be seen without
    scrolling, so heading and sentence share a line at the very top.
    """
    new_run()
    link_parameters.tidy(title)
    state.visit_page(title)
    st.set_page_config(page_title=f"{_(title)} · CNN", page_icon=ICON, layout="wide")
    st.html(f"<style>{stylesheet(theme_type())}{_FRAME_CSS}</style>")
    language_selector()
    translate_streamlit()
    visitor.ask()
    with (
        st.container(horizontal=True, vertical_alignment="bottom", key="one_screen") if is_one_screen else nullcontext()
    ):
        st.title(_(title), anchor=False, width="content" if is_one_screen else "stretch")
        st.html(f'<p class="cnn-lead">{_(lead)}</p>')
    if check_link is not None:
        with errors_as_sentences():
            check_link()
    link_parameters.show_notices()
    warmup.page_is_out()


def waiting(title: str) -> None:
    """What is where a page will be, while it waits for PyTorch: its title, and why the rest is not there."""
    st.html(f"<style>{stylesheet(theme_type())}{_FRAME_CSS}</style>")
    language_selector()
    st.title(_(title), anchor=False)
    why = _("PyTorch is being loaded: the page follows in a moment …")
    st.html(f'<p class="cnn-lead" role="status">{why}</p>')


def theme_type() -> str:
    """ "light" or "dark": what the visitor's browser shows."""
    return "dark" if st.context.theme.type == "dark" else "light"


def colors() -> dict[str, str]:
    """The colour of every role (input, kernel, train ...) in the visitor's theme."""
    return palette(theme_type())


def foot(key: str) -> DeltaGenerator:
    """A container that stays in sight at the foot of the window while what it is in is longer than that."""
    return st.container(key=f"foot_{key}")


def page_link(
    page: str, label: str, icon: str, parameters: dict[str, str] | None = None, more: str | None = None
) -> None:
    """A link to another page of the app; plain text where this page runs alone, without the others.

    `label` is an English message; `parameters` go into the link's query string; `more` is said where one points at it.
    """
    file = f"pages/{page}.py"
    try:
        st.page_link(file, label=_(label), icon=icon, query_params=parameters, help=more)
    except StreamlitAPIException:
        st.caption(_(label))


@contextmanager
def errors_as_sentences() -> Iterator[None]:
    """Whatever a user got wrong inside is shown as one sentence; the rest of the page stays."""
    try:
        yield
    except CnnvizError as error:
        st.error(sentence(error), icon=":material/error:")


def keep_error(place: str, about: Hashable, error: CnnvizError) -> None:
    """Have an error of a callback said at `place` for a while, as long as that still is about the same.

    A callback of a fragment must draw nothing itself: Streamlit would put it in place of the top of the page, the
    stylesheet included. So it keeps the error, and the fragment draws it.
    """
    st.session_state[f"{_ERROR}_{place}"] = (about, error, time.time())


def forget_error(place: str) -> None:
    """Something else was done there."""
    st.session_state.pop(f"{_ERROR}_{place}", None)


def show_error(place: str, about: Hashable) -> None:
    """The sentence, if an error was kept about this and not long ago."""
    kept = st.session_state.get(f"{_ERROR}_{place}")
    if kept is not None and kept[0] == about and time.time() - kept[2] < _ERROR_SECONDS:
        st.error(sentence(kept[1]), icon=":material/error:")


@dataclass(frozen=True)
class PageInfo:
    """A file in `pages/`, its title in the navigation, its icon, and what has to be imported before it runs."""

    name: str
    title: str
    icon: str
    needs: warmup.Stage = warmup.Stage.PAGES


PAGES = (
    PageInfo("home", N_("Draw a digit"), ":material/draw:"),
    PageInfo("data", N_("Data"), ":material/photo_library:"),
    PageInfo("convolution", N_("Convolution"), ":material/grid_on:"),
    PageInfo("networks", N_("Networks"), ":material/account_tree:"),
    PageInfo("training", N_("Training"), ":material/model_training:"),
    PageInfo("layers", N_("Layers"), ":material/layers:", warmup.Stage.ALL),
    PageInfo("evaluation", N_("Evaluation"), ":material/fact_check:"),
    PageInfo("runs", N_("Runs"), ":material/stacked_line_chart:"),
)


def run_page() -> None:
    """The page the visitor opened."""
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
    """Set the navigation of this run; returns the page the visitor opened."""
    # Before the navigation: otherwise the browser asks a font host for the page's own icon as a favicon.
    st.set_page_config(page_icon=ICON, layout="wide")
    return st.navigation(
        [
            st.Page(f"pages/{page.name}.py", title=_(page.title), icon=page.icon, default=page.name == "home")
            for page in PAGES
        ]
    )

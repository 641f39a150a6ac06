"""The frame of every page: title, language, the sentence that says what to try, errors as sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.errors import StreamlitAPIException
from streamlit.navigation.page import Page

from cnnviz.base.errors import CnnvizError
from cnnviz.base.locale import N_
from cnnviz.charts.theme import palette, stylesheet
from cnnviz.ui.shared import link_parameters, state, streamlit_words, visitor, warmup
from cnnviz.ui.shared.i18n import _, language_selector, new_run, sentence

ICON = Path(__file__).with_name("favicon.svg")  # an emoji would import Streamlit's list of all emojis: 0.1 s
_FRAME_CSS = """
.block-container { max-width: 1240px; padding: 3.25rem 1.75rem 4rem; }
.block-container h1 { font-size: 2.1rem; letter-spacing: -0.01em; padding: 0.7rem 0 0; }
.block-container h2 { font-size: 1.45rem; padding-top: 1.5rem; }
.block-container h3 { font-size: 1.15rem; }
.cnn-lead { font-size: 1.12rem; color: var(--cnn-muted); margin: 0 0 0.3rem; max-width: 90ch; }
[data-testid="stSidebarNavLink"]:focus-visible, [data-testid="stPageLink"] a:focus-visible {
  outline: 3px solid var(--cnn-input); outline-offset: 1px; }
[data-testid="stCaptionContainer"] { opacity: 1; color: var(--cnn-muted); } /* faded, as Streamlit has it, 4.26 : 1 */
/* violet on violet, as Streamlit has it, is 3.49 : 1 */
[data-variant="segmented_control"][data-selected="true"] p, [data-variant="pills"][data-selected="true"] p {
  color: var(--cnn-text); }
[data-testid="stAppDeployButton"], [data-testid="stDecoration"] { display: none; }
[data-testid="stSelectbox"] input { text-overflow: ellipsis; }
[data-testid="stStatusWidget"] { display: none; } /* its "Stop" stops the drawing of the page, not a training */
[data-testid="stLayoutWrapper"]:has(> .st-key-streamlit_words) { display: none; }
[data-testid="stLayoutWrapper"]:has(> [class*="st-key-foot_"]) { position: sticky; bottom: 0; z-index: 3; }
/* asked out of the way: no gap of the page is spent on it */
[data-testid="stLayoutWrapper"]:has(> .st-key-visitor) { position: absolute; height: 0; overflow: hidden; }
[class*="st-key-foot_"] { padding: 0.5rem 0; background: var(--cnn-background); }
@media (min-width: 769px) { [data-testid="stSidebar"][data-collapsed="false"] { width: 14rem !important; } }
@media (max-width: 640px) {
  .block-container { padding: 3.25rem 0.9rem 3rem; }
  .block-container h1 { font-size: 1.6rem; }
}
"""


def start(title: str, lead: str, check_link: Callable[[], None] | None = None) -> None:
    """Open a page: browser title, language box, heading, one sentence that says what to try, what the link has wrong.

    `title` and `lead` are English messages; both are shown in the visitor's language. `check_link` looks for more in
    the link than kinds and ranges, and tells `link_notice`.
    """
    new_run()
    link_parameters.tidy(title)
    state.visit_page(title)
    st.set_page_config(page_title=f"{_(title)} · CNN", page_icon=ICON, layout="wide")
    st.html(f"<style>{stylesheet(theme_type())}{_FRAME_CSS}</style>")
    language_selector()
    streamlit_words.show()
    visitor.ask()
    st.title(_(title), anchor=False)
    st.html(f'<p class="cnn-lead">{_(lead)}</p>')
    if check_link is not None:
        with errors_as_sentences():
            check_link()
    link_parameters.show_notices()
    warmup.page_is_out()


def waiting(title: str) -> None:
    """What stands where a page will be, while it waits for PyTorch: its title, and why the rest is not there."""
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
    """A container that stays in sight at the foot of the window while what it stands in is longer than that."""
    return st.container(key=f"foot_{key}")


def page_link(page: str, label: str, icon: str, parameters: dict[str, str] | None = None) -> None:
    """A link to another page of the app; plain text where this page runs alone, without the others.

    `label` is an English message; `parameters` go into the link's query string.
    """
    file = f"pages/{page}.py"
    try:
        st.page_link(file, label=_(label), icon=icon, query_params=parameters)
    except StreamlitAPIException:
        st.caption(_(label))


@contextmanager
def errors_as_sentences() -> Iterator[None]:
    """Whatever a user got wrong inside is shown as one sentence; the rest of the page stays."""
    try:
        yield
    except CnnvizError as error:
        st.error(sentence(error), icon=":material/error:")


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

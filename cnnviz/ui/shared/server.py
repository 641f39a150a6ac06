"""Server start: what is done once, before the first visitor is answered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from streamlit.runtime.pages_manager import PagesManager
from streamlit.starlette import App

from cnnviz.ui.shared import garbage_collection, session_entries, warmup


@asynccontextmanager
async def lifespan(app: App) -> AsyncIterator[None]:
    """As long as the server answers."""
    # Else Streamlit takes `pages/` for the older kind of multipage app until it has seen `st.navigation` once, and runs
    # the page a first visitor asks for alone, with raw file names for a navigation.
    PagesManager.uses_pages_directory = False
    session_entries.look_up()
    warmup.begin()
    garbage_collection.begin()
    yield

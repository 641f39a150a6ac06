"""Entry point: `streamlit run streamlit_app.py`."""

import streamlit as st

from cnnviz.ui.i18n import _
from cnnviz.ui.pages import PAGES

st.navigation(
    [
        st.Page(f"pages/{page.name}.py", title=_(page.title), icon=page.icon, default=page.name == "home")
        for page in PAGES
    ]
).run()

"""Entry point: `streamlit run streamlit_app.py`."""

from cnnviz.ui.pages import navigation

navigation().run()

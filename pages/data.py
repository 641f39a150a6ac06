"""Entry point: Streamlit runs it whenever somebody is on the page Data."""

from cnnviz.ui.data.page import page

page()

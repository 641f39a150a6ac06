"""Entry point: Streamlit runs it whenever somebody is on the page Training."""

from cnnviz.ui.training.page import page

page()

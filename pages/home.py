"""Entry point: Streamlit runs it whenever somebody is on the page Draw a digit."""

from cnnviz.ui.home.page import page

page()

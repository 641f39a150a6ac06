"""Entry point: Streamlit runs it whenever somebody is on the page Runs."""

from cnnviz.ui.runs.page import page

page()

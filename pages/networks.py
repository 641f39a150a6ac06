"""Entry point: Streamlit runs it whenever somebody is on the page Networks."""

from cnnviz.ui.networks.page import page

page()

"""Entry point: Streamlit runs it whenever somebody is on the page Layers."""

from cnnviz.ui.layers.page import page

page()

"""Entry point: Streamlit runs it whenever somebody is on the page Convolution."""

from cnnviz.ui.convolution.page import page

page()

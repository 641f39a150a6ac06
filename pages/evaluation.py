"""Entry point: Streamlit runs it whenever somebody is on the page Evaluation."""

from cnnviz.ui.evaluation.page import page

page()

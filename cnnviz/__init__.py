"""A visual explorer of convolutional networks. Start it with `streamlit run streamlit_app.py`."""

__version__ = "0.1.0"

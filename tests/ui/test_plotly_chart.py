"""Plotly is loaded where a chart of it is drawn, and nowhere before."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("page", ["home", "convolution", "runs"])
def test_no_page_needs_plotly_before_it_draws(page: str) -> None:
    """Our own code asks for it only in the function that draws. (Streamlit imports it as it starts, if it is there.)"""
    code = f"import sys; sys.modules['plotly'] = None; import cnnviz.ui.{page}.page"  # importing it would now fail
    subprocess.run([sys.executable, "-c", code], check=True)

"""A Plotly chart on a page: in the visitor's theme, with its sentence and "the same as a table" below it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from cnnviz.charts.theme import PLOTLY_CONFIG
from cnnviz.ui.shared.i18n import _

if TYPE_CHECKING:
    import plotly.graph_objects as go

_CSS = """
.cnn-same { overflow-x: auto; }
.cnn-same table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
.cnn-same :is(th, td) { padding: 0.3rem 1.2rem 0.3rem 0.3rem; border: 0; border-bottom: 1px solid var(--cnn-line);
  text-align: left; font-weight: 400; white-space: nowrap; }
.cnn-same thead th { color: var(--cnn-muted); }
"""


def plotly_chart(figure: go.Figure, key: str, spoken: str) -> None:
    """`figure` as wide as its place; `spoken` is its name for those who do not see it. It brings its own theme."""
    st.plotly_chart(figure, width="stretch", theme=None, key=key, config=PLOTLY_CONFIG, alt=spoken)


def same_as_table(heads: Sequence[str], rows: Sequence[Sequence[str]], key: str) -> None:
    """The numbers of a chart as a table that opens; the first cell of a row is its head."""
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    body = "".join(_row(cells) for cells in rows)
    label = escape(_("The same as a table"))
    with st.expander(_("The same as a table"), key=f"{key}_table"):
        st.html(
            f'<style>{_CSS}</style><div class="cnn-same" role="region" tabindex="0" aria-label="{label}">'
            f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
        )


def _row(cells: Sequence[str]) -> str:
    first, *rest = (escape(text) for text in cells)
    return f'<tr><th scope="row">{first}</th>{"".join(f"<td>{text}</td>" for text in rest)}</tr>'

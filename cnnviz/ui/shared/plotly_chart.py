"""Plotly chart on a page: in the visitor's theme, with its name for those who do not see it, and "the same as a table".

Loads no Plotly: figures are made in `charts`, where it is imported as one is drawn.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import streamlit as st

from cnnviz.base.text import no_formula
from cnnviz.charts.theme import plotly_config
from cnnviz.ui.shared import warmup
from cnnviz.ui.shared.i18n import _, language
from cnnviz.ui.shared.mount import css

if TYPE_CHECKING:
    import plotly.graph_objects as go

Cell = str | int | float
_CSS = css("shared/plotly_chart")


def plotly_chart(
    figure: Callable[[], go.Figure],
    key: str,
    spoken: str | None,
    *,
    is_zoomed: bool = False,
    on_box: Callable[[], None] | None = None,
    on_point: Callable[[], None] | None = None,
) -> None:
    """What `figure` makes, as wide as its place; `spoken`: its name for those who do not see it; None: said beside it.

    It is made once the warm-up has Plotly and pandas in: Plotly asks every list whether it is one of pandas' as soon as
    there is a module of that name, and fails where another thread has imported only half of it.
    `on_box` is called for boxes drawn in the chart, `on_point` for a click on a point (one chart cannot have both):
    they are in `st.session_state[key]`.
    """
    warmup.wait(warmup.Stage.CHARTS)
    mode = "box" if on_box else "points"
    selects: dict[str, Any] = {"on_select": on_box or on_point, "selection_mode": mode} if on_box or on_point else {}
    config = plotly_config(key, is_zoomed) | _localized()
    st.plotly_chart(figure(), width="stretch", theme=None, key=key, config=config, alt=spoken, **selects)


def _localized() -> dict[str, Any]:
    """Plotly's own words in the visitor's language, as its configuration takes them."""
    words = {"Download plot as a PNG": _("Download plot as a PNG"), "Reset axes": _("Reset axes")}
    return {"locale": language(), "locales": {language(): {"dictionary": words, "format": {}}}}


def same_as_table(heads: Sequence[str], rows: Sequence[Sequence[Cell]], key: str) -> None:
    """The numbers of a chart as a table that opens, and as a file; the first cell of a row is its head."""
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    body = "".join(_row(cells) for cells in rows)
    label = escape(_("The same as a table"))
    with st.expander(_("The same as a table"), key=f"{key}_table"):
        st.html(
            f'<style>{_CSS}</style><div class="cnn-same" role="region" tabindex="0" aria-label="{label}">'
            f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
        )
        csv_button(heads, rows, key)


def csv_button(heads: Sequence[str], rows: Sequence[Sequence[Cell]], key: str, label: str | None = None) -> None:
    """The numbers of a chart or table as a file `key`.csv; `label`, where the table is not beside it, names it."""
    st.download_button(
        label or _("Table as CSV"),
        table_csv(heads, rows),
        f"{key}.csv",
        "text/csv",
        key=f"{key}_csv",
        icon=":material/download:",
        on_click="ignore",
    )


def table_csv(heads: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    """The table for a spreadsheet: UTF-8 with its mark, without which Excel takes Chinese for something else."""
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows([map(_cell, cells) for cells in (heads, *rows)])
    return file.getvalue().encode("utf-8-sig")


def _cell(cell: Cell) -> Cell:
    return no_formula(cell) if isinstance(cell, str) else cell


def _row(cells: Sequence[Cell]) -> str:
    first, *rest = (escape(cell if isinstance(cell, str) else f"{cell:,}") for cell in cells)
    return f'<tr><th scope="row">{first}</th>{"".join(f"<td>{text}</td>" for text in rest)}</tr>'

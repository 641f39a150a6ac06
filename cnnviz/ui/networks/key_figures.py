"""Key figures: a few numbers in a row, after the name of a network."""

from __future__ import annotations

from html import escape

import streamlit as st

from cnnviz.ui.shared.i18n import _


def figures(rows: list[tuple[str, str]], network: str = "") -> None:
    """A few figures in a row, after the name of the network if there is one."""
    titled = [(_("Network"), network, "nw-of")] if network else []
    cells = "".join(
        f'<div class="{kind}"><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>'
        for name, value, kind in [*titled, *((name, value, "") for name, value in rows)]
    )
    st.html(f'<dl class="nw-figures">{cells}</dl>')

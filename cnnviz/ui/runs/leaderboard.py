"""Leaderboard: of every visitor the best run on each data set; and what one wants to be called."""

from __future__ import annotations

import html
from collections.abc import Sequence
from itertools import groupby

import streamlit as st

from cnnviz.base.text import percent, plain
from cnnviz.data.registry import DATASETS
from cnnviz.runs import annotations as run_notes
from cnnviz.runs import scheduler, search
from cnnviz.runs.search import Best
from cnnviz.ui.shared import visitor
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.names import data_name, name_of
from cnnviz.ui.shared.page import errors_as_sentences
from cnnviz.ui.shared.run_text import duration, visitor_name

_NAME = "runs_visitor_name"


def name_box() -> None:
    """The visitor's own name."""
    me = run_notes.visitor(scheduler.store(), visitor.owner())
    key = f"{_NAME}_{me.number}"
    st.text_input(
        _("Your name on the board"),
        me.name,
        max_chars=run_notes.LONGEST_VISITOR,
        key=key,
        placeholder=visitor_name(me.number, "") if me.number is not None else "",
        on_change=_call,
        args=(key,),
        help=_("What the class sees beside your runs. Leave it empty to be a number."),
        width=320,
    )


def show() -> None:
    """One table for each data set."""
    with errors_as_sentences():
        board = search.leaderboard(scheduler.store())
        if not board:
            text = _("Nobody has finished an epoch yet. Be the first.")
            st.html(f'<p class="rn-invitation">{html.escape(text)}</p>')
            return
        for data, rows in groupby(board, key=lambda best: best.data):
            _table(data, list(rows))


def _table(data: str, rows: Sequence[Best]) -> None:
    title = _(DATASETS[data].title) if data in DATASETS else data_name(data)
    st.subheader(plain(title), anchor=False)
    mine = visitor.owner()
    heads = ["", _("Who"), _("Best test accuracy"), _("Network"), _("Run"), _("Epochs"), _("Time"), _("Tries")]
    kinds = ["rn-number", "", "rn-number", "", "rn-number", "rn-number", "rn-number", "rn-number"]
    head = "".join(
        f'<th scope="col" class="{kind}">{html.escape(text)}</th>' for text, kind in zip(heads, kinds, strict=True)
    )
    body = "".join(_row(place, best, kinds, best.owner == mine) for place, best in zip(places(rows), rows, strict=True))
    caption = html.escape(_("Leaderboard of {data}", data=title))
    st.html(
        f'<div class="rn-scroll" role="region" tabindex="0" aria-label="{caption}"><table class="rn-table">'
        f"<caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def places(rows: Sequence[Best]) -> list[int]:
    """1, 2, 2, 4: equals share a place."""
    return [1 + sum(other.accuracy > best.accuracy for other in rows) for best in rows]


def _row(place: int, best: Best, kinds: Sequence[str], is_mine: bool) -> str:
    name = visitor_name(best.visitor, best.name)
    texts = [
        str(place),
        _("{name} (you)", name=name) if is_mine else name,
        percent(best.accuracy, 2),
        name_of("model", best.network),
        f"#{best.run}",
        str(best.epochs),
        duration(best.seconds),
        str(best.runs),
    ]
    cells = "".join(
        f'<td class="{kind}">{f"<b>{html.escape(text)}</b>" if index in (1, 2) else html.escape(text)}</td>'
        for index, (text, kind) in enumerate(zip(texts, kinds, strict=True))
    )
    return f'<tr class="{"rn-tr-mine" if is_mine else ""}">{cells}</tr>'


def _call(key: str) -> None:
    with errors_as_sentences():
        run_notes.call_visitor(scheduler.store(), visitor.owner(), str(st.session_state[key]))

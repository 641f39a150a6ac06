"""Differences between the chosen runs: their settings side by side, whatever is the same left out."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Sequence
from urllib.parse import quote

import streamlit as st

from cnnviz.base.errors import CheckpointError
from cnnviz.charts.overlay import MOST_RUNS
from cnnviz.charts.theme import series
from cnnviz.engine.card import epoch_path, load_card
from cnnviz.runs.run import RunRecord
from cnnviz.ui.shared.i18n import _, listed, sentences
from cnnviz.ui.shared.names import name_of
from cnnviz.ui.shared.page import theme_type
from cnnviz.ui.shared.run_text import accuracy, by_hand, duration, field_label, label, settings_of

_DASHES = ("", "9 5", "2 4", "12 4 2 4", "5 3", "14 6", "2 3 8 3", "1 6")  # as in cnnviz/ui/shared/component/lines.js


def differing(records: Sequence[RunRecord]) -> dict[str, list[str]]:
    """Setting -> its value in each run, for those that are not the same in all."""
    settings = [settings_of(record.config) for record in records]
    names = dict.fromkeys(name for each in settings for name in each)
    values = {name: [None if each.get(name) == "" else each.get(name) for each in settings] for name in names}
    return {
        name: _told_apart(name, found) for name, found in values.items() if any(value != found[0] for value in found)
    }


def _told_apart(name: str, values: Sequence[object]) -> list[str]:
    """What people call the values; (1), (2) ... behind those that are called the same and are not."""
    texts = [name_of(name, value) for value in values]
    kinds: dict[str, list[object]] = {}
    for text, value in zip(texts, values, strict=True):
        if value not in kinds.setdefault(text, []):
            kinds[text].append(value)
    return [
        f"{text} ({kinds[text].index(value) + 1})" if len(kinds[text]) > 1 else text
        for text, value in zip(texts, values, strict=True)
    ]


def fingerprint(record: RunRecord) -> str:
    """Eight digits of the SHA-256 of the weights before the first step; "" if they were not kept."""
    try:
        return load_card(epoch_path(record.directory, 0)).sha256[:8]
    except CheckpointError:
        return ""


def show(records: Sequence[RunRecord]) -> None:
    """One table: what differs, the initial weights, and what came of it."""
    records = records[:MOST_RUNS]
    found = differing(records)
    aside = _by_hand(records)
    prints = [fingerprint(record) for record in records]
    count = len({name for record in records for name in settings_of(record.config)})
    st.html(f'<p class="rn-say">{_in_words(found, aside, count, prints)}</p>')
    rows = [_row(field_label(name), texts, marks=True) for name, texts in found.items()]
    rows += [_row(name, [text or "–" for text in texts], marks=True) for name, texts in aside.items()]
    rows.append(
        _row(
            _("Fingerprint of the initial weights"),
            [each or "–" for each in prints],
            marks=len(set(prints)) > 1,
            code=True,
        )
    )
    rows.append(_row(_("Best test accuracy"), [accuracy(record) or "–" for record in records], best=_best(records)))
    rows.append(_row(_("Time"), [duration(record.seconds) if record.seconds else "–" for record in records]))
    head = "".join(  # no line of a narrow column begins with a dot
        f'<th scope="col">{_line(index)}{html.escape(label(record)).replace(" · ", "&nbsp;· ")}</th>'
        for index, record in enumerate(records)
    )
    caption = html.escape(_("What differs between the chosen runs"))
    st.html(
        f'<div class="rn-scroll" role="region" tabindex="0" aria-label="{caption}"><table class="rn-table">'
        f"<caption>{caption}</caption><thead><tr><th></th>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _by_hand(records: Sequence[RunRecord]) -> dict[str, list[str]]:
    """What was done to some of them while they went, in words for each."""
    each = [by_hand(record) for record in records]
    return {name: texts for name in each[0] if any(texts := [done[name] for done in each])}


def _in_words(found: dict[str, list[str]], aside: dict[str, list[str]], count: int, prints: Sequence[str]) -> str:
    """`count`: of all settings there are."""
    same = count - len(found)
    labels = [*(field_label(name) for name in found), *(name for name, texts in aside.items() if len(set(texts)) > 1)]
    names = listed(f"<b>{html.escape(name)}</b>" for name in labels)
    if not labels:
        text = _("All settings are the same.")
    else:
        text = _("They differ in {names}; the other {same} settings are the same.", names=names, same=same)
    if "" in prints:
        return text
    if len(set(prints)) == 1:
        return sentences(text, _("They began with the very same initial weights."))
    return sentences(text, _("They began with different initial weights."))


def _row(name: str, texts: Sequence[str], marks: bool = False, best: Sequence[bool] = (), code: bool = False) -> str:
    """`marks`: values other than the commonest are highlighted; all of them where no value is the commonest."""
    counts = Counter(texts).most_common(2)
    usual = counts[0][0] if len(counts) == 1 or counts[0][1] > counts[1][1] else None
    cells = []
    for index, text in enumerate(texts):
        kind = "rn-odd" if marks and text not in (usual, "–") else "rn-best" if best and best[index] else ""
        shown = f"<code>{html.escape(text)}</code>" if code and text != "–" else html.escape(_short(text))
        cells.append(f'<td class="{kind}" title="{html.escape(text[:300])}">{shown}</td>')
    kind = ' class="rn-differs"' if marks else ""
    return f'<tr{kind}><th scope="row">{html.escape(name)}</th>{"".join(cells)}</tr>'


def _best(records: Sequence[RunRecord]) -> list[bool]:
    known = [record.best_accuracy for record in records if record.best_accuracy is not None]
    return [bool(known) and record.best_accuracy == max(known) for record in records]


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"


def _line(index: int) -> str:
    """The line of run `index`, as a picture: Streamlit's own cleaning takes inline SVG out."""
    color = series(theme_type())[index]
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 26 10"><path d="M1 5H25" fill="none" '
        f'stroke="{color}" stroke-width="3" stroke-dasharray="{_DASHES[index] or "none"}"/></svg>'
    )
    return f'<img class="rn-line" src="data:image/svg+xml,{quote(svg)}" alt="">'

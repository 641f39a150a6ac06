"""Table of runs: filters, a table that sorts and lets one choose, pages."""

from __future__ import annotations

from typing import Any

import streamlit as st

from cnnviz.charts.overlay import MOST_RUNS
from cnnviz.runs import annotations as run_notes
from cnnviz.runs import scheduler
from cnnviz.runs.run import STATUSES as ALL_STATUSES
from cnnviz.runs.run import RunRecord
from cnnviz.runs.search import PAGE, Filter, Listing, listing
from cnnviz.ui.runs import details, selection
from cnnviz.ui.shared import mount, visitor
from cnnviz.ui.shared.i18n import _, language, listed
from cnnviz.ui.shared.link_parameters import LARGEST_RUN
from cnnviz.ui.shared.mount import component
from cnnviz.ui.shared.names import data_name, network_name
from cnnviz.ui.shared.run_text import STATUSES, accuracy, duration, is_unnamed, run_name, who

KEY = "runs_table"
_WISH = "runs_wish"  # number of the newest wish of the browser that was understood


def show(shown: tuple[int, ...]) -> Listing:
    """The table; `shown`: the runs in the chart, whose lines are shown beside their ticks. Returns what it shows."""
    query = selection.query()
    page = listing(scheduler.store(), query.filter(visitor.owner()), query.sort, query.page)
    component("runtable")(
        key=KEY,
        data={
            "wish": st.session_state.get(_WISH, 0),
            "query": {
                "text": query.text,
                "status": query.status,
                "tag": query.tag,
                "mine": query.mine,
                "sort": query.sort,
                "page": page.page,
            },
            "chosen": list(selection.chosen()),
            "rows": [_row(record, shown) for record in page.records],
            "total": page.total,
            "page": page.page,
            "size": PAGE,
            "most": selection.MOST_CHOSEN,
            "statuses": [[status, _(STATUSES[status])] for status in ALL_STATUSES],
            "tags": run_notes.all_tags(scheduler.store())[:50],
            "words": _words(),
            "none": _none(query),  # no part of the words: the boxes are built anew when those change
        },
        on_wanted_change=_take,
        on_opened_change=_open,
    )
    return page


def _open() -> None:
    """The name of a run was pressed."""
    run = mount.whole(KEY, "opened", 1, LARGEST_RUN)
    if run is not None:
        details.open_box(run)


def _take() -> None:
    """The browser wants another list or other runs. What is not understood is left alone."""
    wanted = mount.said(KEY, "wanted")
    understood = selection.understood(wanted)
    if understood is None:
        return
    query, chosen = understood
    wish = wanted.get("wish")
    st.session_state[_WISH] = wish if mount.is_whole(wish, 0, mount.LARGEST_WHOLE) else 0
    selection.ask(query)
    selection.choose(chosen)


def _row(record: RunRecord, shown: tuple[int, ...]) -> dict[str, Any]:
    named = not is_unnamed(record)
    line = shown.index(record.id) if record.id in shown[:MOST_RUNS] else None
    return {
        "id": record.id,
        "name": run_name(record),
        "called": record.name if named else _("Run {number}", number=record.id),  # network and data have columns
        "named": named,
        "tags": list(record.tags),
        "notes": record.notes[:200],
        "sweep": _("sweep {number}", number=record.sweep) if record.sweep else "",
        "network": network_name(record.config),
        "data": data_name(record.config.data),
        "status": record.status,
        "statusText": _in_short(record),
        "epochs": f"{record.epochs_done}/{record.config.epochs}",
        "accuracy": accuracy(record),
        "seconds": duration(record.seconds) if record.seconds else "",
        "who": who(record),
        "created": round(record.created),
        "line": line,
    }


def _in_short(record: RunRecord) -> str:
    """The state for a narrow column; the run's box has it in full."""
    state = _("ended early") if record.ended_early else _(STATUSES[record.status])
    return listed([state, _("rate changed")]) if record.lr_changes else state


def _none(query: selection.Query) -> str:
    """What stands where no run does."""
    if query.filter("somebody") == Filter():
        return _("No run yet. Train one on the page Training, and it is here.")
    return _("No run is like that. Take a filter away, or train one.")


def _words() -> dict[str, Any]:
    return {
        "locale": {"en": "en-GB", "zh": "zh-CN"}[language()],
        "caption": _("All runs. The heads sort; tick runs to compare them."),
        "search": _("Search names, notes, tags, networks …"),
        "status": _("Status"),
        "anyStatus": _("Any status"),
        "tag": _("Tag"),
        "anyTag": _("Any tag"),
        "mine": _("Only mine"),
        "all": _("Choose all runs of this page"),
        "choose": _("Choose run {run}: {name}"),
        "open": _("Open run {run}: name, notes, tags, settings"),
        "count": _("{from}–{to} of {total} runs"),
        "few": _("Runs: {total}"),
        "before": _("Page before"),
        "after": _("Next page"),
        "chosen": _("{count} chosen"),
        "clear": _("Choose none"),
        "columns": {
            "number": "#",
            "name": _("Name"),
            "network": _("Network"),
            "data": _("Data"),
            "status": _("Status"),
            "epochs": _("Epochs"),
            "accuracy": _("Best test accuracy"),
            "seconds": _("Time"),
            "who": _("Who"),
            "when": _("When"),
        },
    }

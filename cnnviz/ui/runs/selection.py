"""Run selection: what the page Runs shows, declared once: the runs chosen, how the list is filtered and sorted.

The link is the truth, so that it reproduces what is on the screen; the session keeps a copy, because a page switch
empties the link.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import streamlit as st

from cnnviz.base.link_kinds import shortened
from cnnviz.base.locale import N_
from cnnviz.runs import scheduler, search
from cnnviz.runs.run import STATUSES, Status
from cnnviz.runs.search import NEWEST, SORTS, Filter, words
from cnnviz.runs.sweeps import store
from cnnviz.ui.shared import link_parameters, state
from cnnviz.ui.shared.i18n import listed
from cnnviz.ui.shared.link_parameters import LARGEST_RUN, MOST_RUNS_CHOSEN, parameter
from cnnviz.ui.shared.mount import is_whole
from cnnviz.ui.shared.names import codes_called
from cnnviz.ui.shared.state import LinkGroup, LinkParam

MOST_CHOSEN = MOST_RUNS_CHOSEN
LINK = LinkGroup("runs")

_CHOSEN: LinkParam[tuple[int, ...]] = parameter("runs", ())  # "7,3"
VIEW = parameter("runs_view", "compare")
VIEW_BOX = "runs_view_box"  # the switch
SWEEP = parameter("runs_sweep", 0)
FROM = parameter("runs_from", 0)
TO = parameter("runs_to", 0)
_DELETED = "runs_deleted"  # in the session: the runs that this visitor deleted last, who finds the way back open
_PAGE_TITLE = N_("Runs")
_NO_RUNS = N_("The link names runs that are not in the list: {runs}. They are left out.")


@dataclass(frozen=True)
class Query:
    """How the list is filtered and sorted. Each field is a parameter of the link, `runs_text` and so on."""

    text: str = ""
    status: Status | str = ""
    tag: str = ""
    mine: bool = False
    sort: str = NEWEST
    page: int = 0  # from 0; in the link from 1

    def filter(self, owner: str) -> Filter:
        """As the store understands it."""
        return Filter(
            text=self.text,
            called=tuple((word, codes) for word in words(self.text) if (codes := codes_called(word))),
            statuses=(self.status,) if self.status in STATUSES else (),
            tags=(self.tag,) if self.tag else (),
            owner=owner if self.mine else "",
        )


_QUERY: dict[str, LinkParam[Any]] = {
    name: parameter(f"runs_{name}", value) for name, value in asdict(Query()).items() if name != "page"
}
_PAGE = parameter("runs_page", 1)


def query() -> Query:
    """As the link has it; what makes no sense is as if it were not there."""
    return Query(**{name: each.read() for name, each in _QUERY.items()}, page=_PAGE.read() - 1)


def ask(wanted: Query) -> None:
    """Put it into the link; what is as ever is left out."""
    for name, each in _QUERY.items():
        each.put(getattr(wanted, name))
    _PAGE.put(wanted.page + 1)
    LINK.keep()


def chosen() -> tuple[int, ...]:
    """The numbers of the chosen runs, the first chosen first."""
    return _CHOSEN.read()


def choose(run_ids: Sequence[int]) -> None:
    """From now on these are chosen."""
    _CHOSEN.put(tuple(dict.fromkeys(run_ids))[:MOST_CHOSEN])
    LINK.keep()


def understood(sent: Any) -> tuple[Query, tuple[int, ...]] | None:
    """What the browser wants, if it is what our component sends: the list's query and the chosen runs."""
    wanted, numbers = (sent.get("query"), sent.get("chosen")) if isinstance(sent, dict) else (None, None)
    if not isinstance(wanted, dict) or not isinstance(numbers, list):
        return None
    fields = asdict(Query())
    if any(type(wanted.get(name)) is not type(value) for name, value in fields.items()):
        return None
    if any(not is_whole(number, 1, LARGEST_RUN) for number in numbers):
        return None
    asked = Query(**{name: wanted[name] for name in fields})
    is_good = asked.sort.lstrip("-") in SORTS and (not asked.status or asked.status in STATUSES) and asked.page >= 0
    return (asked, tuple(numbers[:MOST_CHOSEN])) if is_good else None


def remember_deleted(ids: tuple[int, ...]) -> None:
    """The visitor has just deleted these: the way back is to be in sight."""
    st.session_state[_DELETED] = ids


def lately_deleted() -> tuple[int, ...]:
    """What this visitor deleted last."""
    ids: tuple[int, ...] = st.session_state.get(_DELETED, ())
    return ids


def check_link() -> None:
    """Runs and sweeps that the link names and the store does not have are taken out of it, and said."""
    LINK.restore()
    nobodys = _missing_runs()
    if nobodys:
        link_parameters.add_notice(_PAGE_TITLE, _CHOSEN.name, _NO_RUNS, runs=listed(nobodys))
        choose([run for run in chosen() if str(run) not in nobodys])
    sweep = SWEEP.said()
    if sweep is not None and sweep not in {each.id for each in store.sweeps(scheduler.store())}:
        link_parameters.left_out(_PAGE_TITLE, SWEEP.name, str(sweep))
        SWEEP.clear()
    LINK.keep()


def _missing_runs() -> list[str]:
    """What stands among the chosen runs and is none; those that the visitor has just deleted need no word."""
    parts = [part.strip() for part in state.given().get(_CHOSEN.name, "").split(",")]
    numbers = chosen()
    known = {record.id for record in search.chosen(scheduler.store(), numbers)} | set(lately_deleted())
    names = {str(run) for run in numbers if run in known}
    return [shortened(part) for part in dict.fromkeys(parts[:MOST_CHOSEN]) if part and part not in names]

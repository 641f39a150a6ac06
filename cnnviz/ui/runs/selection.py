"""What the page Runs shows, declared once: which runs are chosen, how the list is filtered and sorted.

The link is the truth, so that it reproduces what is on the screen; the session keeps a copy, because a page switch
empties the link.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import streamlit as st

from cnnviz.runs.run import STATUSES, Status
from cnnviz.runs.search import NEWEST, SORTS, Filter, words
from cnnviz.ui.shared import state
from cnnviz.ui.shared.link_parameters import LARGEST_RUN, MOST_RUNS_CHOSEN, kinds
from cnnviz.ui.shared.mount import is_whole
from cnnviz.ui.shared.names import codes_called
from cnnviz.ui.shared.state import LinkParam

CHOSEN = "runs"  # in the link: "7,3"
MOST_CHOSEN = MOST_RUNS_CHOSEN
_KEPT = "runs_kept"  # in the session: every parameter of the link that is ours
_PREFIX = "runs_"


def parameter(name: str, default: Any) -> LinkParam[Any]:
    """`runs_<name>` of the link."""
    return LinkParam(_PREFIX + name, kinds()[_PREFIX + name], default)


_CHOSEN: LinkParam[tuple[int, ...]] = LinkParam(CHOSEN, kinds()[CHOSEN], ())
VIEW: LinkParam[str] = parameter("view", "compare")
SWEEP: LinkParam[int] = parameter("sweep", 0)
FROM: LinkParam[int] = parameter("from", 0)
TO: LinkParam[int] = parameter("to", 0)


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


_QUERY = {name: parameter(name, value) for name, value in asdict(Query()).items() if name != "page"}
_PAGE: LinkParam[int] = parameter("page", 1)


def begin() -> None:
    """After a page switch: put into the link what the session has kept. Call it first."""
    kept: dict[str, str] = st.session_state.get(_KEPT, {})
    if not any(_is_ours(name) for name in state.given()):
        state.restore(kept)
    remember()


def remember() -> None:
    """Keep the link's parameters in the session."""
    st.session_state[_KEPT] = {name: text for name, text in state.given().items() if _is_ours(name)}


def query() -> Query:
    """As the link has it; what makes no sense is as if it were not there."""
    return Query(**{name: each.read() for name, each in _QUERY.items()}, page=_PAGE.read() - 1)


def ask(wanted: Query) -> None:
    """Put it into the link; what is as ever is left out."""
    for name, each in _QUERY.items():
        each.put(getattr(wanted, name))
    _PAGE.put(wanted.page + 1)
    remember()


def chosen() -> tuple[int, ...]:
    """The numbers of the chosen runs, the first chosen first."""
    return _CHOSEN.read()


def choose(run_ids: Sequence[int]) -> None:
    """From now on these are chosen."""
    _CHOSEN.put(tuple(dict.fromkeys(run_ids))[:MOST_CHOSEN])
    remember()


def understood(state: Any) -> tuple[Query, tuple[int, ...]] | None:
    """What the browser wants, if it is what our component sends: the list's query and the chosen runs."""
    wanted, numbers = (state.get("query"), state.get("chosen")) if isinstance(state, dict) else (None, None)
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


def _is_ours(name: str) -> bool:
    return name == CHOSEN or name.startswith(_PREFIX)

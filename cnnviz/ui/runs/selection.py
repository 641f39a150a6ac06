"""What the page Runs shows, declared once: which runs are chosen, how the list is filtered and sorted.

The link is the truth, so that it reproduces what is on the screen; the session keeps a copy, because a page switch
empties the link.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import streamlit as st

from cnnviz.runs.listing import NEWEST, SORTS, Filter
from cnnviz.runs.record import STATUSES, Status

CHOSEN = "runs"  # in the link: "7,3"
MOST_CHOSEN = 50
_KEPT = "runs_kept"  # in the session: every parameter of the link that is ours
_PREFIX = "runs_"
_LONGEST_TEXT = 100


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
            statuses=(self.status,) if self.status in STATUSES else (),
            tags=(self.tag,) if self.tag else (),
            owner=owner if self.mine else "",
        )


def begin() -> None:
    """After a page switch: put into the link what the session has kept. Call it first."""
    kept: dict[str, str] = st.session_state.get(_KEPT, {})
    if not any(_is_ours(name) for name in st.query_params):
        for name, value in kept.items():
            st.query_params[name] = value
    remember()


def remember() -> None:
    """Keep the link's parameters in the session."""
    st.session_state[_KEPT] = {name: st.query_params[name] for name in st.query_params if _is_ours(name)}


def query() -> Query:
    """As the link has it; what makes no sense is as if it were not there."""
    page = parameter("page")
    sort = parameter("sort")
    status = parameter("status")
    return Query(
        text=parameter("text")[:_LONGEST_TEXT],
        status=status if status in STATUSES else "",
        tag=parameter("tag")[:_LONGEST_TEXT],
        mine=parameter("mine") == "true",
        sort=sort if sort.lstrip("-") in SORTS else NEWEST,
        page=int(page) - 1 if page.isascii() and page.isdecimal() and 0 < len(page) < 6 and int(page) else 0,
    )


def ask(wanted: Query) -> None:
    """Put it into the link; what is as ever is left out."""
    for name, value in asdict(wanted).items():
        is_default = value == getattr(Query(), name)
        text = str(value + 1) if name == "page" else str(value).lower() if isinstance(value, bool) else str(value)
        put(name, "" if is_default else text)
    remember()


def chosen() -> tuple[int, ...]:
    """The numbers of the chosen runs, the first chosen first."""
    parts = st.query_params.get(CHOSEN, "").split(",")
    numbers = [int(part) for part in parts if part.isascii() and part.isdecimal() and len(part) < 10]
    return tuple(dict.fromkeys(numbers))[:MOST_CHOSEN]


def choose(run_ids: Sequence[int]) -> None:
    """From now on these are chosen."""
    if run_ids:
        st.query_params[CHOSEN] = ",".join(str(run) for run in dict.fromkeys(run_ids[:MOST_CHOSEN]))
    else:
        st.query_params.pop(CHOSEN, None)
    remember()


def parameter(name: str) -> str:
    """`runs_<name>` of the link; "" if it is not there."""
    return str(st.query_params.get(_PREFIX + name, ""))


def put(name: str, value: str) -> None:
    """Set `runs_<name>` of the link; "" takes it out."""
    if value:
        st.query_params[_PREFIX + name] = value
    else:
        st.query_params.pop(_PREFIX + name, None)


def understood(state: Any) -> tuple[Query, tuple[int, ...]] | None:
    """What the browser wants, if it is what our component sends: the list's query and the chosen runs."""
    wanted = state.get("query") if hasattr(state, "get") else None
    numbers = state.get("chosen") if hasattr(state, "get") else None
    if not isinstance(wanted, dict) or not isinstance(numbers, list):
        return None
    fields = asdict(Query())
    if any(type(wanted.get(name)) is not type(value) for name, value in fields.items()):
        return None
    if any(type(number) is not int or not 0 < number < 10**9 for number in numbers):
        return None
    asked = Query(**{name: wanted[name] for name in fields})
    is_good = asked.sort.lstrip("-") in SORTS and (not asked.status or asked.status in STATUSES) and asked.page >= 0
    return (asked, tuple(numbers[:MOST_CHOSEN])) if is_good else None


def _is_ours(name: str) -> bool:
    return name == CHOSEN or name.startswith(_PREFIX)

"""Search: the runs that a list shows, and in what order. No torch, no Streamlit.

The database works it out, a page at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cnnviz.runs.database import marks
from cnnviz.runs.run import RunRecord, Status
from cnnviz.runs.store import Store

_MOST_WORDS = 8
PAGE = 12  # rows: the chart below stays in sight
_WHO = "COALESCE(NULLIF(visitors.name, ''), visitors.number)"
# what a column is sorted by; a minus in front: downwards
SORTS = {
    "number": "runs.id",
    "name": "runs.name COLLATE NOCASE",
    "network": "runs.network COLLATE NOCASE",
    "data": "runs.data",
    "status": "runs.status",
    "epochs": "runs.epochs_done",
    "accuracy": "runs.best_accuracy",
    "seconds": "runs.seconds",
    "who": f"{_WHO} COLLATE NOCASE",
}
NEWEST = "-number"
_FROM = "FROM runs LEFT JOIN visitors ON visitors.id = runs.owner"
# where words are looked for
_TEXT = (
    "runs.name || ' ' || runs.notes || ' ' || runs.network || ' ' || runs.data || ' #' || runs.id || ' ' || "
    "COALESCE(visitors.name, '') || ' ' || COALESCE((SELECT GROUP_CONCAT(tag, ' ') FROM tags WHERE run = runs.id), '')"
)


Called = tuple[str, tuple[str, ...]]  # a word of the text, the codes of networks and data that people call so


@dataclass(frozen=True)
class Best:
    """A visitor's best run on a data set."""

    data: str
    owner: str
    visitor: int | None  # None: a run that was not started in a browser
    name: str
    run: int
    network: str
    accuracy: float  # 0..1 on the test pictures, after its best epoch
    epochs: int
    seconds: float
    runs: int  # of this visitor on this data set


@dataclass(frozen=True)
class Filter:
    """What a listed run must have: every word, one of the statuses, every tag. Empty: no condition."""

    text: str = ""
    called: tuple[Called, ...] = ()
    statuses: tuple[Status, ...] = ()
    tags: tuple[str, ...] = ()
    data: str = ""
    owner: str = ""
    sweep: int | None = None


@dataclass(frozen=True)
class Listing:
    """One page of the list."""

    records: tuple[RunRecord, ...]
    total: int  # of all pages
    page: int  # from 0; the last one if there are fewer than was asked for


def listing(store: Store, wanted: Filter, sort: str = NEWEST, page: int = 0, size: int = PAGE) -> Listing:
    """The runs that `wanted` lets through, sorted by a key of `SORTS`; unknown keys sort by number, newest first."""
    condition, values = _condition(wanted)
    with store.reading() as connection:
        found = connection.execute(f"SELECT runs.id {_FROM} WHERE {condition} {_order(sort)}", values).fetchall()
    page = max(0, min(page, (len(found) - 1) // size))
    ids = tuple(row["id"] for row in found[page * size : (page + 1) * size])
    return Listing(tuple(chosen(store, ids)), len(found), page)


def chosen(store: Store, run_ids: tuple[int, ...]) -> list[RunRecord]:
    """These runs in this order; those that are not there are left out."""
    found = {
        each.id: each for each in store.select(f"WHERE runs.id IN ({marks(run_ids)}) AND deleted IS NULL", run_ids)
    }
    return [found[run_id] for run_id in run_ids if run_id in found]


def words(text: str) -> list[str]:
    """What is looked for, each by itself."""
    return text.split()[:_MOST_WORDS]


def _condition(wanted: Filter) -> tuple[str, tuple[Any, ...]]:
    conditions: list[str] = ["runs.deleted IS NULL"]
    values: list[Any] = []
    called = dict(wanted.called)
    for word in words(wanted.text):
        codes = called.get(word, ())
        conditions.append(
            f"(({_TEXT}) LIKE ? ESCAPE '\\' OR runs.network IN ({marks(codes)}) OR runs.data IN ({marks(codes)}))"
        )
        values += [f"%{_escaped(word)}%", *codes, *codes]
    if wanted.statuses:
        conditions.append(f"runs.status IN ({marks(wanted.statuses)})")
        values.extend(wanted.statuses)
    for tag in wanted.tags:
        conditions.append("EXISTS (SELECT 1 FROM tags WHERE run = runs.id AND tag = ?)")
        values.append(tag)
    for column in ("data", "owner", "sweep"):
        value = getattr(wanted, column)
        if value:
            conditions.append(f"runs.{column} = ?")
            values.append(value)
    return " AND ".join(conditions), tuple(values)


def _order(sort: str) -> str:
    """What is not known goes last either way; equals by number, newest first."""
    by = SORTS.get(sort.lstrip("-"))
    if by is None:
        return _order(NEWEST)
    if by == SORTS["number"]:
        return f"ORDER BY {by} {'DESC' if sort.startswith('-') else 'ASC'}"
    return f"ORDER BY {by} IS NULL, {by} {'DESC' if sort.startswith('-') else 'ASC'}, runs.id DESC"


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def leaderboard(store: Store) -> list[Best]:
    """The best run of every visitor on every data set, the best first; equals: who was first."""
    with store.reading() as connection:
        rows = connection.execute(
            # SQLite takes the other columns from the row that has the maximum
            "SELECT data, owner, visitors.number AS visitor, COALESCE(visitors.name, '') AS name, runs.id AS run, "
            "network, MAX(best_accuracy) AS accuracy, epochs_done AS epochs, seconds, COUNT(*) AS runs "
            "FROM runs LEFT JOIN visitors ON visitors.id = runs.owner "
            "WHERE deleted IS NULL AND best_accuracy IS NOT NULL GROUP BY data, owner "
            "ORDER BY data, accuracy DESC, runs.id"
        ).fetchall()
    return [Best(**dict(row)) for row in rows]

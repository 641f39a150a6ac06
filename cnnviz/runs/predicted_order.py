"""Whose turn it is: of the owners who wait, the one whose last start is longest ago. Knows nothing of processes.

Within one owner first come, first served. So nobody starts twice while another who waits has not started once,
however many runs he has queued. Runs without an owner (the command line's, a script's) are one owner without a share.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

# `each`: how many of one owner's runs may train at once
_STARTABLE = """
    status = 'queued' AND (owner = ''
        OR (SELECT COUNT(*) FROM runs AS own WHERE own.owner = runs.owner AND own.status = 'running') < :each)
"""
_LAST_START = "(SELECT MAX(turn) FROM runs AS own WHERE own.owner = runs.owner)"


@dataclass(frozen=True)
class Waiting:
    """A queued run, as far as turns go."""

    run_id: int
    owner: str
    last: int  # when its owner was last started: the number of that start


def next_row(connection: sqlite3.Connection, each: int) -> sqlite3.Row | None:
    """The run whose turn it is; None if nothing may start."""
    row: sqlite3.Row | None = connection.execute(
        f"SELECT * FROM runs WHERE {_STARTABLE} ORDER BY {_LAST_START}, place LIMIT 1", {"each": each}
    ).fetchone()
    return row


def any_startable(connection: sqlite3.Connection, at_once: int, each: int) -> bool:
    """Whether `next_row` has one while fewer than `at_once` run."""
    (startable,) = connection.execute(
        f"SELECT EXISTS (SELECT 1 FROM runs WHERE {_STARTABLE}) AND "
        "(SELECT COUNT(*) FROM runs WHERE status = 'running') < :at_once",
        {"each": each, "at_once": at_once},
    ).fetchone()
    return bool(startable)


def order(connection: sqlite3.Connection) -> list[int]:
    """The waiting runs in the order in which they will start, if nobody comes or goes."""
    rows = connection.execute(
        f"SELECT id, owner, {_LAST_START} AS last FROM runs WHERE status = 'queued' ORDER BY place"
    ).fetchall()
    return foreseen([Waiting(row["id"], row["owner"], row["last"]) for row in rows])


def foreseen(waiting: list[Waiting]) -> list[int]:
    """`waiting`, by place, in the order of turns.

    >>> foreseen([Waiting(7, "Lin", 3), Waiting(8, "Lin", 3), Waiting(9, "Wang", 1)])
    [9, 7, 8]
    """
    left, last = list(waiting), {each.owner: each.last for each in waiting}
    newest = max(last.values(), default=0)
    result = []
    while left:
        first = min(left, key=lambda each: last[each.owner])  # of equals the one with the smallest place
        left.remove(first)
        newest += 1
        last[first.owner] = newest
        result.append(first.run_id)
    return result

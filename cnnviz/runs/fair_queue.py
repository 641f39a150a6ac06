"""Fair queue: how runs come into it and out of it, and whose turn it is. Knows nothing of processes.

Each function is a step within a transaction of the store.

Of the owners who wait it is the turn of the one whose last start is longest ago; within one owner first come, first
served. So nobody starts twice while another who waits has not started once, however many runs he has queued. Runs
without an owner (the command line's, a script's) are one owner without a share.
"""

from __future__ import annotations

import secrets
import sqlite3
import time
from dataclasses import dataclass

from cnnviz.base.errors import RunError
from cnnviz.base.locale import N_
from cnnviz.base.locale.typesetting import Listed
from cnnviz.engine.config import TrainConfig
from cnnviz.runs.database import marks
from cnnviz.runs.process import Share
from cnnviz.runs.run import ACTIVE_SQL, LOADING, Origin, default_name


def insert(connection: sqlite3.Connection, config: TrainConfig, origin: Origin) -> int:
    """A new run at the end of the queue, within a transaction; returns its number."""
    if origin.owner:  # who has a run has a number
        give_number(connection, origin.owner)
    values = {
        "name": origin.name or default_name(config),
        "owner": origin.owner,
        "config": config.to_json(),
        "status": "queued",
        "place": next_place(connection),
        "created": time.time(),
        "parent": origin.parent,
        "sweep": origin.sweep,
        "trial": origin.trial,
        "network": config.network_name,
        "data": config.data,
    }
    cursor = connection.execute(
        f"INSERT INTO runs ({', '.join(values)}) VALUES ({marks(values)})", tuple(values.values())
    )
    return int(cursor.lastrowid or 0)


def give_number(connection: sqlite3.Connection, owner: str) -> None:
    """The next one, to a visitor who has none. (INSERT OR IGNORE would use one up each time.)"""
    connection.execute(
        "INSERT INTO visitors (id) SELECT :owner WHERE NOT EXISTS (SELECT 1 FROM visitors WHERE id = :owner)",
        {"owner": owner},
    )


def check_share(connection: sqlite3.Connection, owner: str, share: Share | None) -> None:
    """What an owner's sweep has under way does not count: it asks for one run after the other by itself.

    Runs that were asked for together count as one: all the same they train one after the other, others in between.
    """
    if share is None or not owner:
        return
    rows = connection.execute(
        "SELECT id, COALESCE(together, id) AS asked FROM runs "
        f"WHERE owner = ? AND sweep IS NULL AND {ACTIVE_SQL} ORDER BY id",
        (owner,),
    ).fetchall()
    if len({row["asked"] for row in rows}) >= share.most:
        raise RunError(
            N_(
                "Each visitor may have {most} runs that train or wait, {running} of them training; yours are {runs}. "
                "Stop one of them, or wait until one ends."
            ),
            most=share.most,
            running=share.running,
            runs=Listed(row["id"] for row in rows),
        )


def claim(connection: sqlite3.Connection, run_id: int) -> str:
    """Make the run running, for whoever has the token that is returned."""
    token = secrets.token_hex(8)
    connection.execute(
        "UPDATE runs SET status = 'running', command = NULL, claim = ?, pid = NULL, process = '', heartbeat = ?, "
        "turn = ?, starts = starts + 1, reason = ? WHERE id = ?",
        (token, time.time(), next_turn(connection), LOADING, run_id),
    )
    return token


def next_turn(connection: sqlite3.Connection) -> int:
    """The number of the next start: whoever has the lowest has waited longest."""
    (turn,) = connection.execute("SELECT COALESCE(MAX(turn), 0) + 1 FROM runs").fetchone()
    return int(turn)


def next_place(connection: sqlite3.Connection) -> int:
    """The end of the queue."""
    (place,) = connection.execute("SELECT COALESCE(MAX(place), 0) + 1 FROM runs").fetchone()
    return int(place)


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
    return predicted_order([Waiting(row["id"], row["owner"], row["last"]) for row in rows])


def predicted_order(waiting: list[Waiting]) -> list[int]:
    """`waiting`, by place, in the order of turns.

    >>> predicted_order([Waiting(7, "Lin", 3), Waiting(8, "Lin", 3), Waiting(9, "Wang", 1)])
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

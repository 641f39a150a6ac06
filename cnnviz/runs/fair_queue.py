"""How runs come into the queue and out of it: each a step within a transaction of the store."""

from __future__ import annotations

import secrets
import sqlite3
import time

from cnnviz.base.errors import RunError
from cnnviz.base.locale import N_
from cnnviz.base.locale.typesetting import Listed
from cnnviz.engine.config import TrainConfig
from cnnviz.runs.limits import Share
from cnnviz.runs.rows import Origin, default_name
from cnnviz.runs.run import LOADING


def insert(connection: sqlite3.Connection, config: TrainConfig, origin: Origin) -> int:
    """A new run at the end of the queue, within a transaction; returns its number."""
    if origin.owner:  # who has a run has a number
        give_number(connection, origin.owner)
    cursor = connection.execute(
        "INSERT INTO runs (name, owner, config, status, place, created, parent, sweep, trial, network, data) "
        "VALUES (?, ?, ?, 'queued', ?, ?, ?, ?, ?, ?, ?)",
        (
            origin.name or default_name(config),
            origin.owner,
            config.to_json(),
            next_place(connection),
            time.time(),
            origin.parent,
            origin.sweep,
            origin.trial,
            config.network_name,
            config.data,
        ),
    )
    return int(cursor.lastrowid or 0)


def give_number(connection: sqlite3.Connection, owner: str) -> None:
    """The next one, to a visitor who has none. (INSERT OR IGNORE would use one up each time.)"""
    connection.execute(
        "INSERT INTO visitors (id) SELECT :owner WHERE NOT EXISTS (SELECT 1 FROM visitors WHERE id = :owner)",
        {"owner": owner},
    )


def check_share(connection: sqlite3.Connection, owner: str, share: Share | None) -> None:
    """What an owner's sweep has under way does not count: it asks for one run after the other by itself."""
    if share is None or not owner:
        return
    rows = connection.execute(
        "SELECT id FROM runs WHERE owner = ? AND sweep IS NULL AND status IN ('queued', 'running', 'paused') "
        "ORDER BY id",
        (owner,),
    ).fetchall()
    if len(rows) >= share.most:
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
    claim = secrets.token_hex(8)
    connection.execute(
        "UPDATE runs SET status = 'running', command = NULL, claim = ?, pid = NULL, process = '', heartbeat = ?, "
        "turn = ?, starts = starts + 1, reason = ? WHERE id = ?",
        (claim, time.time(), next_turn(connection), LOADING, run_id),
    )
    return claim


def next_turn(connection: sqlite3.Connection) -> int:
    (turn,) = connection.execute("SELECT COALESCE(MAX(turn), 0) + 1 FROM runs").fetchone()
    return int(turn)


def next_place(connection: sqlite3.Connection) -> int:
    (place,) = connection.execute("SELECT COALESCE(MAX(place), 0) + 1 FROM runs").fetchone()
    return int(place)

"""Event log: the events of a run in the store, thinned as they grow.

What they say in short stands in the run's row, so that a list of runs need read none of them. Each function is a step
within a transaction of the store.
"""

from __future__ import annotations

import json
import sqlite3
import time
from typing import Any

from cnnviz.engine.events import EpochEnd, Event, LrScaleChanged, Progress, RunEnd, RunStarted, from_dict, to_dict

MOST_PROGRESS = 1024  # Progress events kept for a run; beyond it every second one goes

TABLE = (
    "CREATE TABLE events (run INTEGER NOT NULL, seq INTEGER NOT NULL, "
    "progress INTEGER, "  # 0, 1, 2 ... for Progress events, to thin them evenly
    "body TEXT NOT NULL, PRIMARY KEY (run, seq)) WITHOUT ROWID"
)


def read(connection: sqlite3.Connection, run_id: int, after: int) -> list[tuple[int, Event]]:
    """(sequence number, event) in order, those numbered above `after`."""
    rows = connection.execute(
        "SELECT seq, body FROM events WHERE run = ? AND seq > ? ORDER BY seq", (run_id, after)
    ).fetchall()
    return [(row["seq"], from_dict(json.loads(row["body"]))) for row in rows]


def append(connection: sqlite3.Connection, run_id: int, token: str, event: Event) -> bool:
    """Record an event of the worker that has the run's token; False if another has the run by now."""
    row = connection.execute(
        "SELECT seq, progress_seen, progress_stride FROM runs WHERE id = ? AND claim = ?", (run_id, token)
    ).fetchone()
    if row is None:
        return False
    seq, stride = row["seq"] + 1, row["progress_stride"]
    number = row["progress_seen"] if isinstance(event, Progress) else None
    if number is not None:
        stride = _thin(connection, run_id, number, stride)
    connection.execute(
        "INSERT INTO events (run, seq, progress, body) VALUES (?, ?, ?, ?)",
        (run_id, seq, number, json.dumps(to_dict(event), separators=(",", ":"))),
    )
    connection.execute(
        "UPDATE runs SET seq = ?, heartbeat = ?, progress_stride = ?, progress_seen = progress_seen + ? WHERE id = ?",
        (seq, time.time(), stride, number is not None, run_id),
    )
    _summarize(connection, run_id, seq, event)
    return True


def _thin(connection: sqlite3.Connection, run_id: int, number: int, stride: int) -> int:
    """Before Progress `number` comes in: drop the one before it unless it lies on the stride; widen a full stride."""
    connection.execute(
        "DELETE FROM events WHERE run = ? AND seq = (SELECT MAX(seq) FROM events WHERE run = ? AND progress = ?) "
        "AND progress % ? != 0",
        (run_id, run_id, number - 1, stride),
    )
    if number // stride < MOST_PROGRESS:
        return stride
    connection.execute(
        "DELETE FROM events WHERE run = ? AND progress IS NOT NULL AND progress % ? != 0", (run_id, 2 * stride)
    )
    return 2 * stride


def _summarize(connection: sqlite3.Connection, run_id: int, seq: int, event: Event) -> None:
    """Take note in the run's row of `event`, which has just been written as number `seq`."""
    if isinstance(event, RunStarted):
        connection.execute(
            "UPDATE runs SET started = COALESCE(started, ?), resumed_after = COALESCE(from_epoch, resumed_after), "
            "from_epoch = NULL, paused_at = NULL, lr_scale = 1, reason = '', best_epoch = NULL WHERE id = ?",
            (time.time(), run_id),
        )
        _forget(connection, run_id, seq, event.first_epoch)
    elif isinstance(event, LrScaleChanged):
        lr_scale = event.lr_scale
        connection.execute(
            "UPDATE runs SET lr_scale = ?, lr_changes = lr_changes + "
            "(asked_lr_scale IS NOT NULL AND asked_lr_scale = ?), "
            "asked_lr_scale = NULLIF(asked_lr_scale, ?) WHERE id = ?",
            (lr_scale, lr_scale, lr_scale, run_id),
        )
    elif isinstance(event, EpochEnd):
        connection.execute(
            "UPDATE runs SET epochs_done = ?, test_accuracy = ?, seconds = seconds + ?, "
            "best_accuracy = MAX(COALESCE(best_accuracy, 0), ?) WHERE id = ?",
            (event.epoch, event.test_accuracy, event.seconds, event.test_accuracy, run_id),
        )
    elif isinstance(event, RunEnd):
        connection.execute(
            "UPDATE runs SET reason = ?, best_epoch = ? WHERE id = ?", (event.reason, event.best_epoch or None, run_id)
        )


def _forget(connection: sqlite3.Connection, run_id: int, seq: int, first_epoch: int) -> None:
    """What was told of `first_epoch` and later before event `seq` is going to be told anew."""
    rows = connection.execute("SELECT seq, body FROM events WHERE run = ? AND seq < ?", (run_id, seq)).fetchall()
    if not rows:
        return
    told = [(row["seq"], json.loads(row["body"])) for row in rows]
    gone = [(run_id, number) for number, fields in told if _is_replaced(fields, first_epoch)]
    connection.executemany("DELETE FROM events WHERE run = ? AND seq = ?", gone)
    left = [fields for _, fields in told if fields["event"] == EpochEnd.__name__ and fields["epoch"] < first_epoch]
    connection.execute(
        "UPDATE runs SET epochs_done = ?, test_accuracy = ?, seconds = ?, best_accuracy = ? WHERE id = ?",
        (
            left[-1]["epoch"] if left else 0,
            left[-1]["test_accuracy"] if left else None,
            sum(fields["seconds"] for fields in left),
            max((fields["test_accuracy"] for fields in left), default=None),
            run_id,
        ),
    )


def _is_replaced(fields: dict[str, Any], first_epoch: int) -> bool:
    return fields["event"] == RunEnd.__name__ or fields.get("epoch", 0) >= first_epoch

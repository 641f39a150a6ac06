"""What a list of runs shows, kept with each run so that nobody need read its events. Only SQL on the store's tables."""

from __future__ import annotations

import json
import sqlite3
import time
from typing import Any

from cnnviz.engine.events import EpochEnd, Event, LrScaleChanged, RunEnd, RunStarted


def summarize(connection: sqlite3.Connection, run_id: int, seq: int, event: Event) -> None:
    """Take note of `event`, which has just been written as number `seq`."""
    if isinstance(event, RunStarted):
        connection.execute(
            "UPDATE runs SET started = COALESCE(started, ?), gone_on = COALESCE(from_epoch, gone_on), "
            "from_epoch = NULL, paused_at = NULL, factor = 1, reason = '', best_epoch = NULL WHERE id = ?",
            (time.time(), run_id),
        )
        _forget(connection, run_id, seq, event.first_epoch)
    elif isinstance(event, LrScaleChanged):
        factor = event.learning_rate_factor
        connection.execute(
            "UPDATE runs SET factor = ?, turned = turned + (asked_factor IS NOT NULL AND asked_factor = ?), "
            "asked_factor = NULLIF(asked_factor, ?) WHERE id = ?",
            (factor, factor, factor, run_id),
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

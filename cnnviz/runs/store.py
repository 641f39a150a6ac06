"""Store: the runs and their events in one database. Knows nothing of processes, torch or Streamlit.

Many processes write at once: the web server, the workers, the command line. Every change is one transaction and
conditional on what it found, so that two of them can ask for the same thing and it happens once. A worker writes
only while it has the run's token, a random text made when the run is claimed (column `claim`): one that was taken for
dead, and is not, notices at its next event that the run is no longer its own.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from cnnviz.base import paths
from cnnviz.base.errors import CnnvizError, ConfigurationError, RunError
from cnnviz.base.locale import N_
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.events import Event, SetLrScale
from cnnviz.runs import event_log, fair_queue, sweeps
from cnnviz.runs.database import Database, marks
from cnnviz.runs.process import Share
from cnnviz.runs.run import (
    ACTIVE_SQL,
    LOADING,
    LR_SCALABLE,
    RESUMABLE,
    REWINDABLE,
    Holder,
    Order,
    Origin,
    RunRecord,
    Start,
    Status,
    select,
    statements_due,
    to_holder,
    to_record,
)

MOST_QUEUED = 200  # a stuck key must not fill the disk
GOING = 1.0  # `deleted` of a run whose files are being removed: nothing brings it back
_NOBODY = Origin()
_OTHER_TABLES = (
    event_log.TABLE,
    "CREATE TABLE tags (run INTEGER NOT NULL, tag TEXT NOT NULL, PRIMARY KEY (run, tag)) WITHOUT ROWID",
    "CREATE INDEX tags_by_tag ON tags (tag)",
    "CREATE TABLE visitors (number INTEGER PRIMARY KEY AUTOINCREMENT, "
    "id TEXT NOT NULL UNIQUE, "  # drawn by the browser, known to nobody else
    "name TEXT NOT NULL DEFAULT '')",  # what the class sees
    sweeps.TABLE,
)


class Store:
    """`CNNVIZ_HOME/runs.sqlite3` and the folder `runs/` beside it. Safe to share between threads.

    Raises RunError where the folder cannot be written, the disk is full, or the file is not ours, and BusyStoreError
    while another program holds it.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._database = Database(path or paths.home() / "runs.sqlite3", _due)
        self.path = self._database.path
        self.reading, self.writing = self._database.reading, self._database.writing

    def be_patient(self, seconds: float, on_wait: Callable[[float, str], None]) -> None:
        """Wait for whoever holds the file instead of failing: see `Database.be_patient`."""
        self._database.be_patient(seconds, on_wait)

    def close(self) -> None:
        """Let go of the file. The store opens it again when it is next used."""
        self._database.close()

    def directory(self, run_id: int) -> Path:
        """Where the run's checkpoints and log lie."""
        return self.path.parent / "runs" / str(run_id)

    # ---- what is there

    def record(self, run_id: int) -> RunRecord:
        """Raises RunError if there is no such run, or if it was deleted."""
        with self.reading() as connection:
            row = connection.execute(f"{select()} WHERE runs.id = ?", (run_id,)).fetchone()
        if row is None or row["deleted"] == GOING:
            raise RunError(N_("There is no run {run}. Choose one of the list."), run=run_id)
        if row["deleted"] is not None:
            raise RunError(
                N_("Run {run} was deleted. For a quarter of an hour it can be brought back, below the list of Runs."),
                run=run_id,
            )
        return to_record(row, self.directory(row["id"]))

    def records(self, limit: int = 20, statuses: tuple[Status, ...] = ()) -> list[RunRecord]:
        """Newest first; only those in one of `statuses`, if given."""
        condition = f"AND status IN ({marks(statuses)})" if statuses else ""
        return self.select(f"WHERE deleted IS NULL {condition} ORDER BY runs.id DESC LIMIT ?", (*statuses, limit))

    def select(self, rest: str, values: tuple[Any, ...] = ()) -> list[RunRecord]:
        """The runs that `run.select` gives with the SQL `rest` after it; those of other versions are left out."""
        with self.reading() as connection:
            rows = connection.execute(f"{select()} {rest}", values).fetchall()
        return [record for row in rows if (record := self._readable(row)) is not None]

    def events(self, run_id: int, after: int = 0) -> list[tuple[int, Event]]:
        """(sequence number, event) in order, those numbered above `after`."""
        with self.reading() as connection:
            return event_log.read(connection, run_id, after)

    def before_in_queue(self, run_id: int) -> int:
        """How many runs will start before this one; 0 if it is next, or does not wait at all."""
        with self.reading() as connection:
            waiting = fair_queue.order(connection)
        return waiting.index(run_id) if run_id in waiting else 0

    def holders(self) -> list[Holder]:
        """Every run that a process has: running, paused, or waiting for its turn again."""
        with self.reading() as connection:
            rows = connection.execute(f"SELECT * FROM runs WHERE {ACTIVE_SQL} AND claim IS NOT NULL").fetchall()
        return [to_holder(row) for row in rows]

    def any_startable(self, limit: int, each: int) -> bool:
        """Whether a run may start: whether `claim_next` is worth its transaction."""
        with self.reading() as connection:
            return fair_queue.any_startable(connection, limit, each)

    # ---- what people ask for

    def add(self, config: TrainConfig, origin: Origin = _NOBODY, share: Share | None = None) -> int:
        """Put a new run into the queue; returns its number. Raises RunError beyond `share`, if one is given."""
        with self.writing() as connection:
            _check_room(connection)
            fair_queue.check_share(connection, origin.owner, share)
            return fair_queue.insert(connection, config, origin)

    def add_together(
        self, named: Sequence[tuple[str, TrainConfig]], owner: str = "", share: Share | None = None
    ) -> tuple[int, ...]:
        """Put runs that are to be compared into the queue, (name, configuration) each: all of them or none.

        Returns their numbers. Raises RunError beyond `share`, of which they take the place of one.
        """
        with self.writing() as connection:
            _check_room(connection)
            fair_queue.check_share(connection, owner, share)
            runs = tuple(fair_queue.insert(connection, config, Origin(owner, name)) for name, config in named)
            connection.executemany("UPDATE runs SET together = ? WHERE id = ?", [(runs[0], run) for run in runs])
            return runs

    def add_here(self, config: TrainConfig, origin: Origin = _NOBODY) -> tuple[int, str]:
        """A new run that is running already, whatever the limit, for a caller that trains it: (number, token)."""
        with self.writing() as connection:
            run_id = fair_queue.insert(connection, config, origin)
            return run_id, fair_queue.claim(connection, run_id)

    def ask_pause(self, run_id: int) -> None:
        """A running one pauses at its next event; a waiting one leaves the queue. Else nothing."""
        with self.writing() as connection:
            connection.execute(
                "UPDATE runs SET command = 'pause' WHERE id = ? AND status = 'running' AND command IS NULL", (run_id,)
            )
            connection.execute("UPDATE runs SET status = 'paused' WHERE id = ? AND status = 'queued'", (run_id,))

    def ask_resume(self, run_id: int, share: Share | None = None) -> None:
        """A paused, interrupted or failed one joins the end of the queue. Else nothing.

        Raises RunError where that is beyond its owner's `share`, if one is given.
        """
        with self.writing() as connection:
            row = connection.execute(
                "SELECT owner FROM runs WHERE id = ? AND status IN ('interrupted', 'failed') AND sweep IS NULL",
                (run_id,),
            ).fetchone()
            if row is not None:
                fair_queue.check_share(connection, row["owner"], share)
            connection.execute(
                "UPDATE runs SET command = NULL WHERE id = ? AND status = 'running' AND command = 'pause'", (run_id,)
            )
            connection.execute(
                "UPDATE runs SET status = 'queued', place = ?, ended = NULL, error = NULL, paused_at = NULL "
                f"WHERE id = ? AND status IN ({marks(RESUMABLE)}) AND deleted IS NULL",
                (fair_queue.next_place(connection), run_id, *RESUMABLE),
            )

    def ask_resume_from(
        self, run_id: int, epoch: int, lr_scale: float | None = None, share: Share | None = None
    ) -> None:
        """One that is not under way goes on after `epoch`, and what came later is replaced. Else nothing.

        `lr_scale`: from the first step on; None: as it was. Raises ConfigurationError if that is
        out of range, RunError where the run would be beyond its owner's `share`, if one is given.
        """
        asked = None if lr_scale is None else SetLrScale(lr_scale).lr_scale
        condition = f"id = ? AND status IN ({marks(REWINDABLE)}) AND sweep IS NULL AND deleted IS NULL"
        with self.writing() as connection:
            row = connection.execute(f"SELECT owner FROM runs WHERE {condition}", (run_id, *REWINDABLE)).fetchone()
            if row is None:
                return
            fair_queue.check_share(connection, row["owner"], share)
            connection.execute(
                # without a token: one that was stopped while it was paused may still have a worker, who is to leave
                "UPDATE runs SET status = 'queued', place = ?, from_epoch = ?, asked_lr_scale = ?, command = NULL, "
                "claim = NULL, pid = NULL, ended = NULL, error = NULL, reason = '' WHERE id = ?",
                (fair_queue.next_place(connection), epoch, asked, run_id),
            )

    def ask_lr_scale(self, run_id: int, lr_scale: float) -> None:
        """A running or paused one trains on with `lr_scale` times the schedule's learning rate. Else nothing.

        Raises ConfigurationError if it is out of range.
        """
        asked = SetLrScale(lr_scale).lr_scale
        with self.writing() as connection:
            connection.execute(
                f"UPDATE runs SET asked_lr_scale = ? WHERE id = ? AND status IN ({marks(LR_SCALABLE)})",
                (asked, run_id, *LR_SCALABLE),
            )

    def ask_stop(self, run_id: int) -> None:
        """A running one stops at its next event, one that does not run is stopped at once. Else nothing."""
        with self.writing() as connection:
            connection.execute("UPDATE runs SET command = 'stop' WHERE id = ? AND status = 'running'", (run_id,))
            connection.execute(
                "UPDATE runs SET status = 'stopped', command = NULL, ended = ?, from_epoch = NULL, "
                f"asked_lr_scale = NULL WHERE id = ? AND status IN ('queued', {marks(RESUMABLE)})",
                (time.time(), run_id, *RESUMABLE),
            )

    # ---- what the scheduler does

    def claim_next(self, limit: int, is_alive: Callable[[Holder], bool], each: int | None = None) -> Start | None:
        """Mark the run whose turn it is as running, if fewer than `limit` run; None if there is nothing to do.

        `each`: how many of one owner's may run at once; None: as many as may run at all.

        A worker that was paused and lives goes on by itself; otherwise the caller must start one with the new token.
        """
        with self.writing() as connection:
            (running,) = connection.execute("SELECT COUNT(*) FROM runs WHERE status = 'running'").fetchone()
            row = fair_queue.next_row(connection, limit if each is None else each) if running < limit else None
            if row is None:
                return None
            if row["claim"] is not None and is_alive(to_holder(row)):
                connection.execute(
                    "UPDATE runs SET status = 'running', command = NULL, turn = ? WHERE id = ?",
                    (fair_queue.next_turn(connection), row["id"]),
                )
                return Start(row["id"], "")
            return Start(row["id"], fair_queue.claim(connection, row["id"]))

    def interrupt(self, run_id: int, token: str, cause: str = "") -> bool:
        """The worker with this token is dead: its run can be resumed, or was asked to stop anyway. True if it had it.

        `cause`: see `process.death_cause`, "" where nobody saw it die.

        A dead worker of a run that waits for its turn only loses its token: another is started when the turn comes.
        """
        with self.writing() as connection:
            cursor = connection.execute(
                "UPDATE runs SET status = CASE WHEN status = 'queued' THEN 'queued' "
                "WHEN command = 'stop' THEN 'stopped' ELSE 'interrupted' END, "
                "ended = CASE WHEN status = 'queued' THEN NULL ELSE ? END, "
                "command = NULL, claim = NULL, pid = NULL, reason = ? "
                f"WHERE id = ? AND claim = ? AND {ACTIVE_SQL}",
                (time.time(), cause, run_id, token),
            )
            return cursor.rowcount > 0

    def vouch(self, run_id: int, token: str) -> bool:
        """The worker with this token lives, though it has not written itself down. False: it has, or it lost it."""
        return self._held(run_id, token, "heartbeat = ?", (time.time(),), "AND pid IS NULL")

    # ---- what a worker does; False or None: the run is no longer its own

    def register(self, run_id: int, token: str, pid: int, process: str) -> bool:
        """The worker writes itself down, once: a token cannot be used twice."""
        return self._held(
            run_id, token, "pid = ?, process = ?, heartbeat = ?", (pid, process, time.time()), "AND pid IS NULL"
        )

    def heartbeat(self, run_id: int, token: str) -> bool:
        """The worker lives."""
        return self._held(run_id, token, "heartbeat = ?", (time.time(),))

    def append(self, run_id: int, token: str, event: Event) -> bool:
        """Record an event. Progress is thinned evenly as it grows, but the newest one is always there."""
        with self.writing() as connection:
            return event_log.append(connection, run_id, token, event)

    def order(self, run_id: int, token: str) -> Order | None:
        """What the worker is to do."""
        with self.reading() as connection:
            row = connection.execute(
                "SELECT status, command, asked_lr_scale FROM runs WHERE id = ? AND claim = ?", (run_id, token)
            ).fetchone()
        return None if row is None else Order(row["status"], row["command"], row["asked_lr_scale"])

    def from_epoch(self, run_id: int) -> int | None:
        """The epoch that somebody wants the run to go on from when it starts next; None: the last complete one."""
        with self.reading() as connection:
            row = connection.execute("SELECT from_epoch FROM runs WHERE id = ?", (run_id,)).fetchone()
        return None if row is None or row["from_epoch"] is None else int(row["from_epoch"])

    def set_paused(self, run_id: int, token: str) -> bool:
        """The worker obeys a pause; False if it was taken back meanwhile."""
        return self._held(
            run_id,
            token,
            "status = 'paused', command = NULL, paused_at = ?",
            (time.time(),),
            "AND status = 'running' AND command = 'pause'",
        )

    def release_paused(self, run_id: int, token: str) -> bool:
        """A paused worker leaves; resuming starts another from the last complete epoch."""
        return self._held(run_id, token, "claim = NULL, pid = NULL", (), "AND status = 'paused'")

    def end(self, run_id: int, token: str, status: Status, error: CnnvizError | None = None, reason: str = "") -> bool:
        """The worker is done. Without a `reason`, one that had not begun leaves none: it is not loading any more."""
        text = error.to_json() if error is not None else None
        return self._held(
            run_id,
            token,
            "status = ?, error = ?, ended = ?, command = NULL, claim = NULL, pid = NULL, from_epoch = NULL, "
            "asked_lr_scale = NULL, reason = CASE WHEN ? THEN ? WHEN reason = ? THEN '' ELSE reason END",
            (status, text, time.time(), bool(reason), reason, LOADING),
        )

    def _held(self, run_id: int, token: str, changes: str, values: tuple[Any, ...], condition: str = "") -> bool:
        with self.writing() as connection:
            cursor = connection.execute(
                f"UPDATE runs SET {changes} WHERE id = ? AND claim = ? {condition}", (*values, run_id, token)
            )
            return cursor.rowcount > 0

    def _readable(self, row: sqlite3.Row) -> RunRecord | None:
        try:
            return to_record(row, self.directory(row["id"]))
        except (ConfigurationError, ValueError, TypeError):  # of a version with other parameters
            return None


def _check_room(connection: sqlite3.Connection) -> None:
    (waiting,) = connection.execute("SELECT COUNT(*) FROM runs WHERE status = 'queued'").fetchone()
    if waiting >= MOST_QUEUED:
        raise RunError(N_("{count} runs are waiting already. Stop some of them first."), count=waiting)


def _due(connection: sqlite3.Connection) -> list[str]:
    """What makes a new file a store, or gives one of before the columns that it lacks."""
    present = {row["name"] for row in connection.execute("PRAGMA table_info(runs)")}
    return [*statements_due(present), *(() if present else _OTHER_TABLES)]

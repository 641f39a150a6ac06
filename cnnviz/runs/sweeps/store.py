"""Store of sweeps: rows of one table, their runs rows of another. Knows nothing of what is tried next."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeVar

from cnnviz.base.errors import CnnvizError, ConfigurationError, RunError
from cnnviz.base.locale import N_
from cnnviz.engine.config import TrainConfig
from cnnviz.runs.annotations import line
from cnnviz.runs.fair_queue import insert, next_place
from cnnviz.runs.run import ACTIVE_SQL, Origin, RunRecord, Status, parsed
from cnnviz.runs.store import Store
from cnnviz.runs.sweeps.plan import SweepPlan
from cnnviz.runs.sweeps.suggest import Result

_T = TypeVar("_T")
SweepStatus = Literal["running", "finished", "stopped"]
MOST_RUNNING = 20  # sweeps; a stuck key must not fill the disk
_LONGEST_NAME = 60


@dataclass(frozen=True)
class Sweep:
    """One row."""

    id: int
    name: str
    owner: str
    plan: SweepPlan
    status: SweepStatus
    created: float
    ended: float | None
    error: CnnvizError | None  # why it stopped by itself
    asked: int  # settings proposed so far, those that made no run included


@dataclass(frozen=True)
class Trial:
    """A run as its sweep sees it."""

    run: int
    number: int
    status: Status
    config: TrainConfig
    accuracy: float | None
    epochs_done: int
    seconds: float
    starts: int  # workers that were started for it


@dataclass(frozen=True)
class Usage:
    """What a sweep has under way and has used up."""

    under_way: int  # runs that train, wait or are paused
    waiting: int  # of these
    seconds: float  # of training, all runs together

    def has_spent(self, minutes: float | None) -> bool:
        """Whether a budget of so many minutes is used up."""
        return minutes is not None and self.seconds >= 60 * minutes


def start(store: Store, plan: SweepPlan, owner: str = "", name: str = "") -> int:
    """A new sweep that is running; returns its number. Raises RunError if one of this owner is running already."""
    with store.writing() as connection:
        running = connection.execute("SELECT id, owner FROM sweeps WHERE status = 'running'").fetchall()
        own = next((row["id"] for row in running if row["owner"] == owner), None)
        if own is not None:
            raise RunError(N_("Your sweep {sweep} is running: stop it first, or wait until it ends."), sweep=own)
        if len(running) >= MOST_RUNNING:
            raise RunError(N_("{count} sweeps are running already. Wait until one of them ends."), count=len(running))
        cursor = connection.execute(
            "INSERT INTO sweeps (name, owner, plan, status, created) VALUES (?, ?, ?, 'running', ?)",
            (line(name, _LONGEST_NAME), owner, plan.to_json(), time.time()),
        )
        return int(cursor.lastrowid or 0)


def sweep(store: Store, sweep_id: int) -> Sweep:
    """Raises RunError if there is no such sweep."""
    found = _select(store, "WHERE id = ?", sweep_id)
    if not found:
        raise RunError(N_("There is no sweep {sweep}. Choose one of the list."), sweep=sweep_id)
    return found[0]


def sweeps(store: Store, limit: int = 50) -> list[Sweep]:
    """Newest first: those that run, and those that have runs which are not deleted."""
    return _select(
        store,
        "WHERE status = 'running' OR EXISTS (SELECT 1 FROM runs WHERE sweep = sweeps.id AND deleted IS NULL) "
        "ORDER BY id DESC LIMIT ?",
        limit,
    )


def running(store: Store) -> list[Sweep]:
    """Those that may propose more, oldest first."""
    return _select(store, "WHERE status = ? ORDER BY id", "running")


def trials(store: Store, sweep_id: int) -> list[Trial]:
    """Its runs in the order they were proposed, deleted ones left out."""
    with store.reading() as connection:
        rows = connection.execute(
            "SELECT id, trial, status, config, best_accuracy, epochs_done, seconds, starts FROM runs "
            "WHERE sweep = ? AND deleted IS NULL ORDER BY trial",
            (sweep_id,),
        ).fetchall()
    return [trial for row in rows if (trial := _readable(row, _to_trial)) is not None]


def usage(store: Store, sweep_id: int) -> Usage:
    """Counts and sums, without reading all of its runs."""
    with store.reading() as connection:
        row = connection.execute(
            f"SELECT COALESCE(SUM({ACTIVE_SQL}), 0) AS under_way, "
            "COALESCE(SUM(status = 'queued'), 0) AS waiting, COALESCE(SUM(seconds), 0) AS seconds "
            "FROM runs WHERE sweep = ? AND deleted IS NULL",
            (sweep_id,),
        ).fetchone()
    return Usage(**dict(row))


def best_until(store: Store, sweep_id: int, epoch: int) -> dict[int, float]:
    """Run -> its best accuracy up to `epoch`, of those that came so far."""
    with store.reading() as connection:
        found = connection.execute(
            "SELECT runs.id AS run, MAX(json_extract(body, '$.test_accuracy')) AS best, "
            "MAX(json_extract(body, '$.epoch')) AS last "
            "FROM runs JOIN events ON events.run = runs.id "
            "WHERE runs.sweep = ? AND runs.deleted IS NULL AND progress IS NULL "
            "AND json_extract(body, '$.event') = 'EpochEnd' AND json_extract(body, '$.epoch') <= ? GROUP BY runs.id",
            (sweep_id, epoch),
        ).fetchall()
    return {row["run"]: row["best"] for row in found if row["last"] == epoch}


def records(store: Store, sweep_id: int) -> list[RunRecord]:
    """The same as full records."""
    return store.select("WHERE runs.sweep = ? AND deleted IS NULL ORDER BY trial", (sweep_id,))


def results(plan: SweepPlan, found: list[Trial]) -> list[Result]:
    """What is known of each run. One that diverged or failed before its first epoch was worth nothing: accuracy 0."""
    return [Result(plan.values_of(trial.config), _worth(trial)) for trial in found]


def _worth(trial: Trial) -> float | None:
    return 0.0 if trial.accuracy is None and trial.status in ("diverged", "failed") else trial.accuracy


def add_trial(store: Store, now: Sweep, config: TrainConfig | None) -> int | None:
    """Put the next run of the sweep into the queue, unless another process was first or the sweep was stopped.

    `config` None: what was proposed makes no run, and is passed over. Returns the run's number, or None.
    """
    with store.writing() as connection:
        cursor = connection.execute(
            "UPDATE sweeps SET asked = asked + 1 WHERE id = ? AND asked = ? AND status = 'running'",
            (now.id, now.asked),
        )
        if cursor.rowcount == 0 or config is None:
            return None
        return insert(connection, config, Origin(now.owner, sweep=now.id, trial=now.asked))


def finish(store: Store, sweep_id: int, error: CnnvizError | None = None) -> None:
    """The budget is spent, or the sweep cannot go on for the reason given."""
    text = error.to_json() if error is not None else None
    _set_status(store, sweep_id, "finished" if error is None else "stopped", text)


def stop(store: Store, sweep_id: int) -> list[int]:
    """No more runs; returns those under way, which the caller stops. Everything learnt stays."""
    _set_status(store, sweep_id, "stopped", None)
    with store.reading() as connection:
        rows = connection.execute(f"SELECT id FROM runs WHERE sweep = ? AND {ACTIVE_SQL}", (sweep_id,)).fetchall()
    return [row["id"] for row in rows]


def resume(store: Store, sweep_id: int) -> None:
    """A stopped sweep takes up the runs that were stopped, each after its last complete epoch, then proposes again, as
    far as its budget goes. Raises RunError as `start` does.
    """
    now = sweep(store, sweep_id)
    with store.writing() as connection:
        other = connection.execute(
            "SELECT id FROM sweeps WHERE status = 'running' AND owner = ? AND id != ?", (now.owner, sweep_id)
        ).fetchone()
        if other is not None:
            raise RunError(
                N_("Your sweep {sweep} is running: stop it first, or wait until it ends."), sweep=other["id"]
            )
        cursor = connection.execute(
            "UPDATE sweeps SET status = 'running', ended = NULL, error = NULL WHERE id = ? AND status = 'stopped'",
            (sweep_id,),
        )
        if cursor.rowcount:
            _take_up(connection, sweep_id)


def _take_up(connection: sqlite3.Connection, sweep_id: int) -> None:
    """Its stopped runs join the end of the queue; one that has not obeyed yet just trains on."""
    connection.execute(
        "UPDATE runs SET command = NULL WHERE sweep = ? AND status = 'running' AND command = 'stop'", (sweep_id,)
    )
    stopped = connection.execute(
        "SELECT id FROM runs WHERE sweep = ? AND status = 'stopped' AND deleted IS NULL ORDER BY trial", (sweep_id,)
    ).fetchall()
    for row in stopped:
        connection.execute(
            # without a token: one that was stopped while it was paused may still have a worker, who is to leave
            "UPDATE runs SET status = 'queued', place = ?, starts = 0, command = NULL, claim = NULL, pid = NULL, "
            "ended = NULL, error = NULL, reason = '' WHERE id = ?",
            (next_place(connection), row["id"]),
        )


def _set_status(store: Store, sweep_id: int, status: SweepStatus, error: str | None) -> None:
    with store.writing() as connection:
        connection.execute(
            "UPDATE sweeps SET status = ?, error = ?, ended = ? WHERE id = ? AND status = 'running'",
            (status, error, time.time(), sweep_id),
        )


def _select(store: Store, rest: str, value: object) -> list[Sweep]:
    with store.reading() as connection:
        rows = connection.execute(f"SELECT * FROM sweeps {rest}", (value,)).fetchall()
    return [found for row in rows if (found := _readable(row, _to_sweep)) is not None]


def _readable(row: sqlite3.Row, read: Callable[[sqlite3.Row], _T]) -> _T | None:
    try:
        return read(row)
    except (ConfigurationError, ValueError, TypeError, KeyError):  # of a version with other parameters
        return None


@lru_cache(maxsize=128)
def _plan(text: str) -> SweepPlan:
    return SweepPlan.from_json(text)


def _to_sweep(row: sqlite3.Row) -> Sweep:
    return Sweep(
        id=row["id"],
        name=row["name"],
        owner=row["owner"],
        plan=_plan(row["plan"]),
        status=row["status"],
        created=row["created"],
        ended=row["ended"],
        error=RunError.from_json(row["error"]) if row["error"] else None,
        asked=row["asked"],
    )


def _to_trial(row: sqlite3.Row) -> Trial:
    return Trial(
        run=row["id"],
        number=row["trial"],
        status=row["status"],
        config=parsed(row["config"]),
        accuracy=row["best_accuracy"],
        epochs_done=row["epochs_done"],
        seconds=row["seconds"],
        starts=row["starts"],
    )

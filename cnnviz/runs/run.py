"""Run: what is known of one, and the table `runs` with what its rows mean. Knows nothing of processes or torch.

A column more is a line of `RunRecord`, or of `BOOKKEEPING` if the store alone reads it, and the one place that fills
it: the table, `select` and `to_record` follow, and a file that lacks the column is given it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_type_hints

from cnnviz.base.errors import CnnvizError, RunError
from cnnviz.engine.config import TrainConfig

Status = Literal["queued", "running", "paused", "finished", "stopped", "pruned", "diverged", "failed", "interrupted"]
Command = Literal["pause", "stop"]

LOADING = "loading"  # its process has not taken the first step of this segment yet
ACTIVE: tuple[Status, ...] = ("queued", "running", "paused")
ACTIVE_SQL = f"status IN {ACTIVE!r}"  # a tuple of words is written in SQL as in Python
STATUSES: tuple[Status, ...] = get_args(Status)
RESUMABLE: tuple[Status, ...] = ("paused", "interrupted", "failed")
LR_SCALABLE: tuple[Status, ...] = ("running", "paused")  # its learning rate can be scaled
REWINDABLE: tuple[Status, ...] = ("finished", "stopped", "diverged", "interrupted", "failed")  # from any kept epoch


def _as_it_is(value: Any) -> Any:
    return value


@dataclass(frozen=True)
class Column:
    """Where a field of `RunRecord` is read from: a column of its name, or an expression that `select` adds."""

    sql: str  # type and constraints; a column that comes later needs a default, or no NOT NULL
    read: Callable[[Any], Any] = _as_it_is  # what is in the row -> the field
    is_joined: bool = False  # `sql` is an expression of `select`


@lru_cache(maxsize=1024)
def parsed(config: str) -> TrainConfig:
    """A configuration is frozen: the lists of all visitors can share it. Raises as `TrainConfig.from_json` does."""
    return TrainConfig.from_json(config)


def _error(text: str | None) -> CnnvizError | None:
    return RunError.from_json(text) if text else None


def _tags(text: str | None) -> tuple[str, ...]:
    return tuple(sorted(text.split("\n"))) if text else ()


_TAGS = "(SELECT GROUP_CONCAT(tag, CHAR(10)) FROM tags WHERE tags.run = runs.id)"


@dataclass(frozen=True)
class RunRecord:
    """One row of the store. Times are seconds since 1970."""

    id: Annotated[int, Column("INTEGER PRIMARY KEY AUTOINCREMENT")]
    name: Annotated[str, Column("TEXT NOT NULL")]  # "lenet5-digits" unless the owner chose one
    config: Annotated[TrainConfig, Column("TEXT NOT NULL", parsed)]
    status: Annotated[Status, Column("TEXT NOT NULL")]
    owner: Annotated[str, Column("TEXT NOT NULL")]
    created: Annotated[float, Column("REAL NOT NULL")]
    started: Annotated[float | None, Column("REAL")]  # the first step of the first segment; None while it only waits
    ended: Annotated[float | None, Column("REAL")]
    pid: Annotated[int | None, Column("INTEGER")]  # of the process that trains it or holds it paused
    error: Annotated[CnnvizError | None, Column("TEXT", _error)]  # why it failed, as a sentence
    epochs_done: Annotated[int, Column("INTEGER NOT NULL DEFAULT 0")]
    command: Annotated[Command | None, Column("TEXT")]  # asked for, not yet obeyed
    test_accuracy: Annotated[float | None, Column("REAL")]  # after the last complete epoch, 0..1
    seconds: Annotated[float, Column("REAL NOT NULL DEFAULT 0")]  # of the complete epochs, evaluation included
    seq: Annotated[int, Column("INTEGER NOT NULL DEFAULT 0")]  # number of the latest event; 0 before the first
    directory: Path  # checkpoints and the worker's log
    best_accuracy: Annotated[float | None, Column("REAL")] = None  # of all complete epochs, on the test pictures
    notes: Annotated[str, Column("TEXT NOT NULL DEFAULT ''")] = ""
    tags: Annotated[tuple[str, ...], Column(_TAGS, _tags, is_joined=True)] = ()
    parent: Annotated[int | None, Column("INTEGER")] = None  # the run it was made from, "again, but ..."
    sweep: Annotated[int | None, Column("INTEGER")] = None  # that proposed it
    # number of the owner, if it is a browser that has been here
    visitor: Annotated[int | None, Column("visitors.number", is_joined=True)] = None
    # what the owner wants to be called
    visitor_name: Annotated[str, Column("COALESCE(visitors.name, '')", is_joined=True)] = ""
    lr_scale: Annotated[float, Column("REAL NOT NULL DEFAULT 1")] = 1.0  # in force
    asked_lr_scale: Annotated[float | None, Column("REAL")] = None  # not yet obeyed
    lr_changes: Annotated[int, Column("INTEGER NOT NULL DEFAULT 0")] = 0  # how often somebody scaled the rate
    resumed_after: Annotated[int | None, Column("INTEGER")] = None  # the epoch that somebody last had it go on after
    paused_at: Annotated[float | None, Column("REAL")] = None
    # of its end: see engine.events.Reason and runs.process; LOADING until it has begun
    reason: Annotated[str, Column("TEXT NOT NULL DEFAULT ''")] = ""
    heartbeat: Annotated[float, Column("REAL NOT NULL DEFAULT 0")] = 0.0  # when its process last said that it lives
    best_epoch: Annotated[int, Column("INTEGER", lambda epoch: epoch or 0)] = 0  # of the smallest loss; 0: not known

    @property
    def is_active(self) -> bool:
        """Whether it trains, waits or is paused: whether it may still change by itself."""
        return self.status in ACTIVE

    @property
    def ended_early(self) -> bool:
        """Whether it is finished because its patience ran out."""
        return self.status == "finished" and self.reason == "early"

    @property
    def is_rewindable(self) -> bool:
        """Whether it may go on from an earlier epoch. A sweep compares its runs as they are."""
        return self.status in REWINDABLE and self.sweep is None

    @property
    def log(self) -> Path:
        """Where its worker writes what it has to say."""
        return self.directory / "worker.log"


# The columns that no record has, and their SQL.
BOOKKEEPING = {
    "place": "INTEGER NOT NULL DEFAULT 0",  # in the queue: of one owner's runs the smallest goes first
    "turn": "INTEGER NOT NULL DEFAULT 0",  # when it was last started: 1, 2, 3 ... of all starts
    "starts": "INTEGER NOT NULL DEFAULT 0",  # how often
    "claim": "TEXT",  # the token of the worker that may write
    "process": "TEXT NOT NULL DEFAULT ''",  # tells the process from a later one with the same pid
    "progress_seen": "INTEGER NOT NULL DEFAULT 0",
    "progress_stride": "INTEGER NOT NULL DEFAULT 1",
    "from_epoch": "INTEGER",  # the next start goes on after it; NULL: the last
    "trial": "INTEGER",  # its number in the sweep, from 0
    "network": "TEXT NOT NULL DEFAULT ''",  # what is in `config`, to sort and filter by
    "data": "TEXT NOT NULL DEFAULT ''",
    "deleted": "REAL",  # when; NULL: it is there
    "together": "INTEGER",  # the first of the runs that were asked for as one; NULL: it was asked for alone
}
_INDEXES = (
    "CREATE INDEX runs_by_status ON runs (status, place)",
    "CREATE INDEX runs_by_owner ON runs (owner, turn)",
    "CREATE INDEX runs_by_data ON runs (data, owner, best_accuracy)",
    "CREATE INDEX runs_deleted ON runs (deleted) WHERE deleted IS NOT NULL",
    "CREATE UNIQUE INDEX runs_by_trial ON runs (sweep, trial) WHERE sweep IS NOT NULL",
)


@cache
def columns() -> dict[str, Column]:
    """Field of `RunRecord` -> where it is read from."""
    hints = get_type_hints(RunRecord, include_extras=True).items()
    return {name: column for name, hint in hints for column in getattr(hint, "__metadata__", ())}


def statements_due(present: Collection[str]) -> list[str]:
    """The SQL that the table `runs` needs whose columns are `present`: all of it if there are none."""
    own = {name: column.sql for name, column in columns().items() if not column.is_joined}
    missing = [f"{name} {sql}" for name, sql in {**own, **BOOKKEEPING}.items() if name not in present]
    if not present:
        return [f"CREATE TABLE runs ({', '.join(missing)})", *_INDEXES]
    return [f"ALTER TABLE runs ADD COLUMN {column}" for column in missing]


@cache
def select() -> str:
    """SQL for runs with their tags and their owner's name; conditions and order follow: see `Store.select`."""
    joined = ", ".join(f"{column.sql} AS {name}" for name, column in columns().items() if column.is_joined)
    return f"SELECT runs.*, {joined} FROM runs LEFT JOIN visitors ON visitors.id = runs.owner"


def to_record(row: sqlite3.Row, directory: Path) -> RunRecord:
    """`row` of `select`; `directory`: where its checkpoints lie. Raises as `TrainConfig.from_json` does."""
    values = {name: column.read(row[name]) for name, column in columns().items()}
    return RunRecord(directory=directory, **values)


@dataclass(frozen=True)
class Holder:
    """The process that has a run, as it wrote itself down. `pid` is None until a started worker has done so."""

    run_id: int
    status: Status
    token: str
    pid: int | None
    process: str
    heartbeat: float


@dataclass(frozen=True)
class Order:
    """What a worker is to do."""

    status: Status
    command: Command | None  # not yet obeyed
    lr_scale: float | None  # asked for and not yet told to the training


@dataclass(frozen=True)
class Origin:
    """Whose run it is, and what it was made from or for."""

    owner: str = ""  # a visitor's id; "": nobody's in particular
    name: str = ""
    parent: int | None = None
    sweep: int | None = None
    trial: int | None = None  # its number in the sweep


@dataclass(frozen=True)
class Start:
    """A run was claimed: start a worker with this token, or, if it is "", the waiting one goes on by itself."""

    run_id: int
    token: str


def to_holder(row: sqlite3.Row) -> Holder:
    """`row` has the columns of `Holder`."""
    return Holder(row["id"], row["status"], row["claim"], row["pid"], row["process"], row["heartbeat"])


def default_name(config: TrainConfig) -> str:
    """ "lenet5-digits": what a run is called that nobody has named."""
    return f"{config.network_name}-{config.data}"

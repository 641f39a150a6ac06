"""Run: what is known of one, and what the rows of its table mean: a run, who has it, what its worker is to do. Knows
nothing of processes or torch.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, get_args

from cnnviz.base.errors import CnnvizError, RunError
from cnnviz.engine.config import TrainConfig

Status = Literal["queued", "running", "paused", "finished", "stopped", "pruned", "diverged", "failed", "interrupted"]
Command = Literal["pause", "stop"]

LOADING = "loading"  # its process has not taken the first step of this stretch yet
ACTIVE: tuple[Status, ...] = ("queued", "running", "paused")
STATUSES: tuple[Status, ...] = get_args(Status)
RESUMABLE: tuple[Status, ...] = ("paused", "interrupted", "failed")
STEERABLE: tuple[Status, ...] = ("running", "paused")  # its learning rate can be turned
REWINDABLE: tuple[Status, ...] = ("finished", "stopped", "diverged", "interrupted", "failed")  # from any kept epoch


@dataclass(frozen=True)
class RunRecord:
    """One row of the store. Times are seconds since 1970."""

    id: int
    name: str  # "lenet5-digits" unless the owner chose one
    config: TrainConfig
    status: Status
    owner: str
    created: float
    started: float | None  # the first step of the first stretch; None while it only waits
    ended: float | None
    pid: int | None  # of the process that trains it or holds it paused
    error: CnnvizError | None  # why it failed, as a sentence
    epochs_done: int
    command: Command | None  # asked for, not yet obeyed
    test_accuracy: float | None  # after the last complete epoch, 0..1
    seconds: float  # of the complete epochs, evaluation included
    seq: int  # number of the latest event; 0 before the first
    directory: Path  # checkpoints and the worker's log
    best_accuracy: float | None = None  # of all complete epochs, on the test pictures
    notes: str = ""
    tags: tuple[str, ...] = ()
    parent: int | None = None  # the run it was made from, "again, but ..."
    sweep: int | None = None  # that proposed it
    visitor: int | None = None  # number of the owner, if it is a browser that has been here
    visitor_name: str = ""  # what the owner wants to be called
    factor: float = 1.0  # of the schedule's learning rate, in force
    asked_factor: float | None = None  # asked for, not yet obeyed
    turned: int = 0  # how often the learning rate was turned while it ran
    gone_on: int | None = None  # the epoch that somebody last had it go on after
    paused_at: float | None = None
    reason: str = ""  # of its end: see engine.events.Reason and runs.deaths; LOADING until it has begun
    heartbeat: float = 0.0  # when its process last said that it lives; 0: not known
    best_epoch: int = 0  # with patience: the epoch of the smallest loss; 0: not known

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


# A run with its tags and its owner's name; conditions and order follow: see `Store.select`.
SELECT = (
    "SELECT runs.*, visitors.number AS visitor, visitors.name AS visitor_name, "
    "(SELECT GROUP_CONCAT(tag, CHAR(10)) FROM tags WHERE tags.run = runs.id) AS tags "
    "FROM runs LEFT JOIN visitors ON visitors.id = runs.owner"
)


@dataclass(frozen=True)
class Holder:
    """The process that has a run, as it wrote itself down. `pid` is None until a started worker has done so."""

    run_id: int
    status: Status
    claim: str
    pid: int | None
    process: str
    heartbeat: float


@dataclass(frozen=True)
class Order:
    """What a worker is to do."""

    status: Status
    command: Command | None  # not yet obeyed
    factor: float | None  # of the learning rate, asked for and not yet told to the training


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
    """A claim was made: start a worker with this token, or, if `claim` is "", the waiting one goes on by itself."""

    run_id: int
    claim: str


def to_record(row: sqlite3.Row, directory: Path) -> RunRecord:
    """`row` of `SELECT`; `directory`: where its checkpoints lie. Raises as `TrainConfig.from_json` does."""
    return RunRecord(
        id=row["id"],
        name=row["name"],
        config=parsed(row["config"]),
        status=row["status"],
        owner=row["owner"],
        created=row["created"],
        started=row["started"],
        ended=row["ended"],
        heartbeat=row["heartbeat"],
        pid=row["pid"],
        error=RunError.from_json(row["error"]) if row["error"] else None,
        epochs_done=row["epochs_done"],
        command=row["command"],
        test_accuracy=row["test_accuracy"],
        seconds=row["seconds"],
        seq=row["seq"],
        directory=directory,
        best_accuracy=row["best_accuracy"],
        notes=row["notes"],
        tags=tuple(sorted(row["tags"].split("\n"))) if row["tags"] else (),
        parent=row["parent"],
        sweep=row["sweep"],
        visitor=row["visitor"],
        visitor_name=row["visitor_name"] or "",
        factor=row["factor"],
        asked_factor=row["asked_factor"],
        turned=row["turned"],
        gone_on=row["gone_on"],
        paused_at=row["paused_at"],
        reason=row["reason"],
        best_epoch=row["best_epoch"] or 0,
    )


def to_holder(row: sqlite3.Row) -> Holder:
    """`row` has the columns of `Holder`."""
    return Holder(row["id"], row["status"], row["claim"], row["pid"], row["process"], row["heartbeat"])


@lru_cache(maxsize=1024)
def parsed(config: str) -> TrainConfig:
    """A configuration is frozen: the lists of all visitors can share it. Raises as `TrainConfig.from_json` does."""
    return TrainConfig.from_json(config)


def default_name(config: TrainConfig) -> str:
    """ "lenet5-digits": what a run is called that nobody has named."""
    return f"{config.network_name}-{config.data}"

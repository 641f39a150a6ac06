"""What the rows of the table of runs mean: a run, who has it, what its worker is to do."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cnnviz.base.errors import RunError
from cnnviz.engine.config import TrainConfig
from cnnviz.runs.run import Command, RunRecord, Status

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

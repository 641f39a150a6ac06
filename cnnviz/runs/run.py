"""What is known of a run. Plain data: no SQL, no processes, no torch."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from cnnviz.base.errors import CnnvizError
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

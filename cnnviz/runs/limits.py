"""Limits: how much may run at once, and one visitor's share of it, by three environment variables. No SQL, no torch."""

from __future__ import annotations

import os
from dataclasses import dataclass

from cnnviz.base.machine import cores, whole

PARK_SECONDS = 15 * 60.0  # a paused training gives its memory back after so long
STOP_SECONDS = 5.0  # that a step may still take once somebody wants the run to stop


@dataclass(frozen=True)
class Share:
    """What one visitor may have under way."""

    running: int = 1
    waiting: int = 1

    @property
    def most(self) -> int:
        """Runs that train, wait or are paused, together."""
        return self.running + self.waiting


def runs_at_once() -> int:
    """How many runs train at the same time: `CNNVIZ_RUNS_AT_ONCE`, else 1.

    One, because a class that watches one run together learns more than one that shares a GPU.
    """
    return whole("CNNVIZ_RUNS_AT_ONCE", 1)


def share() -> Share:
    """One visitor's share: `CNNVIZ_RUNNING_EACH` and `CNNVIZ_WAITING_EACH`, else 1 and 1."""
    return Share(whole("CNNVIZ_RUNNING_EACH", 1), whole("CNNVIZ_WAITING_EACH", 1))


def threads_each() -> int | None:
    """Threads of a training where several may run at once; None where one has the machine, or somebody has said how
    many (`CNNVIZ_THREADS`): the engine's own choice.

    The cores shared by the runs there may be, not by those there are: another number of threads sums in another order,
    and a run that is resumed would not end with the very weights of one that was not.
    """
    at_once = runs_at_once()
    return max(1, cores() // at_once) if at_once > 1 and "CNNVIZ_THREADS" not in os.environ else None

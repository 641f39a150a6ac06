"""Arithmetic of a run: the number format and the threads of its steps, and what was measured before. No torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

from cnnviz.base.locale import N_
from cnnviz.engine.hyperparameters import HYPERPARAMETERS

FASTEST = "fastest"  # the precision of a configuration whose run finds out by itself: fastest.py
FORMATS = tuple(name for name in HYPERPARAMETERS["precision"].choices if name != FASTEST)
_MOST_THREADS = 4096


@dataclass(frozen=True)
class Trial:
    """One way to compute, by the clock."""

    precision: str
    threads: int
    # forward and backward pass of a hundred pictures; None: the network cannot be computed so
    milliseconds: float | None


@dataclass(frozen=True)
class Arithmetic:
    """How the steps of a run are computed. Its `trials`, the chosen one first, are empty where nothing was measured."""

    precision: str = "float32"
    threads: int = 0  # of torch on the CPU; 0: not known
    trials: tuple[Trial, ...] = ()

    @classmethod
    def from_fields(cls, values: Mapping[str, Any]) -> Arithmetic:
        """The inverse of `dataclasses.asdict`, also through JSON. Raises ValueError, TypeError or KeyError."""
        precision, threads = values["precision"], values["threads"]
        if precision not in (*FORMATS, FASTEST) or type(threads) is not int or not 0 <= threads <= _MOST_THREADS:
            raise ValueError(values)
        return cls(precision, threads, tuple(_trial(**each) for each in values["trials"]))

    def sentence(self, translated: Callable[..., str]) -> str:
        """What was measured, in the language of `translated`; "" if nothing was."""
        if not self.trials:
            return ""
        said = (_words(trial, translated) for trial in self.trials)
        ways = reduce(lambda first, second: translated(N_("{first}; {second}"), first=first, second=second), said)
        return translated(N_("Chosen by timing a hundred pictures forwards and backwards: {ways}"), ways=ways)


def _trial(precision: str, threads: int, milliseconds: float | None) -> Trial:
    return Trial(str(precision), int(threads), None if milliseconds is None else float(milliseconds))


def _words(trial: Trial, translated: Callable[..., str]) -> str:
    """ "bfloat16, 1 thread: 5.4 ms" """
    way = translated(
        N_("{precision}, 1 thread") if trial.threads == 1 else N_("{precision}, {threads} threads"),
        precision=trial.precision,
        threads=trial.threads,
    )
    if trial.milliseconds is None:
        return translated(N_("{way}: not possible for this network"), way=way)
    return translated(N_("{way}: {milliseconds} ms"), way=way, milliseconds=f"{trial.milliseconds:.3g}")

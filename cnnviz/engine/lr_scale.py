"""What a running training was told about its learning rate, and from which step on: kept, so that it can be replayed.

A run that is resumed turns again where it was turned, and ends with the weights of an undisturbed one.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from pathlib import Path

from cnnviz.base.errors import CheckpointError, ConfigurationError
from cnnviz.base.files import write_atomically
from cnnviz.base.locale import N_
from cnnviz.engine.events import Steering

_FILE = "steering.json"


class Turns:
    """(steps taken in the whole run, factor of the schedule's learning rate from there on), in order."""

    def __init__(self, directory: Path | None) -> None:
        self._file = None if directory is None else directory / _FILE
        self._turns: list[tuple[int, float]] = []

    def read(self) -> None:
        """Those that are on disk. Raises CheckpointError if the file is broken."""
        if self._file is None or not self._file.is_file():
            return
        try:
            turns = json.loads(self._file.read_text(encoding="utf-8"))
            self._turns = [(int(step), Steering(factor).learning_rate_factor) for step, factor in turns]
        except (OSError, ValueError, TypeError, ConfigurationError) as error:
            raise CheckpointError(
                N_("{file} is broken, and the run cannot be continued exactly. Start a new run."), file=_FILE
            ) from error

    def forget(self) -> None:
        """A run begins anew."""
        self._turns = []
        if self._file is not None:
            self._file.unlink(missing_ok=True)

    def turn(self, step: int, steering: Steering) -> None:
        """From `step` on another factor; what was to come later is forgotten: somebody took the wheel."""
        self._turns = [*(turn for turn in self._turns if turn[0] < step), (step, steering.learning_rate_factor)]
        if self._file is not None:
            write_atomically(self._file, json.dumps(self._turns).encode())

    def factor(self, step: int) -> float:
        """The factor of the step that comes after `step` steps."""
        index = bisect_right(self._turns, step, key=lambda turn: turn[0])
        return self._turns[index - 1][1] if index else 1.0

    def until(self, step: int) -> tuple[tuple[float, float], ...]:
        """Those that happened before the step after `step` steps, for a card."""
        return tuple((float(at), factor) for at, factor in self._turns if at < step)

"""Log of learning rate scales: what a running training was told, and from which step on, kept so as to be replayed.

A run that is resumed scales again where it was scaled, and ends with the weights of an undisturbed one.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from pathlib import Path

from cnnviz.base.errors import CheckpointError, ConfigurationError
from cnnviz.base.files import write_atomically
from cnnviz.base.locale import N_
from cnnviz.engine.events import SetLrScale

_FILE = "steering.json"


class LrScaleLog:
    """(steps taken in the whole run, factor of the schedule's learning rate from there on), in order."""

    def __init__(self, directory: Path | None) -> None:
        self._file = None if directory is None else directory / _FILE
        self._changes: list[tuple[int, float]] = []

    def read(self) -> None:
        """Those that are on disk. Raises CheckpointError if the file is broken."""
        if self._file is None or not self._file.is_file():
            return
        try:
            changes = json.loads(self._file.read_text(encoding="utf-8"))
            self._changes = [(int(step), SetLrScale(factor).learning_rate_factor) for step, factor in changes]
        except (OSError, ValueError, TypeError, ConfigurationError) as error:
            raise CheckpointError(
                N_("{file} is broken, and the run cannot be continued exactly. Start a new run."), file=_FILE
            ) from error

    def clear(self) -> None:
        """A run begins anew."""
        self._changes = []
        if self._file is not None:
            self._file.unlink(missing_ok=True)

    def record(self, step: int, order: SetLrScale) -> None:
        """From `step` on another factor; what was to come later is forgotten: somebody decides anew."""
        self._changes = [*(change for change in self._changes if change[0] < step), (step, order.learning_rate_factor)]
        if self._file is not None:
            write_atomically(self._file, json.dumps(self._changes).encode())

    def factor(self, step: int) -> float:
        """The factor of the step that comes after `step` steps."""
        index = bisect_right(self._changes, step, key=lambda change: change[0])
        return self._changes[index - 1][1] if index else 1.0

    def until(self, step: int) -> tuple[tuple[float, float], ...]:
        """Those that happened before the step after `step` steps, for a card."""
        return tuple((float(at), factor) for at, factor in self._changes if at < step)

"""Time that was worked, without the time spent waiting for whoever asked."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Stopwatch:
    """Runs from the moment it is made, except inside `with watch.paused():`."""

    def __init__(self) -> None:
        self._start = time.perf_counter()
        self._away = 0.0

    def seconds(self) -> float:
        return time.perf_counter() - self._start - self._away

    @contextmanager
    def paused(self) -> Iterator[None]:
        left = time.perf_counter()
        try:
            yield
        finally:
            self._away += time.perf_counter() - left

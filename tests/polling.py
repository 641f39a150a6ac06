"""Polling: wait until something is so, however busy the machine. The one place in the tests that sleeps."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 300.0  # seconds that anything may take on a busy machine before a test gives up
_PAUSE = 0.01  # seconds between two looks


def until(condition: Callable[[], bool], seconds: float = PATIENCE) -> float:
    """Wait until `condition` holds; returns how long it took. Raises AssertionError after so many `seconds`."""
    start = time.monotonic()
    while not condition():
        assert time.monotonic() - start < seconds, "it did not happen"
        time.sleep(_PAUSE)
    return time.monotonic() - start

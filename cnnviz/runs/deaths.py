"""Death of a worker that had not said so itself: by which signal, and whether the machine's memory ran out."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

MEMORY = "memory"  # the system ended it for want of memory
SIGNAL = "signal "  # and its number
KILLED = SIGNAL + "9"  # it was ended from outside, as the system does when memory runs out
KEYBOARD = SIGNAL + "2"  # Ctrl-C on the command line
_VMSTAT = Path("/proc/vmstat")


def cause(return_code: int, kills_before: int | None) -> str:
    """MEMORY, "signal N", or "" where it left by itself. `kills_before`: `memory_kills()` when it was started."""
    if return_code >= 0:  # POSIX gives a signal as a negative number
        return ""
    kills = memory_kills()
    if return_code == -9 and kills is not None and kills_before is not None and kills > kills_before:
        return MEMORY
    return f"{SIGNAL}{-return_code}"


def memory_kills() -> int | None:
    """How many processes the system has ended for want of memory since it was started; None: it does not say."""
    with suppress(OSError, ValueError):
        for line in _VMSTAT.read_text().splitlines():
            name, _, count = line.partition(" ")
            if name == "oom_kill":
                return int(count)
    return None

"""How many look at a run as it goes. The more they are, the less often each is told, so that training keeps its core.

A look costs the server some 15 to 30 milliseconds of processor time, whoever looks.
"""

from __future__ import annotations

import threading
import time

from streamlit.runtime.scriptrunner import get_script_run_ctx

LOOKS = 10.0  # a second, of all visitors together
_GONE = 15.0  # seconds after which a session that has not looked is no longer counted
_STEADY = 0.7  # of the limit: one who comes and goes must not change the pace each time

_LOCK = threading.Lock()
_SEEN: dict[str, float] = {}  # session -> when it looked last


def pace(fast: float, slow: float, before: float | None = None) -> float:
    """Seconds between two looks of this session: `fast` for a few, doubled as they become more, at most `slow`.

    `before`: the pace it has now; it becomes faster only when there is room to spare.
    """
    count = _count()
    found = fast
    while found < slow and count / found > LOOKS * (_STEADY if before is not None and found < before else 1.0):
        found *= 2
    return min(found, slow)


def _count() -> int:
    """Sessions that look, with this one."""
    context = get_script_run_ctx()
    now = time.monotonic()
    with _LOCK:
        if context is not None:
            _SEEN[context.session_id] = now
        for session in [session for session, seen in _SEEN.items() if now - seen > _GONE]:
            del _SEEN[session]
        return len(_SEEN)

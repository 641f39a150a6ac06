"""Garbage collection when it is quiet, in a thread of its own.

Streamlit's own collection after every run walks the heap while the visitor who comes next waits.
`.streamlit/config.toml` turns that off.
"""

from __future__ import annotations

import ctypes
import gc
import sys
import threading
import time
from contextlib import suppress

_LOOK = 0.25  # seconds between two looks whether it is quiet
_EVERY = 10.0  # seconds between two collections, if it is quiet then
_AT_LEAST = 60.0  # seconds after which it is done though it is not
_SCRIPT = "ScriptRunner"  # how Streamlit's script threads are called; one lives for a run


def begin() -> None:
    """Start the thread. Returns at once."""
    threading.Thread(target=_collect_for_good, name="cnnviz-collector", daemon=True).start()


def _collect_for_good() -> None:
    last = time.monotonic()
    while True:
        time.sleep(_LOOK)
        waited = time.monotonic() - last
        if waited > _AT_LEAST or (waited > _EVERY and _is_quiet()):
            collect()
            last = time.monotonic()


def _is_quiet() -> bool:
    """Whether no page is being drawn."""
    return not any(thread.name.startswith(_SCRIPT) for thread in threading.enumerate())


def collect() -> None:
    """Find what nobody holds any more, and give the memory back to the machine."""
    gc.collect()
    if sys.platform == "linux":
        with suppress(AttributeError, OSError):  # a C library without it
            ctypes.CDLL(None).malloc_trim(0)

"""Heavy imports in the background, once per server, after the first page is out.

Streamlit collects garbage after every script run, which walks every object torch made and holds all visitors up
meanwhile; after one `gc.freeze()` it has only what is new to walk (docs/benchmarks.md has the figures).
"""

from __future__ import annotations

import gc
import importlib
import sys
import threading

_HEAVY = ("pandas", "torch", "cnnviz.engine.train", "cnnviz.inspection.activations")
_FIRST_PAGE_HEAD_START = 1.0  # seconds: the page is on its way to the browser before the imports hold the GIL

_lock = threading.Lock()
_thread: threading.Thread | None = None
_done = threading.Event()
_MANY = 50  # modules that are worth another freeze
_modules = 0  # that were imported when the heap was last frozen


def begin() -> None:
    """Start the background imports unless they have been started. Returns at once."""
    global _thread
    if "pytest" in sys.modules:  # AppTest runs pages in the test's own process, which must stay as it is
        return
    with _lock:
        if _thread is None:
            _thread = threading.Thread(target=_import_and_freeze, name="cnnviz-warmup", daemon=True)
            _thread.start()


def done() -> bool:
    """Whether the heavy imports are in and the heap is frozen."""
    return _done.is_set()


def underway() -> bool:
    """Whether the heavy imports have begun and are not in yet: whoever needs torch now would wait for seconds."""
    return _thread is not None and not done()


def _import_and_freeze() -> None:
    _done.wait(_FIRST_PAGE_HEAD_START)
    for name in _HEAVY:
        importlib.import_module(name)
    importlib.import_module("cnnviz.engine.device").limit_threads()
    _freeze()
    _done.set()


def settle() -> None:
    """Freeze again what many later imports made.

    torchvision comes with the first network that needs it, and its 160,000 objects made each answer to a click wait
    for 100 ms of walking them (2 cores; without 2 ms).
    """
    with _lock:
        if done() and len(sys.modules) > _modules + _MANY:
            _freeze()


def _freeze() -> None:
    global _modules
    gc.collect()
    gc.freeze()
    _modules = len(sys.modules)

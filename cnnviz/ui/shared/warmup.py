"""Warm-up: every import of the server, once, in one thread.

Where two threads would wait for each other's imports, Python lets one of them have a half-made module. Visitors'
threads that come to NumPy by different imports (`numpy`, `numpy.typing`) meet there, and the server is broken for
everybody until it is started anew. So a visitor's thread imports nothing: it waits for what its page needs.
"""

from __future__ import annotations

import gc
import importlib
import pkgutil
import threading
from collections.abc import Iterable
from enum import Enum

from cnnviz.base.locale import LANGUAGES, translations

_HEAD_START = 1.0  # seconds: the first page is on its way to the browser before torch's import holds the GIL
_NOBODY = 5.0  # seconds without a visitor after which torch is imported all the same


class Stage(Enum):
    """What is in, with what comes before it: modules, packages of ours with everything below them; and the pages that
    need no more (`PAGES` of page.py)."""

    # Whatever runs without torch: 0.3 s, while the first browser still loads Streamlit's own code.
    PAGES = (
        (
            *("numpy", "numpy.ma", "numpy.random", "numpy.typing", "platformdirs", "safetensors.numpy", "sqlite3"),
            *(f"PIL.{name}" for name in ("Image", "ImageFile", "ImageOps", "ImageChops", "ImageSequence")),
            *(f"PIL.{name}ImagePlugin" for name in ("Bmp", "Gif", "Jpeg", "Png", "Ppm")),
            # Streamlit has imported Plotly's figures; what sending one needs besides takes 14 ms
            *(f"plotly.{name}" for name in ("offline", "animation", "exceptions", "files", "io._utils")),
            *("streamlit.material_icon_names", "encodings.ascii", "encodings.utf_8_sig"),
        ),
        ("arithmetic", "charts", "data", "runs", "ui.shared"),
    )
    # What Plotly looks at as it makes a figure: 0.4 s.
    CHARTS = (("pandas",), ())
    # Everything: 2 to 2.5 s, half of them torch, most of the others torchvision, on which networks are built.
    ALL = (("torch", "torch.utils._device", "optuna"), ("models", "engine", "inspection", "ui"))


_lock = threading.Lock()
_thread: threading.Thread | None = None
_in = {stage: threading.Event() for stage in Stage}
_torch_may_come = threading.Event()
_page_is_out = threading.Event()


def begin() -> None:
    """Start the imports unless they have been started. Returns at once."""
    global _thread
    with _lock:
        if _thread is None:
            _thread = threading.Thread(target=_import_all, name="cnnviz-warmup", daemon=True)
            _thread.start()


def wait(stage: Stage) -> None:
    """Return when `stage` is in; at once where no warm-up has begun (a test runs a page without a server)."""
    if _thread is None or _in[stage].is_set():
        return
    if stage is not Stage.PAGES:
        _torch_may_come.set()
    _in[stage].wait()


def page_is_out() -> None:
    """The head of a page is on its way: what it does not need may follow."""
    if _thread is None or _page_is_out.is_set():
        return
    _page_is_out.set()
    threading.Timer(_HEAD_START, _torch_may_come.set).start()


def is_in(stage: Stage) -> bool:
    """Whether nobody has to wait for `stage`."""
    return _thread is None or _in[stage].is_set()


def done() -> bool:
    """Whether a warm-up has come to its end."""
    return _in[Stage.ALL].is_set()


def underway() -> bool:
    """Whether imports have begun and are not in yet: whoever needs torch now would wait for seconds."""
    return _thread is not None and not done()


def _import_all() -> None:
    try:
        for stage in Stage:
            if stage is not Stage.PAGES:
                _torch_may_come.wait(_NOBODY)
            _import(stage)
            _in[stage].set()
    finally:  # whatever is missing is said on the page that needs it
        for arrived in _in.values():
            arrived.set()


def _import(stage: Stage) -> None:
    """Collecting garbage meanwhile takes a third of the time, walking a heap that only grows."""
    modules, rooms = stage.value
    gc.disable()
    try:
        _import_modules(modules)
        for room in rooms:
            package = importlib.import_module(f"cnnviz.{room}")
            _import_modules(found.name for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."))
        pages = importlib.import_module("cnnviz.ui.shared.page").PAGES  # by name: it imports this module
        _import_modules(f"cnnviz.ui.{page.name}.page" for page in pages if page.needs is stage)
        if stage is Stage.PAGES:
            _read_catalogues()
        elif stage is Stage.ALL:
            importlib.import_module("cnnviz.engine.device").limit_threads()
        gc.collect()
        gc.freeze()  # what stays for good is not walked again
    finally:
        gc.enable()


def _import_modules(names: Iterable[str]) -> None:
    for name in names:
        importlib.import_module(name)


def _read_catalogues() -> None:
    """0.1 s that every one of the first Chinese visitors would take for himself."""
    for language in LANGUAGES:
        translations(language)

"""Server start: what is done once, before the first visitor is answered."""

from __future__ import annotations

import ctypes
import gc
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.state import SafeSessionState
from streamlit.starlette import App

from cnnviz.data.own import leftovers
from cnnviz.ui.shared import warmup

_ALL = SafeSessionState.filtered_state
_CLEAR = ForwardMsgQueue.clear
_LOOK = 0.25  # seconds between two looks whether it is quiet
_EVERY = 10.0  # seconds between two collections, if it is quiet then
_AT_LEAST = 60.0  # seconds after which it is done though it is not
_SCRIPT = "ScriptRunner"  # how Streamlit's script threads are called; one lives for a run


@asynccontextmanager
async def lifespan(app: App) -> AsyncIterator[None]:
    """As long as the server answers."""
    # Else Streamlit takes `pages/` for the older kind of multipage app until it has seen `st.navigation` once, and runs
    # the page a first visitor asks for alone, with raw file names for a navigation.
    PagesManager.uses_pages_directory = False
    look_up_one_by_one()
    send_all_of_fragments()
    warmup.begin()
    threading.Thread(target=leftovers.sweep, name="cnnviz-leftovers", daemon=True).start()
    begin_collecting()
    yield


class Entries(Mapping[str, Any]):
    """What `SafeSessionState.filtered_state` says; only what is read is looked up."""

    def __init__(self, session: SafeSessionState) -> None:
        self._session = session

    def __getitem__(self, key: str) -> Any:
        with self._session._lock:
            return self._session._state[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._whole())

    def __len__(self) -> int:
        return len(self._whole())

    def __str__(self) -> str:
        return str(self._whole())

    def _whole(self) -> dict[str, Any]:
        whole: dict[str, Any] = _ALL.__get__(self._session)
        return whole


def look_up_one_by_one() -> None:
    """From now on, for every session of this server."""
    SafeSessionState.filtered_state = property(Entries)  # type: ignore[method-assign,assignment]  # Streamlit offers no other way


def send_all_of_fragments() -> None:
    """What a run of a fragment has drawn is sent, also where its next run begins before that.

    Streamlit would drop it, but not what fragments inside it have drawn: where nothing was in their places before, the
    browser throws the whole page away ("Bad delta path index").
    """
    ForwardMsgQueue.clear = _clear  # type: ignore[method-assign,assignment]  # Streamlit offers no other way


def _clear(
    queue: ForwardMsgQueue, retain_lifecycle_msgs: bool = False, fragment_ids_this_run: list[str] | None = None
) -> None:
    if fragment_ids_this_run is None:
        _CLEAR(queue, retain_lifecycle_msgs)
    else:
        queue._delta_index_map = {}  # nothing of the run that begins may take a place before its beginning


def begin_collecting() -> None:
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

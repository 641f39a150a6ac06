"""Pretrained weights fetched in the background: one download however many ask, given up when nobody waits any more.

A thread suffices, since it only waits for the network. Knows nothing of pages: whoever waits says so now and then.
"""

from __future__ import annotations

import threading
import time

from cnnviz.base.errors import CnnvizError, DownloadError
from cnnviz.base.locale import N_
from cnnviz.models import pretrained
from cnnviz.models.zoo import MODEL_FACTS

PATIENCE = 90.0  # seconds without a word from anybody: browsers let a hidden tab speak once a minute
_BYTES_PER_WEIGHT = 4


class Download:
    """The published weights of one network on their way; `begin` makes it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.done, self.total = 0, expected_bytes(name)  # the total is the server's own once it has answered
        self.error: CnnvizError | None = None
        self._wanted = time.monotonic()
        self._thread = threading.Thread(target=self._run, name=f"weights of {name}", daemon=True)

    @property
    def is_running(self) -> bool:
        """Whether bytes may still come."""
        return self._thread.is_alive()

    @property
    def share(self) -> float:
        """How much is here, 0..1."""
        return min(1.0, self.done / self.total)

    def want(self) -> None:
        """Somebody still waits for it."""
        self._wanted = time.monotonic()

    def wait(self, seconds: float | None = None) -> None:
        """Until it has ended, or for so long."""
        self._thread.join(seconds)

    def _run(self) -> None:
        try:
            pretrained.fetch(self.name, self._hear)
        except _GivenUpError:
            pass
        except CnnvizError as error:
            self.error = error
        except Exception as error:  # a thread's traceback would be seen by nobody
            self.error = DownloadError(_FAILED, name=MODEL_FACTS[self.name].title, reason=type(error).__name__)

    def _hear(self, done: int, total: int) -> None:
        self.done, self.total = done, total or self.total
        if time.monotonic() - self._wanted > PATIENCE:
            raise _GivenUpError


def expected_bytes(name: str) -> int:
    """What the file will weigh: 4 bytes a weight, before the server has said."""
    return MODEL_FACTS[name].params * _BYTES_PER_WEIGHT


def begin(name: str) -> Download:
    """The download of `name` that is running, else a new one."""
    with _lock:
        found = _downloads.get(name)
        if found is None or not found.is_running:
            found = _downloads[name] = Download(name)
            found._thread.start()
        found.want()
        return found


def underway(name: str) -> Download | None:
    """The download of `name`, if one is running."""
    found = _downloads.get(name)
    return found if found is not None and found.is_running else None


class _GivenUpError(Exception):
    """Nobody waits for it any more."""


_downloads: dict[str, Download] = {}  # at most one for each network of the zoo
_lock = threading.Lock()
_FAILED = N_("The pretrained weights of {name} could not be fetched ({reason}). Try again, or take fresh weights.")

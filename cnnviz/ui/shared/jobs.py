"""Background jobs: computations of over a second, each a generator in a thread, kept for one visitor's session.

A page says at every run what it wants computed (`start`), and draws what there is of it (`latest`, or `follow`, which
looks again while there is more to come). A few run at once, for all visitors of a server; the others wait in turn.
A job ends when something else is wanted under its key, when it is cancelled, and when nobody looks any more: then it
is forgotten, and the next `start` begins it anew. Between two values nothing can end it, so a step should be short.
Knows nothing of what is computed, and no torch.
"""

from __future__ import annotations

import atexit
import logging
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Generator, Hashable
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from cnnviz.base.errors import CnnvizError
from cnnviz.base.locale import N_
from cnnviz.ui.shared.i18n import _, sentence
from cnnviz.ui.shared.page import errors_as_sentences

MOST_RUNNING = 4  # threads of a server: more would only make each other wait for two cores
_MOST_KEPT = 64  # jobs of all visitors, with what they came to
_GONE = 10.0  # seconds without a look: the visitor has left the page, or the browser lets its tab sleep
_EVERY = 0.4  # seconds between two looks
_LAST_STEPS = 10.0  # seconds that the end of the process waits for steps under way
_AT_FIRST = 0.15  # seconds that a page waits for a job to end: what is quick is drawn once, finished

_BROKEN = N_("This could not be computed; the server's log says why. Choose other settings and try again.")

_LOG = logging.getLogger(__name__)

Steps = Generator[Any, None, None]


class Latest(NamedTuple):
    """What a job has come to. Without a job: nothing, finished."""

    value: Any = None  # the last that it yielded
    share: float | None = None  # of the whole, 0 to 1, where its starter can say so
    is_finished: bool = True  # also after an error, or cancelled
    error: CnnvizError | None = None


@dataclass(eq=False)
class _Job:
    session: str
    about: Hashable
    make: Callable[[], Steps] | None  # None once it has begun: it holds a network, and the job stays
    share_of: Callable[[Any], float | None]
    looked: float  # when somebody looked last
    goes_on: bool = False  # also while nobody looks
    value: Any = None
    error: CnnvizError | None = None
    is_cancelled: bool = False
    finished: threading.Event = field(default_factory=threading.Event)

    def latest(self) -> Latest:
        is_finished = self.finished.is_set() or self.is_cancelled  # before the value: it may be followed by a last one
        share = None if self.value is None else self.share_of(self.value)
        return Latest(self.value, share, is_finished, self.error)


class Jobs:
    """The jobs of a server. Its functions may be called by any thread."""

    def __init__(
        self,
        most: int = MOST_RUNNING,
        clock: Callable[[], float] = time.monotonic,
        is_here: Callable[[str], bool] = lambda _session: True,
    ) -> None:
        self._most, self._clock, self._is_here = most, clock, is_here
        self._lock = threading.RLock()
        self._jobs: OrderedDict[tuple[str, str], _Job] = OrderedDict()  # the one started last at the end
        self._waiting: deque[_Job] = deque()
        self._running: set[_Job] = set()  # also those that are forgotten, and have not ended yet

    def start(
        self,
        session: str,
        key: str,
        about: Hashable,
        make: Callable[[], Steps],
        share_of: Callable[[Any], float | None] = lambda _value: None,
        *,
        goes_on: bool = False,
    ) -> None:
        with self._lock:
            known = self._jobs.get((session, key))
            if known is not None and known.about == about:
                known.looked = self._clock()
                return
            self.forget(session, key)
            job = self._jobs[session, key] = _Job(session, about, make, share_of, self._clock(), goes_on)
            self._waiting.append(job)
            self._drop_old()
            self._advance()

    def latest(self, session: str, key: str, patience: float = 0.0) -> Latest:
        with self._lock:
            job = self._jobs.get((session, key))
        if job is None:
            return Latest()
        job.looked = self._clock()
        if patience:
            job.finished.wait(patience)
        return job.latest()

    def is_waiting(self, session: str, key: str) -> bool:
        """Whether it has not begun because others have all the threads."""
        with self._lock:
            return self._jobs.get((session, key)) in self._waiting

    def cancel(self, session: str, key: str) -> None:
        with self._lock:
            job = self._jobs.get((session, key))
            if job is not None:
                job.is_cancelled = True

    def forget(self, session: str, key: str) -> None:
        with self._lock:
            job = self._jobs.pop((session, key), None)
            if job is not None:
                job.is_cancelled = True

    def end(self, patience: float = _LAST_STEPS) -> None:
        """End all of them, and wait for steps under way: a thread that is in torch when Python goes aborts it."""
        with self._lock:
            self._waiting.clear()
            running = list(self._running)
        for job in running:
            job.is_cancelled = True
        last = time.monotonic() + patience
        for job in running:
            job.finished.wait(max(0.0, last - time.monotonic()))

    def _advance(self) -> None:
        """Threads for those whose turn it is."""
        with self._lock:
            while self._waiting and len(self._running) < self._most:
                job = self._waiting.popleft()
                self._running.add(job)
                threading.Thread(target=self._run, args=(job,), name="cnnviz-job", daemon=True).start()

    def _run(self, job: _Job) -> None:
        try:
            self._step(job)
        except CnnvizError as error:
            job.error = error
        except Exception:
            _LOG.exception("A background job failed: %s", job.about)
            job.error = CnnvizError(_BROKEN)
        finally:
            job.make = None
            job.finished.set()
            with self._lock:
                self._running.discard(job)
            self._advance()

    def _step(self, job: _Job) -> None:
        if self._is_over(job):
            return
        make, job.make = job.make, None
        assert make is not None
        with closing(make()) as steps:  # what it holds (hooks, a lock) it lets go of, also when cut short
            for value in steps:
                job.value = value
                if self._is_over(job):
                    return

    def _is_over(self, job: _Job) -> bool:
        """Whether nobody wants it any more. One that was only left alone would otherwise stay as it was cut."""
        if job.is_cancelled:
            return True
        if (job.goes_on or self._clock() - job.looked <= _GONE) and self._is_here(job.session):
            return False
        with self._lock:
            for place in [place for place, each in self._jobs.items() if each is job]:
                del self._jobs[place]
        return True

    def _drop_old(self) -> None:
        """Of sessions that are gone, and then the oldest: results may be large. What still runs stays."""
        finished = [place for place, job in self._jobs.items() if job.finished.is_set()]
        gone = [place for place in finished if not self._is_here(place[0])]
        surplus = [place for place in finished if place not in gone][: max(0, len(self._jobs) - len(gone) - _MOST_KEPT)]
        for place in gone + surplus:
            del self._jobs[place]


def _is_here(session: str) -> bool:
    """Whether a browser is connected; without a server (a test) there always is one."""
    return not runtime.exists() or bool(runtime.get_instance().is_active_session(session))


_JOBS = Jobs(is_here=_is_here)
atexit.register(lambda: _JOBS.end())


def start(
    key: str,
    about: Hashable,
    make: Callable[[], Steps],
    share_of: Callable[[Any], float | None] = lambda _value: None,
    *,
    goes_on: bool = False,
) -> None:
    """Have `make()` stepped through in a thread, under `key` of this visitor; at once, or when it is its turn.

    A job about the same is left as it is, be it finished, failed or cancelled (`forget` it to have it again); one
    about something else is cancelled. `share_of` says how much of the whole is done after a value, 0 to 1. A
    CnnvizError is kept for `latest`; the generator must not use Streamlit. `goes_on`: also while its visitor is on
    another page of the app.
    """
    _JOBS.start(_session(), key, about, make, share_of, goes_on=goes_on)


def latest(key: str, patience: float = 0.0) -> Latest:
    """What the job has come to. Waits `patience` seconds for its end."""
    return _JOBS.latest(_session(), key, patience)


def cancel(key: str) -> None:
    """End it; what it came to stays."""
    _JOBS.cancel(_session(), key)


def forget(key: str) -> None:
    """End it; it can be started anew."""
    _JOBS.forget(_session(), key)


def follow(key: str, draw: Callable[[Latest], None], every: float = _EVERY) -> None:
    """Draw what the job has come to, every `every` seconds until it is finished, and once more then.

    A part of the page that runs alone, also when something in it is used. At the end the page runs once, whose call of
    `start` begins a job that was forgotten. An error is said above what is drawn.
    """
    is_live = not latest(key, _AT_FIRST).is_finished
    st.fragment(_look, run_every=every if is_live else None)(key, draw, is_live)


def _look(key: str, draw: Callable[[Latest], None], is_live: bool) -> None:
    now = latest(key)
    if is_live and now.is_finished:
        st.rerun()  # the whole page: a fragment cannot end its own timer
    with errors_as_sentences():
        if now.error is not None:
            st.error(sentence(now.error), icon=":material/error:")
        draw(now)


def show_progress(key: str, now: Latest, text: str) -> None:
    """A bar with `text`, and the button that cancels; nothing once it is finished. For `draw` of `follow`."""
    if now.is_finished:
        return
    waits = _("Waiting its turn: the server does {count} such tasks at a time, and all are taken …", count=MOST_RUNNING)
    shown = waits if _JOBS.is_waiting(_session(), key) else text
    with st.container(horizontal=True, vertical_alignment="center", key=f"{key}_progress"):
        st.progress(now.share or 0.0, text=shown)
        st.button(_("Stop"), key=f"{key}_stop", icon=":material/stop:", on_click=cancel, args=(key,))


def _session() -> str:
    context = get_script_run_ctx()
    return "" if context is None else context.session_id

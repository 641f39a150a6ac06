"""Workers with a fake engine, and no worker left behind."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import suppress

import pytest

from cnnviz.base.errors import RunError
from cnnviz.runs import process, scheduler
from cnnviz.runs.run import RunRecord, Status
from tests.polling import until
from tests.runs import fake_engine

_start = scheduler._start  # before the fixture no_workers has taken it away


@pytest.fixture
def fake_workers(no_workers: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """`scheduler.submit` starts real processes that train nothing; those left at the end are killed."""
    monkeypatch.setattr(scheduler, "_start", _start)
    monkeypatch.setattr(process, "WORKER", fake_engine.MODULE)
    yield
    with suppress(RunError):  # a home that cannot be used has no workers
        for run in scheduler.store().records(1000):
            scheduler.store().ask_stop(run.id)
        for run in scheduler.store().records(1000):
            if run.pid and run.pid != os.getpid():
                with suppress(ProcessLookupError):
                    os.kill(run.pid, signal.SIGKILL)


@pytest.fixture(autouse=True)
def close_store() -> Iterator[None]:
    """The store of this test's home is closed with the test."""
    yield
    scheduler.store().close()


def until_status(run_id: int, *statuses: Status) -> RunRecord:
    """Wait until the run has one of `statuses`, looking at the store alone: nothing here moves the queue."""
    until(lambda: scheduler.store().record(run_id).status in statuses)
    return scheduler.store().record(run_id)


@pytest.fixture
def sleepy_workers(fake_workers: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that is started stays where it was: on a busy machine it would have ended before it is looked at."""
    monkeypatch.setattr(scheduler, "_start", lambda home, start: None)

"""The store held by another program, or brought up to date by a newer one, while pages and workers use it."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from cnnviz.base.errors import BusyStoreError, RunError
from cnnviz.engine.config import TrainConfig
from cnnviz.runs import database, scheduler, worker
from cnnviz.runs.database import lock_holder
from cnnviz.runs.store import Store
from tests.polling import until
from tests.runs import fake_engine
from tests.runs.conftest import until_status

pytestmark = pytest.mark.slow

HOLDER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
connection.execute("ROLLBACK")
"""


@contextmanager
def held(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process holds the file, as a backup does, until the block ends."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        try:
            yield other
        finally:
            other.stdin.close()
            other.wait()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A statement waits for no more than a moment."""
    monkeypatch.setattr(database, "_BUSY_SECONDS", 0.05)


@pytest.fixture
def store(tmp_path: Path, impatient: None) -> Iterator[Store]:
    opened = Store(tmp_path / "runs.sqlite3")
    opened.add(TrainConfig())
    yield opened
    opened.close()


def test_who_asks_is_told_who_holds_it(store: Store) -> None:
    """Nothing about room on the disk: who it is and what to do; reading goes on, and afterwards so does writing."""
    with held(store.path) as other:
        with pytest.raises(
            BusyStoreError, match=r"is held by another program.*Try again when .*; nothing is lost\.$"
        ) as caught:
            store.add(TrainConfig())
        assert len(store.records()) == 1
        if sys.platform == "linux":
            assert f"({other.pid})" in str(caught.value)
            assert f"({other.pid})" in lock_holder(store.path)
    assert lock_holder(store.path) == ""
    assert store.add(TrainConfig()) == 2


def test_a_patient_one_waits(store: Store) -> None:
    """It is told for how long, tries again, and writes when the file is free."""
    waits: list[float] = []
    with held(store.path) as other:
        assert other.stdin is not None

        def heard(seconds: float, _holder: str) -> None:
            waits.append(seconds)
            if len(waits) == 3:
                other.stdin.close()  # type: ignore[union-attr]

        store.be_patient(600.0, heard)
        assert store.add(TrainConfig()) == 2
    assert len(waits) >= 3
    assert waits == sorted(waits)


def test_patience_has_an_end(store: Store) -> None:
    """After it the sentence comes all the same."""
    store.be_patient(0.1, lambda _seconds, _holder: None)
    with held(store.path), pytest.raises(BusyStoreError):
        store.add(TrainConfig())


@pytest.mark.usefixtures("fake_workers")
def test_a_training_waits_for_a_backup() -> None:
    """The worker says in its log what holds it up, and goes on to its end when the file is free."""
    run = scheduler.submit(TrainConfig(epochs=500))
    until(lambda: scheduler.store().record(run).epochs_done >= 1)
    log = scheduler.store().record(run).log
    with held(scheduler.store().path):
        until(lambda: "waiting for" in log.read_text())
    seq = scheduler.store().record(run).seq
    until(lambda: scheduler.store().record(run).seq > seq)
    assert scheduler.store().record(run).status == "running"
    scheduler.stop(run)
    assert until_status(run, "stopped").error is None


def test_a_worker_that_begins_meanwhile_waits_too(
    impatient: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """From its first word to the store on; in a terminal that is said beside the output, which may be JSON."""
    run, token = scheduler.submit_here(TrainConfig(epochs=1, seed=fake_engine.SEED_QUICK))
    say = worker._say_what_holds_us_up
    with held(scheduler.store().path) as other:
        assert other.stdin is not None

        def said(seconds: float, holder: str) -> None:
            say(seconds, holder)
            other.stdin.close()  # type: ignore[union-attr]

        monkeypatch.setattr(worker, "_say_what_holds_us_up", said)
        record = worker.run(run, token, train=fake_engine.train)  # type: ignore[arg-type]
    assert record.status == "finished"
    out, err = capsys.readouterr()
    assert (out, "waiting for" in err) == ("", True)


def test_a_try_that_fails_at_once_is_not_repeated_without_a_pause(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite does not wait where two would wait for each other: that must not keep a core busy."""
    pauses: list[float] = []
    monkeypatch.setattr(database, "time", SimpleNamespace(monotonic=time.monotonic, sleep=pauses.append))
    store.be_patient(600.0, lambda _seconds, _holder: None)
    answers = iter([sqlite3.OperationalError("database is locked")] * 3)

    def step() -> str:
        if (error := next(answers, None)) is not None:
            raise error
        return "done"

    assert store._database._patiently(step) == "done"
    assert pauses == [database._PAUSE] * 3


def test_an_old_server_leaves_a_newer_store_alone(store: Store) -> None:
    """A newer version brought it up to date while this one had it open: neither read nor written any more."""
    with sqlite3.connect(store.path) as newer:
        newer.execute(f"PRAGMA user_version = {database.VERSION + 1}")
    newer.close()
    for step in (store.records, lambda: store.add(TrainConfig()), lambda: store.ask_stop(1)):
        with pytest.raises(RunError, match="newer version"):
            step()
    with sqlite3.connect(store.path) as newer:
        assert newer.execute("SELECT COUNT(*), MAX(status) FROM runs").fetchone() == (1, "queued")
    newer.close()

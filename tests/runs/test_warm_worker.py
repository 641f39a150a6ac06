"""The worker that waits for a run: it trains the very same, it is never in the way, and it ends with its server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnnviz.engine.card import epoch_path
from cnnviz.engine.config import TrainConfig
from cnnviz.runs import process, scheduler, warm_worker
from tests.polling import PATIENCE, until
from tests.runs.conftest import until_status

pytestmark = pytest.mark.slow

CONFIG = TrainConfig(epochs=1)
POSIX = pytest.mark.skipif(os.name != "posix", reason="looks at processes as Linux and macOS do")


@pytest.fixture(autouse=True)
def no_workers() -> None:
    """Here they are wanted."""


@pytest.fixture(autouse=True)
def none_left() -> Iterator[None]:
    """No warm worker before and after."""
    warm_worker.shutdown()
    yield
    warm_worker.shutdown()


def ready() -> subprocess.Popen[bytes]:
    """The warm worker."""
    child = warm_worker._waiting
    assert child is not None
    return child


def weights(run: int) -> bytes:
    return epoch_path(scheduler.store().record(run).directory, 1).with_suffix(".safetensors").read_bytes()


def test_it_trains_what_any_worker_trains() -> None:
    """The run is the warm worker's, its log the run's, and the weights are those of a worker of its own."""
    scheduler.prewarm()
    child = ready()
    run = scheduler.submit(CONFIG)
    assert warm_worker.waiting() is None
    until(lambda: scheduler.store().record(run).pid == child.pid)
    until_status(run, "finished")
    assert child.wait(PATIENCE) == 0
    assert scheduler.store().record(run).log.exists()
    other = scheduler.submit(CONFIG)
    until_status(other, "finished")
    assert weights(run) == weights(other)


def test_a_dead_one_is_no_harm() -> None:
    """It died while it waited: the run has a worker of its own."""
    scheduler.prewarm()
    ready().kill()
    ready().wait()
    run = scheduler.submit(CONFIG)
    until_status(run, "finished")


def test_one_that_died_is_not_started_again_at_every_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a worker cannot live, there is one attempt in ten minutes."""
    monkeypatch.setattr(process, "WORKER", "no.such.module")
    scheduler.prewarm()
    child = ready()
    child.wait()
    scheduler.prewarm()
    assert ready() is child
    monkeypatch.setattr(warm_worker, "KEPT_SECONDS", 0.0)
    scheduler.prewarm()
    assert ready() is not child


def test_there_is_one(own_home: Path) -> None:
    """Whoever looks, however often."""
    scheduler.prewarm()
    child = ready()
    scheduler.prewarm()
    assert ready() is child


def test_another_environment_has_another_worker(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was set since would be missed by a process that started before."""
    scheduler.prewarm()
    child = ready()
    monkeypatch.setenv("CNNVIZ_THREADS", "1")
    assert warm_worker.hand_over(own_home, own_home / "worker.log", 1, "token") is None
    assert child.wait(PATIENCE) == 0


def test_what_libraries_note_in_the_environment_is_no_other(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """scikit-learn and torch do, while a busy server imports them: the run is the warm worker's all the same."""
    monkeypatch.delenv("KMP_INIT_AT_FORK", raising=False)
    scheduler.prewarm()
    child = ready()
    monkeypatch.setenv("KMP_INIT_AT_FORK", "FALSE")
    assert warm_worker.hand_over(own_home, own_home / "worker.log", 1, "token") is child
    child.kill()


def test_it_ends_when_nobody_wants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the last visitor of the page, some time later."""
    monkeypatch.setattr(warm_worker, "KEPT_SECONDS", 3.0)
    scheduler.prewarm()
    child, begun = ready(), time.monotonic()
    until(lambda: time.monotonic() > begun + 0.5)
    wanted = time.monotonic()
    scheduler.prewarm()
    assert ready() is child
    assert child.wait(PATIENCE) == 0
    assert time.monotonic() - wanted >= 3.0
    assert warm_worker.waiting() is None


@POSIX
def test_it_ends_with_its_server(own_home: Path) -> None:
    """Killed, so that nothing could be tidied."""
    lines = (
        "import sys; from cnnviz.runs import scheduler, warm_worker; "
        "scheduler.prewarm(); print(warm_worker.waiting(), flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", lines], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        pid = int(server.stdout.readline())
        assert os.getsid(pid) == pid  # a Ctrl-C on the server's terminal is not meant for it
        server.send_signal(signal.SIGKILL)
    until(lambda: not process.identity(pid))


def test_none_while_a_run_trains() -> None:
    """Its imports would take a core from the training."""
    run = scheduler.submit(TrainConfig(epochs=1000))
    scheduler.prewarm()
    assert warm_worker.waiting() is None
    scheduler.stop(run)
    until_status(run, "stopped")

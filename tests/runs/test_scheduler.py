"""The queue with real processes, which train nothing: starts, commands, process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest

from cnnviz.base.errors import ConfigurationError, RunError
from cnnviz.engine import retention
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.events import EpochEnd, Event, LrScaleChanged, RunStarted
from cnnviz.runs import process, scheduler, worker
from cnnviz.runs.process import STOP_SECONDS
from cnnviz.runs.store import Store
from tests.conftest import REPOSITORY
from tests.polling import PATIENCE, until
from tests.runs import fake_engine
from tests.runs.conftest import until_status

LONG, SHORT = TrainConfig(epochs=500), TrainConfig(epochs=2)

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("fake_workers")]
posix = pytest.mark.skipif(os.name != "posix", reason="kills processes as Linux and macOS do")


def starts(run_id: int) -> list[str]:
    """The pids of all processes that ever trained this run."""
    return (scheduler.store().record(run_id).directory / "starts").read_text().split()


def test_a_run_trains_in_a_process_of_its_own() -> None:
    """Another process trains; its events are all there."""
    run = scheduler.submit(SHORT)
    record = until_status(run, "finished")
    names = [type(event).__name__ for _, event in scheduler.store().events(run)]
    assert names == ["RunStarted", *["Progress"] * 5, "EpochEnd", *["Progress"] * 5, "EpochEnd", "RunEnd"]
    assert starts(run) != [str(os.getpid())]
    assert (record.epochs_done, record.error, record.pid) == (2, None, None)


def test_one_at_a_time_in_order_and_nobody_needs_to_watch() -> None:
    """The queue moves on by itself: the worker that ends starts the next."""
    runs = [scheduler.submit(SHORT) for _ in range(3)]
    assert [scheduler.store().record(run).status for run in runs] == ["running", "queued", "queued"]
    assert scheduler.store().before_in_queue(runs[2]) == 1
    records = [until_status(run, "finished") for run in runs]
    for earlier, later in pairwise(records):
        assert earlier.ended is not None
        assert later.started is not None
        assert earlier.ended <= later.started


def test_submitting_waits_for_nothing() -> None:
    """The run is there, and under way or still to come, when submit returns."""
    assert scheduler.store().record(scheduler.submit(LONG)).is_active


def test_pause_gives_the_turn_away_and_resume_waits_for_it() -> None:
    """A paused run stands still in the middle of its epoch and goes on, in the same process, when it is its turn."""
    first = scheduler.submit(LONG)
    until(lambda: scheduler.store().record(first).seq > 3)
    second = scheduler.submit(LONG)
    scheduler.pause(first)
    until_status(first, "paused")
    until_status(second, "running")
    stood = scheduler.store().record(first).seq
    until(lambda: scheduler.store().record(second).epochs_done >= 2)
    assert scheduler.store().record(first).seq == stood
    scheduler.resume(first)
    assert scheduler.store().record(first).status == "queued"
    scheduler.stop(second)
    until_status(second, "stopped")
    until(lambda: scheduler.store().record(first).seq > stood)
    assert len(starts(first)) == 1


def test_commands_are_obeyed_in_a_third_of_a_second() -> None:
    """Pause and stop reach a running training quickly."""
    run = scheduler.submit(LONG)
    until(lambda: scheduler.store().record(run).seq > 3)
    scheduler.pause(run)
    assert until(lambda: scheduler.store().record(run).status == "paused") < 0.3
    scheduler.resume(run)
    until(lambda: scheduler.store().record(run).status == "running")
    scheduler.stop(run)
    assert until(lambda: scheduler.store().record(run).status == "stopped") < 0.3


def test_a_paused_run_can_be_stopped() -> None:
    """Stop ends a paused run and its process."""
    run = scheduler.submit(LONG)
    until(lambda: scheduler.store().record(run).seq > 3)
    scheduler.pause(run)
    pid = until_status(run, "paused").pid
    assert pid is not None
    scheduler.stop(run)
    assert scheduler.store().record(run).status == "stopped"
    until(lambda: process.identity(pid) == "")


def test_a_queued_run_that_is_stopped_never_starts() -> None:
    """It leaves the queue for good."""
    first, second = scheduler.submit(LONG), scheduler.submit(SHORT)
    scheduler.stop(second)
    scheduler.stop(first)
    until_status(first, "stopped")
    assert scheduler.store().record(second).status == "stopped"
    assert not scheduler.store().record(second).directory.exists()


@posix
def test_a_killed_worker_is_interrupted_and_resumes_from_its_last_epoch() -> None:
    """kill -9 costs at most the epoch it was in; what is repeated is told once."""
    run = scheduler.submit(LONG)
    until(lambda: scheduler.store().record(run).epochs_done >= 2)
    pid = scheduler.store().record(run).pid
    assert pid is not None
    (scheduler.store().record(run).directory / ".epoch-0003.json-abcd.cnnviz-part").touch()
    os.kill(pid, signal.SIGKILL)
    record = until_status(run, "interrupted")
    scheduler.resume(run)
    until(lambda: scheduler.store().record(run).epochs_done > record.epochs_done)
    assert list(record.directory.glob(".*.cnnviz-part")) == []
    begun = [event.first_epoch for _, event in scheduler.store().events(run) if hasattr(event, "first_epoch")]
    assert begun == [1, record.epochs_done + 1]
    assert len(starts(run)) == 2


@posix
def test_how_a_worker_was_killed_is_kept() -> None:
    """The server that started it saw the signal; a resumed run is not marked by it."""
    run = scheduler.submit(LONG)
    until(lambda: scheduler.store().record(run).seq > 0)
    os.kill(scheduler.store().record(run).pid or 0, signal.SIGKILL)
    assert until_status(run, "interrupted").reason in (process.KILLED, process.MEMORY)
    scheduler.resume(run)
    assert until_status(run, "running").reason not in (process.KILLED, process.MEMORY)


def test_a_step_without_an_end_is_stopped() -> None:
    """Its process ends after a grace; complete epochs stay, and the next run has its turn."""
    run = scheduler.submit(TrainConfig(epochs=500, seed=fake_engine.SEED_HANGS))
    until(lambda: scheduler.store().record(run).epochs_done == 1)
    following = scheduler.submit(SHORT)
    pid = scheduler.store().record(run).pid
    assert pid is not None
    asked = time.monotonic()
    scheduler.stop(run)
    record = until_status(run, "stopped")
    assert time.monotonic() - asked >= STOP_SECONDS
    assert (record.epochs_done, record.error) == (1, None)
    assert (record.directory / "epoch-1").exists()
    until(lambda: process.identity(pid) == "")
    until_status(following, "finished")


@posix
def test_a_killed_worker_gives_its_turn_to_the_next() -> None:
    """The queue does not wait for the dead, nor for a page to look."""
    first, second = scheduler.submit(LONG), scheduler.submit(LONG)
    until(lambda: scheduler.store().record(first).seq > 0)
    pid = scheduler.store().record(first).pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    until_status(second, "running")


@posix
def test_runs_survive_the_server() -> None:
    """kill -9 of the process that submitted a run leaves the training alone."""
    program = (
        "import os, signal\nfrom cnnviz.engine.config import TrainConfig\nfrom cnnviz.runs import process, scheduler\n"
        f"process.WORKER = {fake_engine.MODULE!r}\nscheduler.submit(TrainConfig(epochs=500))\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    server = subprocess.run([sys.executable, "-c", program], cwd=REPOSITORY, check=False)
    assert server.returncode == -signal.SIGKILL
    until(lambda: scheduler.store().record(1).seq > 3)
    scheduler.dispatch()
    assert scheduler.store().record(1).status == "running"


@posix
def test_an_orphan_that_dies_is_found_at_the_next_look() -> None:
    """A worker whose server is gone has nobody who waits for it: any page's look finds it dead."""
    run, token = scheduler.store().add_here(LONG)
    child = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    scheduler.store().register(run, token, child.pid, process.identity(child.pid))
    scheduler.dispatch()
    assert scheduler.store().record(run).status == "running"
    child.kill()
    until(lambda: process.identity(child.pid) == "")  # a zombie: dead, though nobody has waited for it
    scheduler.dispatch()
    assert scheduler.store().record(run).status == "interrupted"
    child.communicate()


def test_a_pid_that_is_used_again_is_not_the_worker() -> None:
    """Another process under the same pid does not keep a dead run alive."""
    run, token = scheduler.store().add_here(LONG)
    mine = process.identity(os.getpid())
    if not mine:
        pytest.skip("needs /proc")
    before = f"{mine.rsplit(' ', 1)[0]} 1"
    scheduler.store().register(run, token, os.getpid(), before)
    scheduler.dispatch()
    assert scheduler.store().record(run).status == "interrupted"


@pytest.mark.parametrize(("age", "status"), [(5.0, "running"), (120.0, "interrupted")])
def test_where_processes_cannot_be_seen_the_heartbeat_decides(
    age: float, status: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another boot, container or operating system: a run is dead when it has been silent for a minute."""
    run, token = scheduler.store().add_here(LONG)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now - age)
    scheduler.store().register(run, token, 4711, "another-boot pid:[1] 99")
    monkeypatch.setattr(time, "time", lambda: now)
    scheduler.dispatch()
    assert scheduler.store().record(run).status == status


def test_a_worker_that_is_long_in_starting_is_not_taken_for_dead(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine the import of PyTorch takes minutes: its process is there, though it has said nothing yet."""
    monkeypatch.setattr(process, "SILENT_SECONDS", 1.0)
    monkeypatch.setattr(scheduler, "_VOUCH_SECONDS", 0.05)
    silent = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    monkeypatch.setattr(process, "spawn", lambda *_place: silent)
    run = scheduler.submit(SHORT)
    begun = time.time()
    until(lambda: scheduler.store().record(run).heartbeat > begun + 2 * process.SILENT_SECONDS)
    scheduler.dispatch()
    assert scheduler.store().record(run).status == "running"
    assert silent.stdin is not None
    silent.stdin.close()  # it ends without a word
    until_status(run, "interrupted")


@pytest.mark.parametrize(
    ("seed", "status", "sentence"),
    [
        (fake_engine.SEED_FAILS, "failed", "MNIST is not on this machine."),
        (fake_engine.SEED_BREAKS, "failed", "The training broke off unexpectedly. What happened is in {log}."),
        (fake_engine.SEED_FULL, "failed", "The disk is full: {directory} cannot be written. Make room, then resume."),
        (fake_engine.SEED_DIVERGES, "diverged", None),
    ],
)
def test_failures_are_sentences(seed: int, status: str, sentence: str | None) -> None:
    """What went wrong is told in a sentence; the traceback goes into the log alone."""
    run = scheduler.submit(TrainConfig(epochs=3, seed=seed))
    record = until_status(run, "failed", "diverged", "finished")
    expected = sentence and sentence.format(log=record.log, directory=record.directory)
    assert (record.status, record.error and str(record.error)) == (status, expected)
    if seed == fake_engine.SEED_BREAKS:
        assert "ZeroDivisionError: a secret" in record.log.read_text()


def test_a_process_that_cannot_be_started_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without room for another process fails the run, not the page."""

    def refuse(*_: object) -> None:
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr(process, "spawn", refuse)
    record = scheduler.store().record(scheduler.submit(SHORT))
    assert record.status == "failed"
    assert "Cannot allocate memory" in str(record.error)


def test_again_is_the_same_once_more() -> None:
    """A new run with the old one's settings; the old one stays as it is."""
    config = TrainConfig(epochs=2, seed=11)
    first = scheduler.submit(config)
    until_status(first, "finished")
    second = scheduler.clone(first)
    assert second != first
    assert until_status(second, "finished").config == config


def test_the_command_line_trains_here_and_is_seen() -> None:
    """`submit_here` does not wait in the queue; events go to the caller and to the store, and commands reach it."""
    scheduler.submit(LONG)
    run, token = scheduler.submit_here(SHORT)
    seen: list[object] = []
    record = worker.run(run, token, on_event=seen.append, train=fake_engine.train)  # type: ignore[arg-type]
    assert record.status == "finished"
    assert seen == [event for _, event in scheduler.store().events(run)]
    assert starts(run) == [str(os.getpid())]

    stopped, token = scheduler.submit_here(LONG)
    record = worker.run(stopped, token, on_event=lambda _: scheduler.stop(stopped), train=fake_engine.train)  # type: ignore[arg-type]
    assert record.status == "stopped"


def test_ctrl_c_on_the_command_line_can_be_resumed() -> None:
    """An interrupt from the keyboard leaves a run that goes on from its last epoch."""

    def press_ctrl_c(event: object) -> None:
        if type(event).__name__ == "EpochEnd":
            raise KeyboardInterrupt

    run, token = scheduler.submit_here(LONG)
    record = worker.run(run, token, on_event=press_ctrl_c, train=fake_engine.train)  # type: ignore[arg-type]
    assert (record.status, record.epochs_done) == ("interrupted", 1)


def test_a_parked_run_resumes_from_its_last_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pause of a quarter of an hour gives the memory back; the run is paused still, and resumes."""
    monkeypatch.setattr(worker, "PARK_SECONDS", 0.1)
    run, token = scheduler.submit_here(TrainConfig(epochs=3))
    ask = {"EpochEnd": lambda: scheduler.pause(run)}
    record = worker.run(
        run,
        token,
        on_event=lambda event: ask.pop(type(event).__name__, lambda: None)(),
        train=fake_engine.train,  # type: ignore[arg-type]
    )
    assert (record.status, record.epochs_done, record.pid) == ("paused", 1, None)
    scheduler.dispatch()
    assert scheduler.store().record(run).status == "paused"
    scheduler.resume(run)
    assert until_status(run, "finished").epochs_done == 3


def test_eight_processes_never_start_one_run_twice(own_home: Path) -> None:
    """Many pages and workers move one queue at once: each run is trained by exactly one process."""
    configuration = TrainConfig(epochs=1, seed=fake_engine.SEED_QUICK)
    runs = [scheduler.store().add(configuration) for _ in range(16)]
    program = (
        "import threading\nfrom cnnviz.runs import process, scheduler\n"
        f"process.WORKER = {fake_engine.MODULE!r}\n"
        "while any(r.is_active for r in scheduler.store().records(100)):\n"
        "    scheduler.dispatch(); threading.Event().wait(0.002)\n"
    )
    environment = {**os.environ, "CNNVIZ_RUNS_AT_ONCE": "3"}
    pumps = [
        subprocess.Popen([sys.executable, "-c", program], cwd=REPOSITORY, env=environment, stderr=subprocess.PIPE)
        for _ in range(8)
    ]
    for pump in pumps:
        _, complaint = pump.communicate(timeout=PATIENCE)
        assert (pump.returncode, complaint) == (0, b"")
    assert [scheduler.store().record(run).status for run in runs] == ["finished"] * 16
    assert [len(starts(run)) for run in runs] == [1] * 16


@pytest.mark.parametrize("value", ["0", "-1", "many", "1.5", ""])
def test_a_wrong_limit_is_one_sentence(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """CNNVIZ_RUNS_AT_ONCE outside its rule says so."""
    monkeypatch.setenv("CNNVIZ_RUNS_AT_ONCE", value)
    with pytest.raises(ConfigurationError, match="CNNVIZ_RUNS_AT_ONCE must be a whole number"):
        scheduler.runs_at_once()


def test_a_home_that_cannot_be_written_is_one_sentence(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Submitting says what to do instead of failing with a traceback."""
    blocked = own_home / "file"
    blocked.write_text("in the way")
    monkeypatch.setenv("CNNVIZ_HOME", str(blocked / "home"))
    with pytest.raises(RunError, match="set CNNVIZ_HOME to a folder of your own"):
        scheduler.submit(SHORT)


def test_an_epoch_the_store_never_heard_of_is_trained_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Dead between an epoch's files and its event, a run still ends with every epoch told. (The real engine.)"""
    append = Store.append

    def fails(store: Store, run_id: int, token: str, event: Event) -> bool:
        if isinstance(event, EpochEnd) and event.epoch == 2:
            raise RunError("The disk is full.")
        return append(store, run_id, token, event)

    run, token = scheduler.submit_here(TrainConfig(epochs=2, batch_size=1437, device="cpu"))
    monkeypatch.setattr(Store, "append", fails)
    assert worker.run(run, token).status == "failed"
    assert retention.resumable_epochs(scheduler.store().record(run).directory) == [0, 1, 2]
    monkeypatch.setattr(Store, "append", append)
    scheduler.store().ask_resume(run)
    start = scheduler.store().claim_next(1, lambda holder: False)
    assert start is not None
    record = worker.run(run, start.token)
    assert (record.status, record.epochs_done) == ("finished", 2)
    assert [event.epoch for _, event in scheduler.store().events(run) if isinstance(event, EpochEnd)] == [1, 2]


def test_the_learning_rate_is_changed_while_it_runs() -> None:
    """An order reaches the training at its next report, is answered once, and the run goes on."""
    run = scheduler.submit(LONG)
    until(lambda: scheduler.store().record(run).seq > 3)
    scheduler.store().ask_lr_scale(run, 0.1)
    assert until(lambda: scheduler.store().record(run).lr_scale == 0.1) < 0.5
    told = scheduler.store().record(run).seq
    until(lambda: scheduler.store().record(run).seq > told + 3)
    changes = [event for _, event in scheduler.store().events(run) if isinstance(event, LrScaleChanged)]
    assert [change.lr_scale for change in changes] == [0.1]
    assert (scheduler.store().record(run).asked_lr_scale, scheduler.store().record(run).lr_changes) == (None, 1)


def test_a_stopped_run_goes_on_from_an_epoch_somebody_chose() -> None:
    """From the beginning, at another rate: what came after is replaced; an epoch that was not kept is one sentence."""
    run = scheduler.submit(LONG)
    until(lambda: scheduler.store().record(run).epochs_done >= 2)
    scheduler.stop(run)
    until_status(run, "stopped")
    with pytest.raises(RunError, match="Epoch 99 of this run was not kept"):
        scheduler.resume_from(run, 99)
    assert scheduler.store().record(run).status == "stopped"
    scheduler.resume_from(run, 0, 0.5)
    until(lambda: len(starts(run)) == 2 and scheduler.store().record(run).lr_scale == 0.5)
    started = [event for _, event in scheduler.store().events(run) if isinstance(event, RunStarted)]
    assert started[-1].first_epoch == 1
    ends = [event.epoch for _, event in scheduler.store().events(run) if isinstance(event, EpochEnd)]
    assert ends == sorted(set(ends))

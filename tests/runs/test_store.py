"""The store: one SQLite file, conditional changes, bounded events."""

from __future__ import annotations

import re
import sqlite3
import threading
from itertools import pairwise
from pathlib import Path

import pytest

from cnnviz.base.errors import ConfigurationError, RunError
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.events import EpochEnd, LrScaleChanged, Progress, RunEnd, RunStarted
from cnnviz.runs import database, event_log
from cnnviz.runs import store as store_module
from cnnviz.runs.run import ACTIVE_SQL, LOADING, Order, Origin
from cnnviz.runs.store import Store

STARTED = RunStarted("cpu", "CPU, 2 cores", 61_706, 1437, 360, 12, 5, 1)
EPOCH = EpochEnd(1, 0.5, 0.9, 0.4, 0.92, ((9, 1), (1, 9)), 1.5, 900.0)


def progress(number: int) -> Progress:
    return Progress(1, number, 10**6, 1 / (number + 1), 0.005, 900.0, number / 5, 1.0)


@pytest.fixture
def store(tmp_path: Path):
    opened = Store(tmp_path / "home" / "runs.sqlite3")
    yield opened
    opened.close()


def claimed(store: Store) -> tuple[int, str]:
    return store.add_here(TrainConfig())


def test_a_run_comes_back_as_it_was_put_in(store: Store) -> None:
    """Configuration, owner and name survive; a new run waits."""
    config = TrainConfig(epochs=3, optimizer="sgd", seed=7)
    record = store.record(store.add(config, Origin("Lin", "first try")))
    assert (record.config, record.owner, record.name, record.status) == (config, "Lin", "first try", "queued")
    assert (record.epochs_done, record.seq, record.error, record.started) == (0, 0, None, None)
    assert store.record(store.add(config)).name == "lenet5-digits"


def test_an_unknown_run_is_one_sentence(store: Store) -> None:
    """Asking for a run there is not names it."""
    with pytest.raises(RunError, match="There is no run 9"):
        store.record(9)


def test_events_are_numbered_and_read_from_where_one_was(store: Store) -> None:
    """`events(after=n)` gives exactly what came after n, equal to what was put in."""
    run, token = claimed(store)
    sent = [STARTED, progress(1), EPOCH]
    assert all(store.append(run, token, event) for event in sent)
    assert store.events(run) == list(enumerate(sent, 1))
    assert store.events(run, after=2) == [(3, EPOCH)]
    assert store.events(run, after=3) == []
    record = store.record(run)
    assert (record.seq, record.epochs_done, record.test_accuracy, record.seconds) == (3, 1, 0.92, 1.5)


def test_infinite_losses_survive(store: Store) -> None:
    """A loss that is not finite is kept as it is."""
    run, token = claimed(store)
    store.append(run, token, Progress(1, 1, 2, float("inf"), 10.0, 900.0, 0.1, 1.0))
    [(_, event)] = store.events(run)
    assert isinstance(event, Progress)
    assert event.loss == float("inf")


@pytest.mark.slow
def test_long_runs_stay_bounded_and_even(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long a run: a bounded number of reports, evenly spread, and always the newest."""
    monkeypatch.setattr(event_log, "MOST_PROGRESS", 32)
    run, token = claimed(store)
    for number in range(1000):
        store.append(run, token, progress(number))
        [(_, newest)] = store.events(run, after=store.record(run).seq - 1)
        assert newest == progress(number)
    steps = [event.step for _, event in store.events(run) if isinstance(event, Progress)]
    gaps = {after - before for before, after in pairwise(steps[:-1])}
    assert len(steps) <= 34
    assert steps[0] == 0
    assert steps[-1] == 999
    assert gaps == {32}


def test_only_the_holder_writes(store: Store) -> None:
    """A worker that lost its run, though it lives, can change nothing more."""
    run, token = claimed(store)
    assert store.register(run, token, 4711, "x")
    assert not store.register(run, token, 4712, "y"), "a token is used once"
    assert store.interrupt(run, token)
    assert not store.interrupt(run, token), "it happens once"
    assert not store.append(run, token, STARTED)
    assert not store.heartbeat(run, token)
    assert not store.end(run, token, "finished")
    assert store.order(run, token) is None
    assert store.record(run).status == "interrupted"


def test_the_queue_is_first_come_first_served(store: Store) -> None:
    """Runs start in the order they came; one that waits again goes to the end."""
    first, second, third = (store.add(TrainConfig()) for _ in range(3))
    store.ask_pause(first)
    store.ask_resume(first)
    assert [store.before_in_queue(run) for run in (second, third, first)] == [0, 1, 2]
    order = [store.claim_next(3, lambda holder: True) for _ in range(4)]
    assert [start.run_id if start else None for start in order] == [second, third, first, None]


def test_the_limit_counts_running_ones_only(store: Store) -> None:
    """A paused run does not hold up the queue, and when it resumes it waits for its turn."""
    first, second = store.add(TrainConfig()), store.add(TrainConfig())
    start = store.claim_next(1, lambda holder: True)
    assert start is not None
    assert store.claim_next(1, lambda holder: True) is None
    store.register(first, start.token, 1, "")
    store.ask_pause(first)
    assert store.set_paused(first, start.token)
    after = store.claim_next(1, lambda holder: True)
    assert after is not None
    assert after.run_id == second
    store.ask_resume(first)
    assert store.record(first).status == "queued"
    assert store.claim_next(1, lambda holder: True) is None
    store.end(second, after.token, "finished")
    last = store.claim_next(1, lambda holder: True)
    assert last is not None
    assert last.run_id == first
    assert last.token == "", "the waiting worker goes on: no second one is started"


def test_a_paused_worker_that_died_is_replaced(store: Store) -> None:
    """A run whose paused worker is gone gets a new token when its turn comes."""
    run = store.add(TrainConfig())
    start = store.claim_next(1, lambda holder: True)
    assert start is not None
    store.register(run, start.token, 1, "")
    store.ask_pause(run)
    store.set_paused(run, start.token)
    store.ask_resume(run)
    again = store.claim_next(1, lambda holder: False)
    assert again is not None
    assert again.token not in ("", start.token)


def test_a_paused_worker_of_a_stopped_run_leaves(store: Store) -> None:
    """Stopped while it was paused and resumed from an epoch before its worker saw that: another worker takes over."""
    run, token = claimed(store)
    store.register(run, token, 1, "")
    store.ask_pause(run)
    assert store.set_paused(run, token)
    store.ask_stop(run)
    store.ask_resume_from(run, 2)
    assert store.order(run, token) is None, "it does not go on where it stood"
    start = store.claim_next(1, lambda holder: True)
    assert start is not None
    assert start.token not in ("", token)
    assert not store.end(run, token, "stopped")
    assert store.from_epoch(run) == 2


def test_commands_twice_or_out_of_place_do_nothing(store: Store) -> None:
    """Double clicks and late clicks are harmless; stop wins over pause, and cannot be taken back."""
    run, token = claimed(store)
    store.ask_pause(run)
    store.ask_pause(run)
    assert store.order(run, token) == Order("running", "pause", None)
    store.ask_resume(run)
    assert store.order(run, token) == Order("running", None, None)
    store.ask_pause(run)
    store.ask_stop(run)
    store.ask_pause(run)
    store.ask_resume(run)
    assert store.order(run, token) == Order("running", "stop", None)
    assert not store.set_paused(run, token)
    store.end(run, token, "finished")
    for command in (store.ask_pause, store.ask_resume, store.ask_stop):
        command(run)
    assert store.record(run).status == "finished"


def test_a_stopped_run_in_the_queue_never_starts(store: Store) -> None:
    """Stop takes a waiting run out of the queue."""
    run = store.add(TrainConfig())
    store.ask_stop(run)
    assert store.claim_next(1, lambda holder: True) is None
    assert store.record(run).status == "stopped"


def test_a_failure_is_kept_as_a_translatable_sentence(store: Store) -> None:
    """The error comes back with its template and values."""
    run, token = claimed(store)
    store.end(run, token, "failed", ConfigurationError("{parameter} is {value}.", parameter="epochs", value=0))
    error = store.record(run).error
    assert error is not None
    assert (str(error), error.template, error.values["value"]) == ("epochs is 0.", "{parameter} is {value}.", 0)


def test_a_dead_worker_that_was_to_stop_is_stopped(store: Store) -> None:
    """Killed while stopping is stopped; killed while waiting for its turn is waiting still."""
    run, token = claimed(store)
    store.ask_stop(run)
    store.interrupt(run, token)
    assert store.record(run).status == "stopped"
    other, token = claimed(store)
    store.ask_pause(other)
    store.set_paused(other, token)
    store.ask_resume(other)
    store.interrupt(other, token)
    assert store.record(other).status == "queued"
    assert store.holders() == []


def test_a_run_that_ends_while_it_loads_is_not_loading(store: Store) -> None:
    """What ended before its first step has no reason that could be taken for a signal's; a given one stays."""
    early, token = claimed(store)
    assert store.record(early).reason == LOADING
    store.end(early, token, "interrupted")
    assert store.record(early).reason == ""
    whole, token = claimed(store)
    for event in (STARTED, RunEnd("early", 1, 0.1, best_epoch=1)):
        store.append(whole, token, event)
    store.end(whole, token, "finished")
    assert store.record(whole).reason == "early"


def test_the_queue_has_an_end(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many waiting runs are refused in a sentence."""
    monkeypatch.setattr(store_module, "MOST_QUEUED", 2)
    store.add(TrainConfig())
    store.add(TrainConfig())
    with pytest.raises(RunError, match="2 runs are waiting already"):
        store.add(TrainConfig())


def test_sql_has_the_active_statuses_from_their_one_list() -> None:
    """`ACTIVE_SQL` is what the statuses of `ACTIVE` are in SQL, and no statement spells them again."""
    assert ACTIVE_SQL == "status IN ('queued', 'running', 'paused')"
    for file in Path(store_module.__file__).parent.rglob("*.py"):
        assert not re.search(r"IN \(('(queued|running|paused)'(, )?){3}\)", file.read_text(encoding="utf-8")), file


def test_many_threads_share_one_store(store: Store) -> None:
    """Threads of the web server read and write at once; every event is there once."""
    run, token = claimed(store)

    def write(_: int) -> None:
        for number in range(50):
            assert store.append(run, token, progress(number))
            store.events(run, after=number)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.record(run).seq == 300


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    """A file of a later version is left alone, in a sentence; ours carries its version."""
    path = tmp_path / "runs.sqlite3"
    mine = Store(path)
    mine.add(TrainConfig())
    mine.close()
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (database.VERSION,)
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(RunError, match="newer version"):
        mine.records()
    mine.close()


def test_a_schema_of_before_the_first_release_is_refused(tmp_path: Path) -> None:
    """In a sentence, and left as it was: its events and columns have other names."""
    path = tmp_path / "runs.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE runs (id INTEGER PRIMARY KEY, steering TEXT)")
        connection.execute("PRAGMA user_version = 4")
    connection.close()
    before = path.read_bytes()
    store = Store(path)
    with pytest.raises(RunError, match=r"before the first release .* Set CNNVIZ_HOME to another folder"):
        store.records()
    store.close()
    assert path.read_bytes()[100:] == before[100:]  # its first page says that it is in WAL mode now


def test_a_file_that_is_no_store_is_one_sentence(tmp_path: Path) -> None:
    """Garbage, a folder in the way, or a home that cannot be made: RunError, not a traceback."""
    garbage = tmp_path / "runs.sqlite3"
    garbage.write_bytes(b"not a database at all" * 100)
    for path in (garbage, tmp_path, garbage / "home" / "runs.sqlite3"):
        with pytest.raises(RunError, match="CNNVIZ_HOME"):
            Store(path).add(TrainConfig())


def test_a_home_that_is_wiped_is_made_again(store: Store) -> None:
    """When someone deletes the folder under a running server, the next run is written into a new one."""
    store.add(TrainConfig())
    for path in store.path.parent.glob("runs.sqlite3*"):
        path.unlink()
    assert store.records() == []
    run = store.add(TrainConfig())
    other = Store(store.path)
    assert other.record(run).status == "queued"
    other.close()


def test_runs_of_another_version_are_left_out(store: Store) -> None:
    """A configuration that this version does not know does not break the list."""
    good = store.add(TrainConfig())
    with sqlite3.connect(store.path) as connection:
        connection.execute(
            "INSERT INTO runs (name, owner, config, status, created) VALUES ('x', '', '{\"fad\": 1}', 'finished', 0)"
        )
    connection.close()
    assert [record.id for record in store.records()] == [good]


def test_a_turn_is_an_order_until_the_training_answers(store: Store) -> None:
    """The scale waits for the worker; its answer settles it, and a newer wish that came meanwhile stays."""
    run, token = claimed(store)
    store.append(run, token, STARTED)
    store.ask_lr_scale(run, 0.1)
    assert store.order(run, token) == Order("running", None, 0.1)
    store.ask_lr_scale(run, 0.5)
    store.append(run, token, LrScaleChanged(1, 3, 0.1))
    assert (store.record(run).lr_scale, store.record(run).asked_lr_scale) == (0.1, 0.5)
    store.append(run, token, LrScaleChanged(1, 4, 0.5))
    record = store.record(run)
    assert (record.lr_scale, record.asked_lr_scale, record.lr_changes) == (0.5, None, 1)


@pytest.mark.parametrize("lr_scale", [0.0, -1.0, 0.0009, 1001.0, float("nan"), float("inf")])
def test_an_lr_scale_out_of_range_is_refused(store: Store, lr_scale: float) -> None:
    """One sentence, and the training hears nothing of it."""
    run, token = claimed(store)
    with pytest.raises(ConfigurationError, match=r"must be a number from 0\.001 to 1000"):
        store.ask_lr_scale(run, lr_scale)
    assert store.order(run, token) == Order("running", None, None)


def test_a_run_that_does_not_go_cannot_be_scaled(store: Store) -> None:
    """What is over or waits for its first start has no learning rate to change."""
    run, token = claimed(store)
    store.end(run, token, "finished")
    store.ask_lr_scale(run, 0.1)
    assert store.record(run).asked_lr_scale is None


def test_what_a_resumed_run_replaces_is_forgotten(store: Store) -> None:
    """From epoch 1 again: later epochs, reports and the end are gone, and the run's own figures with them."""
    run, token = claimed(store)
    later = EpochEnd(2, 0.4, 0.9, 0.3, 0.95, ((9, 1), (1, 9)), 2.5, 900.0)
    report = Progress(2, 12, 12, float("inf"), 0.1, 1.0, 1.0, 1.0)
    for event in (STARTED, EPOCH, report, later, RunEnd("early", 2, 4.0, best_epoch=2)):
        store.append(run, token, event)
    store.end(run, token, "finished")
    assert (store.record(run).ended_early, store.record(run).best_epoch) == (True, 2)
    store.ask_resume_from(run, 1, 0.1)
    assert store.record(run).status == "queued"
    assert store.from_epoch(run) == 1
    start = store.claim_next(1, lambda holder: False)
    assert start is not None
    store.append(run, start.token, RunStarted("cpu", "CPU, 2 cores", 61_706, 1437, 360, 12, 5, 2))
    record = store.record(run)
    assert (record.epochs_done, record.test_accuracy, record.best_accuracy, record.seconds) == (1, 0.92, 0.92, 1.5)
    assert (record.ended_early, record.best_epoch, store.from_epoch(run)) == (False, 0, None)
    assert [type(event).__name__ for _, event in store.events(run)] == ["RunStarted", "EpochEnd", "RunStarted"]
    assert store.order(run, start.token) == Order("running", None, 0.1)


def test_a_run_under_way_or_of_a_sweep_goes_its_way(store: Store) -> None:
    """Nobody can take a training back under its worker, nor change a run that a sweep compares."""
    run, _token = claimed(store)
    store.ask_resume_from(run, 0)
    assert store.from_epoch(run) is None
    trial, token = store.add_here(TrainConfig(), Origin(sweep=1, trial=0))
    store.end(trial, token, "stopped")
    store.ask_resume_from(trial, 0)
    assert store.record(trial).status == "stopped"


def test_how_long_a_pause_lasts_is_known(store: Store) -> None:
    """When a run paused is written down, and forgotten when it goes on."""
    run, token = claimed(store)
    store.ask_pause(run)
    store.set_paused(run, token)
    assert store.record(run).paused_at is not None
    store.ask_resume(run)
    assert store.record(run).paused_at is None

"""Turns among visitors: nobody starts twice while somebody who waits has not started once."""

from __future__ import annotations

import random
import threading
from collections import defaultdict
from pathlib import Path

import pytest

from cnnviz.base.errors import ConfigurationError, RunError
from cnnviz.engine.config import TrainConfig
from cnnviz.runs import process, scheduler
from cnnviz.runs.fair_queue import Waiting, predicted_order
from cnnviz.runs.process import Share
from cnnviz.runs.run import Origin, Start
from cnnviz.runs.store import Store

CONFIG = TrainConfig(epochs=1)


@pytest.fixture
def store(tmp_path: Path):
    opened = Store(tmp_path / "runs.sqlite3")
    yield opened
    opened.close()


def next_run(store: Store, at_once: int = 1, each: int | None = 1) -> Start | None:
    return store.claim_next(at_once, lambda holder: True, each)


def test_owners_take_turns(store: Store) -> None:
    """One who queues five runs first does not keep the others waiting for five."""
    runs = {owner: [store.add(CONFIG, Origin(owner)) for _ in range(5)] for owner in ("Lin", "Wang", "Zhao")}
    started = []
    while (start := next_run(store)) is not None:
        started.append(start.run_id)
        store.end(start.run_id, start.token, "finished")
    assert started == [run for row in zip(*runs.values(), strict=True) for run in row]


def test_one_who_comes_late_goes_before_a_second_run(store: Store) -> None:
    """Lin trains and has one more waiting; Wang, who comes now, is next."""
    first, second = store.add(CONFIG, Origin("Lin")), store.add(CONFIG, Origin("Lin"))
    start = next_run(store)
    assert start is not None
    assert start.run_id == first
    late = store.add(CONFIG, Origin("Wang"))
    assert [store.before_in_queue(run) for run in (late, second)] == [0, 1]


def test_one_owner_never_trains_more_than_his_share(store: Store) -> None:
    """With room for three, Lin's second run waits for his first, and Wang's starts."""
    lin = [store.add(CONFIG, Origin("Lin")) for _ in range(2)]
    wang = store.add(CONFIG, Origin("Wang"))
    starts = [next_run(store, at_once=3) for _ in range(3)]
    assert [start and start.run_id for start in starts] == [lin[0], wang, None]
    assert not store.any_startable(3, 1)
    assert starts[0] is not None
    store.end(lin[0], starts[0].token, "finished")
    assert store.any_startable(3, 1)


def test_many_owners_and_threads_get_equal_turns(store: Store) -> None:
    """Twelve visitors press Train at random from threads: starts of those who wait never differ by more than one."""
    owners = [f"visitor {number}" for number in range(12)]

    def press(owner: str) -> None:
        for _ in range(6):
            store.add(CONFIG, Origin(owner))

    threads = [threading.Thread(target=press, args=(owner,)) for owner in owners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    count: dict[str, int] = defaultdict(int)
    chance = random.Random(1)
    running: list[Start] = []
    for _ in range(72):
        while len(running) < 3 and (start := next_run(store, at_once=3)) is not None:
            count[store.record(start.run_id).owner] += 1
            running.append(start)
        done = running.pop(chance.randrange(len(running)))
        store.end(done.run_id, done.token, "finished")
        assert max(count.values()) - min(count.get(owner, 0) for owner in owners) <= 2
    assert set(count.values()) == {6}


def test_eight_threads_claim_each_run_once(store: Store) -> None:
    """However many look at once: every run is started once, and never two of one owner together."""
    runs = [store.add(CONFIG, Origin(f"visitor {number % 5}")) for number in range(40)]
    claimed: list[int] = []
    doubled: list[str] = []

    def look() -> None:
        for _ in range(300):
            start = next_run(store, at_once=3)
            if start is None:
                continue
            claimed.append(start.run_id)
            owners = [record.owner for record in store.records(100, ("running",))]
            doubled.extend(owner for owner in owners if owners.count(owner) > 1)
            store.end(start.run_id, start.token, "finished")

    threads = [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed) == runs
    assert doubled == []


def test_what_is_foreseen_is_what_happens(store: Store) -> None:
    """The place in the queue that is told is the one that comes true."""
    chance = random.Random(3)
    for _ in range(20):
        store.add(CONFIG, Origin(chance.choice("abcd")))
    with store.reading() as connection:
        waiting = connection.execute("SELECT id, owner FROM runs ORDER BY place").fetchall()
    told = predicted_order([Waiting(row["id"], row["owner"], 0) for row in waiting])
    happened = []
    while (start := next_run(store)) is not None:
        happened.append(start.run_id)
        store.end(start.run_id, start.token, "finished")
    assert happened == told


def test_a_share_that_is_used_up_is_one_sentence(store: Store) -> None:
    """The third run of a visitor is refused, and the sentence names the two."""
    share = Share(running=1, waiting=1)
    first, second = (store.add(CONFIG, Origin("Lin"), share) for _ in range(2))
    with pytest.raises(
        RunError, match=f"2 runs that train or wait, 1 of them training; yours are {first}, {second}. Stop one"
    ):
        store.add(CONFIG, Origin("Lin"), share)
    store.add(CONFIG, Origin("Wang"), share)
    store.ask_stop(second)
    store.add(CONFIG, Origin("Lin"), share)


def test_a_resumed_run_counts(store: Store) -> None:
    """What was interrupted cannot be resumed beyond the share; what is paused is in it already."""
    share = Share(running=1, waiting=1)
    run = store.add(CONFIG, Origin("Lin"), share)
    start = next_run(store)
    assert start is not None
    store.interrupt(run, start.token)
    others = [store.add(CONFIG, Origin("Lin"), share) for _ in range(2)]
    with pytest.raises(RunError, match="yours are 2, 3"):
        store.ask_resume(run, share)
    store.ask_pause(others[0])
    store.ask_resume(others[0], share)
    assert store.record(others[0]).status == "queued"


def test_scripts_have_no_share(store: Store) -> None:
    """Runs without an owner, from the command line or a script, are first come, first served, without a limit."""
    runs = [store.add(CONFIG, share=Share(1, 1)) for _ in range(5)]
    starts = [next_run(store, at_once=5) for _ in range(5)]
    assert [start and start.run_id for start in starts] == runs


@pytest.mark.parametrize("variable", ["CNNVIZ_RUNNING_EACH", "CNNVIZ_WAITING_EACH"])
def test_a_wrong_share_is_one_sentence(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A share outside its rule names the variable."""
    monkeypatch.setenv(variable, "0")
    with pytest.raises(ConfigurationError, match=f"{variable} must be a whole number of 1 or more. Got 0; try 1."):
        process.share()


def test_submitting_keeps_to_the_share(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a page submits is limited; the variables say how."""
    monkeypatch.setattr(scheduler, "_start", lambda home, start: None)
    monkeypatch.setenv("CNNVIZ_WAITING_EACH", "2")
    for _ in range(3):
        scheduler.submit(CONFIG, owner="Lin")
    with pytest.raises(RunError, match="3 runs that train or wait, 1 of them training"):
        scheduler.submit(CONFIG, owner="Lin")


@pytest.mark.parametrize(("at_once", "cores", "threads"), [(1, 8, None), (2, 8, 4), (3, 8, 2), (4, 2, 1)])
def test_runs_at_once_share_the_cores(at_once: int, cores: int, threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each gets its part, at least one thread; a run that is alone by rule keeps the engine's own choice."""
    monkeypatch.setenv("CNNVIZ_RUNS_AT_ONCE", str(at_once))
    monkeypatch.setattr(process, "cores", lambda: cores)
    assert process.threads_each() == threads
    monkeypatch.setenv("CNNVIZ_THREADS", "3")
    assert process.threads_each() is None, "somebody has said how many"


def test_runs_asked_for_together_count_as_one(store: Store) -> None:
    """A comparison of five takes one place of two; others who wait still train in between."""
    share = Share(1, 1)
    five = store.add_together([(f"way {number}", CONFIG) for number in range(5)], "Lin", share)
    assert [store.record(run).name for run in five] == [f"way {number}" for number in range(5)]
    one = store.add(CONFIG, Origin("Lin"), share)
    wang = store.add(CONFIG, Origin("Wang"), share)
    for refused in (lambda: store.add(CONFIG, Origin("Lin"), share), lambda: store.add_together([], "Lin", share)):
        with pytest.raises(RunError, match="Each visitor may have 2 runs"):
            refused()
    started = []
    while (start := next_run(store)) is not None:
        started.append(start.run_id)
        store.end(start.run_id, start.token, "finished")
    assert started == [five[0], wang, *five[1:], one]


def test_more_than_a_dozen_together_are_refused() -> None:
    """One sentence, and nothing of it is in the queue."""
    with pytest.raises(RunError, match=r"At most 12 runs can be started together\. Got 13"):
        scheduler.submit_together([("a way", CONFIG)] * 13)
    assert scheduler.store().records() == []

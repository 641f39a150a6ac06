"""Sweeps as they go: driven by whoever moves the queue, within a budget, stopped and continued, nothing lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cnnviz.base.errors import RunError
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.events import EpochEnd, Event, RunEnd
from cnnviz.runs import annotations as run_notes
from cnnviz.runs import scheduler
from cnnviz.runs.process import Share
from cnnviz.runs.store import Store
from cnnviz.runs.sweeps import store as sweep_store
from cnnviz.runs.sweeps.plan import SweepParameter, SweepPlan
from cnnviz.runs.sweeps.scheduler import MOST_STARTS, advance
from cnnviz.runs.sweeps.store import Trial
from tests.runs.sweeps.conftest import EPOCHS, Workers, train

pytestmark = pytest.mark.slow

BASE = TrainConfig(epochs=EPOCHS)
RATES = SweepParameter("learning_rate", (0.01, 0.02, 0.005, 0.03, 0.5, 1.0))
GRID = SweepPlan(BASE, (RATES,), prune=False)


def trials(sweep: int) -> list[Trial]:
    return sweep_store.trials(scheduler.store(), sweep)


def status(sweep: int) -> str:
    return sweep_store.sweep(scheduler.store(), sweep).status


def test_a_grid_is_trained_to_its_end(workers: Workers) -> None:
    """One run after the other, each an ordinary one with the sweep's number; then the sweep is finished."""
    sweep = scheduler.start_sweep(GRID, owner="Lin", name="rates")
    assert workers.work() == 6
    assert [trial.config.learning_rate for trial in trials(sweep)] == list(RATES.values)
    assert {trial.status for trial in trials(sweep)} == {"finished"}
    assert status(sweep) == "finished"
    record = scheduler.store().record(trials(sweep)[0].run)
    assert (record.sweep, record.owner, record.config.epochs) == (sweep, "Lin", EPOCHS)
    best = max(trials(sweep), key=lambda trial: trial.accuracy or 0.0)
    assert best.config.learning_rate == 0.01


def test_one_trains_and_one_waits(workers: Workers) -> None:
    """A sweep never fills the queue: the others' turns come as ever."""
    sweep = scheduler.start_sweep(GRID, owner="Lin")
    assert [trial.status for trial in trials(sweep)] == ["running", "queued"]
    other = scheduler.submit(BASE, owner="Wang")
    own = scheduler.submit(BASE, owner="Lin")
    assert scheduler.store().before_in_queue(other) == 0
    workers.work(1)
    assert scheduler.store().record(other).status == "running"
    assert scheduler.store().record(own).status == "queued"
    assert [trial.status for trial in trials(sweep)] == ["finished", "queued"]


def test_runs_that_are_worse_than_half_end_early(workers: Workers) -> None:
    """With four to compare with: the bad ones are pruned after their first epoch, the good ones are not."""
    sweep = scheduler.start_sweep(SweepPlan(BASE, (RATES,), prune=True))
    workers.work()
    found = {trial.config.learning_rate: (trial.status, trial.epochs_done) for trial in trials(sweep)}
    assert found == {
        0.01: ("finished", EPOCHS),
        0.02: ("finished", EPOCHS),
        0.005: ("finished", EPOCHS),
        0.03: ("finished", EPOCHS),
        0.5: ("pruned", 1),
        1.0: ("pruned", 1),
    }
    assert status(sweep) == "finished"


def test_the_budget_of_runs(workers: Workers) -> None:
    """Three of six, then it is finished."""
    sweep = scheduler.start_sweep(SweepPlan(BASE, (RATES,), runs=3, prune=False))
    workers.work()
    assert (len(trials(sweep)), status(sweep)) == (3, "finished")


def test_the_budget_of_minutes(workers: Workers) -> None:
    """An epoch takes half a minute: after three minutes the run that trains ends with its epoch, and none follows."""
    sweep = scheduler.start_sweep(SweepPlan(BASE, (RATES,), minutes=3.0, prune=False))
    workers.work()
    assert [(trial.status, trial.epochs_done) for trial in trials(sweep)] == [("finished", 4), ("stopped", 2)]
    assert status(sweep) == "finished"


def test_stop_loses_nothing_and_it_can_be_resumed(workers: Workers) -> None:
    """Stopped: what waits never starts, what trains ends, results stay. Continued: first those, then the rest."""
    sweep = scheduler.start_sweep(GRID)
    workers.work(2)
    scheduler.stop_sweep(sweep)
    assert status(sweep) == "stopped"
    workers.work()
    assert [trial.status for trial in trials(sweep)] == ["finished", "finished", "stopped", "stopped"]
    scheduler.dispatch()
    assert len(trials(sweep)) == 4, "a stopped sweep proposes nothing"
    scheduler.resume_sweep(sweep)
    assert [trial.status for trial in trials(sweep)[2:]] == ["running", "queued"], "those first, nothing new"
    workers.work()
    assert [trial.status for trial in trials(sweep)] == ["finished"] * 6
    assert [trial.config.learning_rate for trial in trials(sweep)] == list(RATES.values)
    assert status(sweep) == "finished"


def test_what_was_stopped_goes_on_after_its_last_epoch(workers: Workers) -> None:
    """It is resumed, however often; one that was told to stop and has not yet just trains on."""
    resumed = []

    def stops(config: TrainConfig, *, resume: bool = False, **more: object) -> Iterator[Event]:
        resumed.append(resume)
        for event in train(config, **more):  # type: ignore[arg-type]
            if len(resumed) <= MOST_STARTS and isinstance(event, EpochEnd) and event.epoch == 2:
                scheduler.stop_sweep(sweep)
            yield event

    sweep = scheduler.start_sweep(SweepPlan(BASE, (SweepParameter("learning_rate", (0.01,)),)))
    for _ in range(MOST_STARTS):
        workers.work(train=stops)
        assert [(trial.status, trial.epochs_done) for trial in trials(sweep)] == [("stopped", 2)]
        scheduler.resume_sweep(sweep)
    scheduler.stop_sweep(sweep)
    assert scheduler.store().record(trials(sweep)[0].run).command == "stop"
    scheduler.resume_sweep(sweep)
    workers.work(train=stops)
    assert resumed == [False] + [True] * MOST_STARTS
    assert ([trial.status for trial in trials(sweep)], status(sweep)) == (["finished"], "finished")


def test_a_dead_run_goes_on_but_not_for_ever(workers: Workers) -> None:
    """A machine that was switched off costs an epoch; a setting that kills every process is given up."""

    def dies(config: TrainConfig, **more: object) -> Iterator[Event]:
        if config.learning_rate == 0.02:
            raise KeyboardInterrupt  # the worker notes: interrupted
        yield from train(config, **more)  # type: ignore[arg-type]

    sweep = scheduler.start_sweep(GRID)
    workers.work(train=dies)
    by_rate = {trial.config.learning_rate: trial for trial in trials(sweep)}
    assert (by_rate[0.02].status, by_rate[0.02].starts) == ("interrupted", MOST_STARTS)
    assert {trial.status for rate, trial in by_rate.items() if rate != 0.02} == {"finished"}
    assert status(sweep) == "finished"


def test_it_survives_a_server_that_is_killed(workers: Workers, own_home: Path) -> None:
    """Nothing is kept but rows: another process, with another store, goes on where it stands."""
    sweep = scheduler.start_sweep(GRID)
    workers.work(2)
    scheduler.store().close()
    other = Store(own_home / "runs.sqlite3")
    assert sweep_store.sweep(other, sweep).status == "running"
    assert len(sweep_store.trials(other, sweep)) == 4
    other.close()
    scheduler.dispatch()
    workers.work()
    assert len(trials(sweep)) == 6


def test_two_processes_propose_a_run_once(workers: Workers) -> None:
    """Whoever comes second with the same proposal finds it there."""
    sweep = sweep_store.start(scheduler.store(), GRID)
    now = sweep_store.sweep(scheduler.store(), sweep)
    config = GRID.config({"learning_rate": 0.01})
    assert sweep_store.add_trial(scheduler.store(), now, config) is not None
    assert sweep_store.add_trial(scheduler.store(), now, config) is None
    assert len(trials(sweep)) == 1


def test_what_waits_when_the_time_is_spent_never_starts(workers: Workers) -> None:
    """A run that was queued while there was time left is taken out of the queue."""
    sweep = scheduler.start_sweep(SweepPlan(BASE, (RATES,), minutes=0.5, prune=False))
    assert [trial.status for trial in trials(sweep)] == ["running", "queued"]
    workers.work()
    assert [(trial.status, trial.epochs_done) for trial in trials(sweep)] == [("stopped", 1), ("stopped", 0)]
    assert status(sweep) == "finished"


def test_a_sweep_of_another_version_is_left_alone(workers: Workers) -> None:
    """A plan that this version does not allow proposes nothing and does not break the list."""
    store = scheduler.store()
    sweep = sweep_store.start(store, GRID)
    with store.writing() as connection:
        connection.execute("UPDATE sweeps SET plan = REPLACE(plan, '0.02', '99.0')")
    scheduler.dispatch()
    assert sweep_store.sweeps(store) == []
    assert trials(sweep) == []


def test_a_combination_that_is_refused(workers: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Values that are good one by one but not together are passed over."""
    real = SweepPlan.config

    def config(plan: SweepPlan, values: dict) -> TrainConfig:
        if values.get("learning_rate") == 0.02:
            return TrainConfig(epochs=0)
        return real(plan, values)

    sweep = sweep_store.start(scheduler.store(), GRID)
    monkeypatch.setattr(SweepPlan, "config", config)
    sweep_store._plan.cache_clear()
    monkeypatch.setattr(SweepPlan, "_check", lambda plan, parameter: None)
    scheduler.dispatch()
    workers.work()
    assert [trial.config.learning_rate for trial in trials(sweep)] == [0.01, 0.005, 0.03, 0.5, 1.0]
    assert status(sweep) == "finished"


def test_one_sweep_for_each_visitor(workers: Workers) -> None:
    """A second one is refused in a sentence; another visitor may have his own."""
    first = scheduler.start_sweep(GRID, owner="Lin")
    with pytest.raises(RunError, match=f"Your sweep {first} is running: stop it first"):
        scheduler.start_sweep(GRID, owner="Lin")
    scheduler.start_sweep(GRID, owner="Wang")
    scheduler.stop_sweep(first)
    second = scheduler.start_sweep(GRID, owner="Lin")
    with pytest.raises(RunError, match=f"Your sweep {second} is running"):
        scheduler.resume_sweep(first)


def test_a_search_that_fails_stops_with_the_reason(workers: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence is kept with the sweep."""
    reason = RunError("Epoch {epoch} of this run was not kept. It can be resumed from: {epochs}.", epoch=9, epochs="0")

    def refuse(*_: object) -> None:
        raise reason

    monkeypatch.setattr("cnnviz.runs.sweeps.scheduler.propose", refuse)
    sweep = scheduler.start_sweep(SweepPlan(BASE, (RATES,), "search"))
    found = sweep_store.sweep(scheduler.store(), sweep)
    assert (found.status, str(found.error)) == ("stopped", str(reason))


def test_more_at_once_where_a_visitor_may(workers: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    """With room and leave for two, two of a sweep train and one waits."""
    monkeypatch.setenv("CNNVIZ_RUNS_AT_ONCE", "2")
    monkeypatch.setenv("CNNVIZ_RUNNING_EACH", "2")
    sweep = scheduler.start_sweep(GRID, owner="Lin")
    assert [trial.status for trial in trials(sweep)] == ["running", "running", "queued"]


def test_a_run_that_diverges_at_once_is_worth_nothing(workers: Workers) -> None:
    """The search must learn to keep away from there; a run that has not begun is no result yet."""

    def diverges(config: TrainConfig, **more: object) -> Iterator[Event]:
        if config.learning_rate == 0.02:
            yield RunEnd("diverged", 0, 0.1, 1, 1)
            return
        yield from train(config, **more)  # type: ignore[arg-type]

    sweep = scheduler.start_sweep(GRID)
    workers.work(2, train=diverges)
    accuracies = [result.accuracy for result in sweep_store.results(GRID, trials(sweep))]
    assert accuracies == [0.95 - 0.01, 0.0, None, None]


def test_deleted_runs_are_forgotten_by_the_sweep(workers: Workers) -> None:
    """They are no measure for others, and a sweep without runs is not listed."""
    sweep = scheduler.start_sweep(GRID)
    workers.work()
    store = scheduler.store()
    run_notes.delete(store, [trial.run for trial in trials(sweep)])
    assert trials(sweep) == []
    assert sweep_store.sweeps(store) == []
    assert not advance(store, Share())

"""Moves sweeps on: one look at what each has under way, and the next run into the queue where there is room.

Any number of processes may do this at once: a proposal goes in only if the sweep stands where its proposer found it.
"""

from __future__ import annotations

from cnnviz.base.errors import CnnvizError, ConfigurationError
from cnnviz.runs.limits import Share
from cnnviz.runs.store import Store
from cnnviz.runs.sweeps import store as sweep_store
from cnnviz.runs.sweeps.store import Standing, Sweep, Trial
from cnnviz.runs.sweeps.suggest import propose

MOST_STARTS = 3  # of one run whose process dies: then the setting is taken for one that cannot be trained here
_MOST_PASSED_OVER = 50  # proposals in a row that make no run


def advance(store: Store, share: Share) -> bool:
    """Move every running sweep on by at most one run; whether any was put into the queue."""
    moved = [_advance(store, sweep, share) for sweep in sweep_store.running(store)]
    return any(moved)


def _advance(store: Store, sweep: Sweep, share: Share) -> bool:
    now = sweep_store.standing(store, sweep.id)
    if now.waiting and now.has_spent(sweep.plan.minutes):
        for trial in sweep_store.trials(store, sweep.id):
            if trial.status == "queued":
                store.ask_stop(trial.run)
        now = sweep_store.standing(store, sweep.id)
    if now.waiting or now.under_way >= share.most:
        return False  # as nearly always: not worth reading all its runs
    found = sweep_store.trials(store, sweep.id)
    if _resume(store, found):
        return True
    if is_spent(sweep, now):
        if not now.under_way:
            sweep_store.finish(store, sweep.id)
        return False
    return _propose(store, sweep, found, now)


def is_spent(sweep: Sweep, now: Standing) -> bool:
    """Whether the budget allows no more runs."""
    return sweep.asked >= sweep.plan.most_runs or now.has_spent(sweep.plan.minutes)


def _propose(store: Store, sweep: Sweep, found: list[Trial], now: Standing) -> bool:
    """Put the next run that is one into the queue. Whatever hinders the sweep for good ends it, with the reason."""
    for _ in range(_MOST_PASSED_OVER):
        try:
            values = propose(sweep.plan, sweep.asked, sweep_store.results(sweep.plan, found))
        except CnnvizError as error:
            sweep_store.finish(store, sweep.id, error)
            return False
        if values is None:
            break
        try:
            config = sweep.plan.config(values)
        except ConfigurationError:  # each value is good by itself, but not with the others
            config = None
        if sweep_store.add_trial(store, sweep, config) is not None:
            return True
        sweep = sweep_store.sweep(store, sweep.id)
        if config is not None or sweep.status != "running" or is_spent(sweep, now):
            return False
    if not now.under_way:
        sweep_store.finish(store, sweep.id)
    return False


def _resume(store: Store, found: list[Trial]) -> bool:
    """Runs whose process died (the machine was switched off) go on from their last epoch, but not for ever."""
    dead = [trial for trial in found if trial.status == "interrupted" and trial.starts < MOST_STARTS]
    for trial in dead:
        store.ask_resume(trial.run)
    return bool(dead)

"""Sweep scheduler: the next run of each sweep into the queue where there is room. No torch.

One look at what each sweep has under way; a sweep ends when its time is spent, a run where it is worse than half of
the others were at the same epoch.

Any number of processes may do this at once: a proposal goes in only if the sweep stands where its proposer found it.
How a run is to end is asked by its worker after each epoch; it needs nobody who watches.
"""

from __future__ import annotations

from statistics import median
from typing import Literal

from cnnviz.base.errors import CnnvizError, ConfigurationError
from cnnviz.runs.process import Share
from cnnviz.runs.store import Store
from cnnviz.runs.sweeps import store as sweep_store
from cnnviz.runs.sweeps.store import Sweep, Trial, Usage
from cnnviz.runs.sweeps.suggest import propose

MOST_STARTS = 3  # of one run whose process dies: then the setting is taken for one that cannot be trained here
_MOST_PASSED_OVER = 50  # proposals in a row that make no run


def advance(store: Store, share: Share) -> bool:
    """Move every running sweep on by at most one run; whether any was put into the queue."""
    moved = [_advance(store, sweep, share) for sweep in sweep_store.running(store)]
    return any(moved)


def _advance(store: Store, sweep: Sweep, share: Share) -> bool:
    now = sweep_store.usage(store, sweep.id)
    if now.waiting and now.has_spent(sweep.plan.minutes):
        for trial in sweep_store.trials(store, sweep.id):
            if trial.status == "queued":
                store.ask_stop(trial.run)
        now = sweep_store.usage(store, sweep.id)
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


def is_spent(sweep: Sweep, now: Usage) -> bool:
    """Whether the budget allows no more runs."""
    return sweep.asked >= sweep.plan.most_runs or now.has_spent(sweep.plan.minutes)


def _propose(store: Store, sweep: Sweep, found: list[Trial], now: Usage) -> bool:
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


Verdict = Literal["pruned", "stopped"]
FEWEST_OTHERS = 4  # that have come as far: fewer are no measure


def verdict(store: Store, run_id: int, sweep_id: int, epoch: int) -> Verdict | None:
    """How run `run_id` is to end after `epoch`; None: it goes on.

    The median rule (Golovin and others, Google Vizier, 2017): its best accuracy so far is below the median of the
    others' best up to the same epoch.
    """
    sweep = sweep_store.sweep(store, sweep_id)
    if sweep_store.usage(store, sweep_id).has_spent(sweep.plan.minutes):
        return "stopped"
    if not sweep.plan.prune:
        return None
    best = sweep_store.best_until(store, sweep_id, epoch)
    own = best.pop(run_id, None)
    return "pruned" if own is not None and len(best) >= FEWEST_OTHERS and own < median(best.values()) else None

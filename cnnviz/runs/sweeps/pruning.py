"""Ends a sweep's run early: when it is worse than half of the others were at the same epoch, or the time is spent.

Asked by the worker after each epoch; needs nobody who watches. No torch.
"""

from __future__ import annotations

from statistics import median
from typing import Literal

from cnnviz.runs.store import Store
from cnnviz.runs.sweeps import store as sweep_store

Verdict = Literal["pruned", "stopped"]
FEWEST_OTHERS = 4  # that have come as far: fewer are no measure


def verdict(store: Store, run_id: int, sweep_id: int, epoch: int) -> Verdict | None:
    """How run `run_id` is to end after `epoch`; None: it goes on.

    The median rule (Golovin and others, Google Vizier, 2017): its best accuracy so far is below the median of the
    others' best up to the same epoch.
    """
    sweep = sweep_store.sweep(store, sweep_id)
    if sweep_store.standing(store, sweep_id).has_spent(sweep.plan.minutes):
        return "stopped"
    if not sweep.plan.prune:
        return None
    best = _best_until(store, sweep_id, epoch)
    own = best.pop(run_id, None)
    return "pruned" if own is not None and len(best) >= FEWEST_OTHERS and own < median(best.values()) else None


def _best_until(store: Store, sweep_id: int, epoch: int) -> dict[int, float]:
    """Run -> its best accuracy up to `epoch`, of those that came so far."""
    with store.reading() as connection:
        found = connection.execute(
            "SELECT runs.id AS run, MAX(json_extract(body, '$.test_accuracy')) AS best, "
            "MAX(json_extract(body, '$.epoch')) AS last "
            "FROM runs JOIN events ON events.run = runs.id "
            "WHERE runs.sweep = ? AND runs.deleted IS NULL AND progress IS NULL "
            "AND json_extract(body, '$.event') = 'EpochEnd' AND json_extract(body, '$.epoch') <= ? GROUP BY runs.id",
            (sweep_id, epoch),
        ).fetchall()
    return {row["run"]: row["best"] for row in found if row["last"] == epoch}

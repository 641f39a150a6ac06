"""How much of the spread in accuracy goes with each knob. No SQL, no torch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from statistics import fmean

from cnnviz.runs.sweeps.knob import Value
from cnnviz.runs.sweeps.plan import SweepPlan
from cnnviz.runs.sweeps.suggest import Result

FEWEST = 4  # runs; below it every answer would be chance
_GROUPS = 4  # that a drawn number is cut into, as many runs in each


def importance(plan: SweepPlan, results: Sequence[Result]) -> dict[str, float]:
    """Knob -> 0..1, the largest first: the share of the variance between runs with other values of this knob alone.

    The correlation ratio with what chance would give taken away (epsilon squared, Kelley 1935). Shares need not sum
    to 1: knobs act together, and some of the spread goes with none. {} with fewer than `FEWEST` runs.
    """
    known = [result for result in results if result.accuracy is not None]
    if len(known) < FEWEST:
        return {}
    accuracies = [result.accuracy or 0.0 for result in known]
    shares = {
        knob.name: _epsilon_squared(_groups([result.values[knob.name] for result in known], knob.is_range), accuracies)
        for knob in plan.knobs
    }
    return dict(sorted(shares.items(), key=lambda item: -item[1]))


def _groups(values: Sequence[Value], is_range: bool) -> list[object]:
    """To which group each run belongs: its value, or the quarter its number falls into."""
    if not is_range:
        return list(values)
    order = sorted(range(len(values)), key=lambda index: float(values[index]))
    groups: list[object] = [0] * len(values)
    for place, index in enumerate(order):
        groups[index] = place * _GROUPS // len(values)
    return groups


def _epsilon_squared(groups: Sequence[object], accuracies: Sequence[float]) -> float:
    members: dict[object, list[float]] = defaultdict(list)
    for group, accuracy in zip(groups, accuracies, strict=True):
        members[group].append(accuracy)
    n, k, mean = len(accuracies), len(members), fmean(accuracies)
    total = sum((accuracy - mean) ** 2 for accuracy in accuracies)
    if k < 2 or n <= k or total == 0:
        return 0.0
    within = sum((accuracy - fmean(each)) ** 2 for each in members.values() for accuracy in each)
    return max(0.0, 1 - (within / (n - k)) / (total / (n - 1)))

"""Suggestions: what a sweep tries next, worked out anew from what is known. No SQL, no torch.

Nothing is kept but the runs themselves. How much of the spread in accuracy goes with each parameter is said here too.

The same number in the same sweep gives the same draw, whichever process asks.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

from cnnviz.runs.sweeps.plan import SweepParameter, SweepPlan, Value, kind_of

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution

_FIRST_DRAWS = 2  # for each parameter: what Optuna draws without looking, before it has anything to go by
_TRIES = 20  # to draw what was not drawn before


@dataclass(frozen=True)
class Result:
    """What a run of the sweep came to so far."""

    values: dict[str, Value]
    accuracy: float | None  # the best of its epochs; None before the first


def propose(plan: SweepPlan, number: int, results: Sequence[Result]) -> dict[str, Value] | None:
    """The values of run `number` (from 0); None if a grid has no more."""
    if plan.method == "grid":
        return _of_grid(plan, number)
    if plan.method == "random":
        return _drawn(plan, number, results)
    return _searched(plan, number, results)


def _of_grid(plan: SweepPlan, number: int) -> dict[str, Value] | None:
    """In order, the last parameter first; if the budget is less than all, that many are drawn, none of them twice."""
    if number >= plan.most_runs:
        return None
    if plan.runs < plan.size:
        number = random.Random(plan.seed).sample(range(plan.size), plan.runs)[number]  # the range is never written out
    values = {}
    for parameter in reversed(plan.parameters):
        number, index = divmod(number, len(parameter.values))
        values[parameter.name] = parameter.values[index]
    return values


def _drawn(plan: SweepPlan, number: int, results: Sequence[Result]) -> dict[str, Value]:
    known = [result.values for result in results]
    values: dict[str, Value] = {}
    for attempt in range(_TRIES):
        values = {
            parameter.name: parameter.at(_generator(plan, number, parameter, attempt).random())
            for parameter in plan.parameters
        }
        if values not in known:
            break
    return values


def _generator(plan: SweepPlan, number: int, parameter: SweepParameter, attempt: int = 0) -> random.Random:
    return random.Random(f"{plan.seed} {number} {parameter.name} {attempt}")


def _searched(plan: SweepPlan, number: int, results: Sequence[Result]) -> dict[str, Value]:
    """Optuna's TPE: it draws where good runs were dense and bad ones were not (Bergstra and others, 2011)."""
    import optuna  # heavy

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    spaces = {parameter.name: _space(parameter) for parameter in plan.parameters}
    sampler = optuna.samplers.TPESampler(
        seed=plan.seed + number, n_startup_trials=_FIRST_DRAWS * len(plan.parameters) + 2
    )
    study = optuna.create_study(direction="maximize", sampler=sampler)
    for result in results:
        if result.accuracy is not None:
            study.add_trial(
                optuna.trial.create_trial(params=result.values, distributions=spaces, value=result.accuracy)
            )
    drawn = study.ask(spaces).params
    return {parameter.name: _rounded(parameter, drawn[parameter.name]) for parameter in plan.parameters}


def _space(parameter: SweepParameter) -> BaseDistribution:
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution  # heavy

    if parameter.low is None or parameter.high is None:
        return CategoricalDistribution(parameter.values)
    if kind_of(parameter.name) == "whole":
        return IntDistribution(round(parameter.low), round(parameter.high), log=parameter.log)
    return FloatDistribution(parameter.low, parameter.high, log=parameter.log)


def _rounded(parameter: SweepParameter, value: Value) -> Value:
    """Four digits: what people can read and type again; still within the range."""
    if isinstance(value, float) and parameter.low is not None and parameter.high is not None:
        return min(max(float(f"{value:.4g}"), parameter.low), parameter.high)
    return value


FEWEST = 4  # runs; below it every answer would be chance
_GROUPS = 4  # that a drawn number is cut into, as many runs in each


def importance(plan: SweepPlan, results: Sequence[Result]) -> dict[str, float]:
    """Parameter -> 0..1, the largest first: the share of the variance between runs with other values of it alone.

    The correlation ratio with what chance would give taken away (epsilon squared, Kelley 1935). Shares need not sum
    to 1: parameters act together, and some of the spread goes with none. {} with fewer than `FEWEST` runs.
    """
    known = [result for result in results if result.accuracy is not None]
    if len(known) < FEWEST:
        return {}
    accuracies = [result.accuracy or 0.0 for result in known]
    shares = {
        parameter.name: _epsilon_squared(
            _groups([result.values[parameter.name] for result in known], parameter.is_range), accuracies
        )
        for parameter in plan.parameters
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

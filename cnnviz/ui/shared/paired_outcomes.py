"""Outcomes of paired runs: which of the link's runs are of which way of training, what is missing, what is foreign.

A link may name any runs: deleted ones, a part, somebody else's, in any order. A run is known by its configuration, its
seed apart; never by its place in the link. Draws nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

import numpy as np

from cnnviz.base.locale import N_
from cnnviz.charts.paired import Band
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.events import EpochEnd
from cnnviz.runs.history import History
from cnnviz.runs.run import RunRecord
from cnnviz.ui.shared.cache import history_of


@dataclass(frozen=True)
class Variant:
    """One way of training; `label` is in the visitor's language."""

    label: str
    config: TrainConfig


def test_accuracy(end: EpochEnd) -> float:
    return end.test_accuracy


def train_accuracy(end: EpochEnd) -> float:
    return end.train_accuracy


def held_out_accuracy(end: EpochEnd) -> float:
    return float("nan") if end.held_out_accuracy is None else end.held_out_accuracy


def balanced_accuracy(end: EpochEnd) -> float:
    """The mean over the classes of what share of each is found: a rare class counts as much as a common one."""
    counts = np.array(end.confusion, float)
    support = counts.sum(axis=1)
    return float((np.diag(counts)[support > 0] / support[support > 0]).mean()) if support.any() else float("nan")


def last_class_found(end: EpochEnd) -> float:
    """What share of the last class's test pictures is found: of a long tail the rarest."""
    row = end.confusion[-1]
    return row[-1] / sum(row) if sum(row) else float("nan")


Measure = Callable[[EpochEnd], float]
MEASURES: dict[str, tuple[str, Measure]] = {  # code -> message, of an epoch
    "test": (N_("Test accuracy"), test_accuracy),
    "train": (N_("Training accuracy"), train_accuracy),
    "held_out": (N_("Held-out accuracy"), held_out_accuracy),
    "balanced": (N_("Balanced accuracy"), balanced_accuracy),
    "rare": (N_("Rarest class found"), last_class_found),
}


@dataclass(frozen=True)
class Outcome:
    """What the runs of one variant have come to, seed by seed."""

    label: str
    config: TrainConfig
    records: tuple[RunRecord, ...]
    histories: tuple[History, ...]

    @property
    def is_complete(self) -> bool:
        """Whether every run has come to its own end: what was stopped concludes nothing."""
        return all(record.status == "finished" for record in self.records)

    @property
    def seeds(self) -> frozenset[int]:
        return frozenset(record.config.seed for record in self.records)

    def band(self, measure: Measure) -> Band:
        """Epoch by epoch, over the seeds."""
        return Band.over(self.label, [_values(history, measure) for history in self.histories])

    def last(self, measure: Measure) -> tuple[float, ...]:
        """The newest of each run that has one."""
        newest = (_values(history, measure)[-1:] for history in self.histories)
        return tuple(float(values[0]) for values in newest if len(values))

    def mean(self, measure: Measure) -> float:
        """Of the newest over the seeds; NaN before the first epoch."""
        values = self.last(measure)
        return fmean(values) if values else float("nan")


@dataclass(frozen=True)
class Comparison:
    """What the link's runs are to the ways of training that are asked about now."""

    outcomes: tuple[Outcome, ...]  # in the order of the ways; of other settings in the link's order
    is_asked: bool = True  # whether they are of these ways; else of other settings
    lacking: tuple[str, ...] = ()  # labels of the ways of which a seed has no run
    others: tuple[int, ...] = ()  # runs that are no part of it
    gone: tuple[int, ...] = ()  # numbers that no run has, or has any more

    @property
    def records(self) -> list[RunRecord]:
        return [record for outcome in self.outcomes for record in outcome.records]

    @property
    def is_complete(self) -> bool:
        """Whether it can be concluded: every way has a finished run of every seed."""
        return self.is_asked and not self.lacking and self.has_ended

    @property
    def has_ended(self) -> bool:
        return bool(self.outcomes) and all(outcome.is_complete for outcome in self.outcomes)


def compared(numbers: Sequence[int], records: Sequence[RunRecord], variants: Sequence[Variant]) -> Comparison:
    """`records` are those of the link's `numbers` that are there.

    Where none of them is of one of `variants`, all are shown under the names they had, and nothing is concluded.
    """
    labels: dict[TrainConfig, str] = {}
    for variant in variants:
        labels.setdefault(seedless(variant.config), variant.label)
    gone = tuple(number for number in numbers if number not in {record.id for record in records})
    together: dict[TrainConfig, dict[int, RunRecord]] = {config: {} for config in labels}
    for record in records:
        together.setdefault(seedless(record.config), {}).setdefault(record.config.seed, record)
    asked = {config: runs for config, runs in together.items() if config in labels and runs}
    shown = asked or {config: runs for config, runs in together.items() if runs}
    found = tuple(_outcome(labels.get(config, ""), config, list(runs.values())) for config, runs in shown.items())
    if not asked:
        return Comparison(found, is_asked=False, gone=gone)
    seeds = frozenset(seed for outcome in found for seed in outcome.seeds)
    lacking = tuple(label for config, label in labels.items() if together[config].keys() != seeds)
    taken = {record.id for outcome in found for record in outcome.records}
    others = tuple(record.id for record in records if record.id not in taken)
    return Comparison(found, lacking=lacking, others=others, gone=gone)


def seedless(config: TrainConfig) -> TrainConfig:
    """What all seeds of one way have in common."""
    return replace(config, seed=0)


def _outcome(label: str, config: TrainConfig, records: Sequence[RunRecord]) -> Outcome:
    name = label or records[0].name
    return Outcome(name, config, tuple(records), tuple(history_of(record) for record in records))


def _values(history: History, measure: Measure) -> np.ndarray:
    return np.array([measure(end) for end in history.epochs], float)

"""Hyperparameter: a settable value of a training, with its group, two sentences and what depends on it. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from cnnviz.base.locale import N_
from cnnviz.base.params import Param, Value

Group = Literal["run", "data", "loss", "optimizer", "schedule", "generalising", "network"]

GROUPS: dict[Group, str] = {
    "run": N_("Whole run"),
    "data": N_("Data loader"),
    "loss": N_("Loss"),
    "optimizer": N_("Optimizer"),
    "schedule": N_("Schedule"),
    "generalising": N_("Against overfitting"),
    "network": N_("Network"),
}


@dataclass(frozen=True, kw_only=True)
class Hyperparameter(Param):
    """A field of `TrainConfig` of the same name and default, or an option of models."""

    group: Group
    what: str  # what it is, one line
    effect: str  # what it usually does
    only_with: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # another -> its values that use this one
    follows: str = ""  # another, whose value says what is recommended
    recommended: Mapping[str, float] = field(default_factory=dict)  # value of that one -> what suits it
    is_option: bool = False  # of the model, in TrainConfig.model_options; whether a model has it, its spec says
    costs_time: bool = False  # an epoch takes longer or shorter
    sets_weights: bool = False  # the weights before the first step are others
    by_factors: bool = False  # worth trying at 1, 10, 100 rather than at 1, 2, 3
    step: float = 0.05  # of a number's control

    def applies(self, values: Mapping[str, object]) -> bool:
        """Whether it does anything beside the others' `values`."""
        return all(values.get(other, allowed[0]) in allowed for other, allowed in self.only_with.items())

    def suiting(self, values: Mapping[str, object]) -> Value:
        """What None stands for beside the others' `values`."""
        return self.recommended.get(str(values.get(self.follows))) if self.follows else None

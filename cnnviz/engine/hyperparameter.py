"""What a knob of a training is: a range or choices, a default, two sentences. Plain data, no torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from cnnviz.base.locale import N_

Value = int | float | str | bool | None
Kind = Literal["choice", "whole", "number", "switch"]
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


@dataclass(frozen=True)
class Knob:
    """One thing that can be set. Its default is that of `TrainConfig`; None there means "what suits the rest"."""

    name: str  # of the field of TrainConfig, or of the model's option
    title: str
    group: Group
    kind: Kind
    default: Value
    what: str  # what it is, one line
    effect: str  # what it usually does
    low: float = 0.0
    high: float = 0.0
    open_below: bool = False  # `low` itself is not allowed
    choices: Mapping[str, str] = field(default_factory=dict)  # name -> what that is
    only_with: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # other knob -> its values that use this one
    is_option: bool = False  # of the model, in TrainConfig.model_options; whether a model has it, its spec says

    def applies(self, values: Mapping[str, object]) -> bool:
        """Whether this knob does anything beside the other knobs' `values`."""
        return all(values.get(other, allowed[0]) in allowed for other, allowed in self.only_with.items())

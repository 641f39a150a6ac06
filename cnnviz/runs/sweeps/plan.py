"""What a sweep is to try, and what it may spend. Plain data, no SQL, no torch."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.base.locale.typesetting import Listed
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.hyperparameters import HYPERPARAMETERS
from cnnviz.models.zoo import chosen, options_of
from cnnviz.runs.sweeps.knob import Knob, Value

METHODS = ("grid", "random", "search")
KNOBS = (1, 6)
RUNS = (1, 500)
MINUTES = (0.0, 7 * 24 * 60.0)  # open at 0


@dataclass(frozen=True)
class SweepPlan:
    """Raises ConfigurationError, which names the parameter, its rule, the value got and the next step."""

    base: TrainConfig  # what the knobs do not say
    knobs: tuple[Knob, ...]
    method: str = "grid"  # every combination; random: draws; search: Optuna draws where it was good before
    runs: int = 20  # budget
    minutes: float | None = None  # of training, all runs together; None: no limit
    prune: bool = True  # end runs early that are worse than half of the others at the same epoch
    seed: int = 0  # of the draws

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise ConfigurationError(
                N_("{parameter} must be one of {allowed}. Got {value} instead."),
                parameter="method",
                allowed=Listed(METHODS),
                value=self.method,
            )
        _within("runs", self.runs, *RUNS)
        _within("knobs", len(self.knobs), *KNOBS)
        if self.minutes is not None and not (math.isfinite(self.minutes) and MINUTES[0] < self.minutes <= MINUTES[1]):
            raise ConfigurationError(
                N_("{parameter} must be a number greater than {low} and at most {high}. Got {value}; try {nearest}."),
                parameter="minutes",
                low=MINUTES[0],
                high=MINUTES[1],
                value=self.minutes,
                nearest=30,
            )
        names = [knob.name for knob in self.knobs]
        if len(set(names)) < len(names):
            raise ConfigurationError(N_("Each knob may be there once. Got {names}."), names=Listed(names))
        for knob in self.knobs:
            self._check(knob)

    def _check(self, knob: Knob) -> None:
        """Every value by itself must make a configuration."""
        if knob.is_range and self.method == "grid":
            raise ConfigurationError(
                N_("A grid needs a list of values for {parameter}, not a range. Give a list, or let values be drawn."),
                parameter=knob.name,
            )
        for value in knob.values or (knob.at(0.0), knob.at(1.0)):
            self.config({knob.name: value})

    @property
    def size(self) -> int:
        """How many combinations a grid has."""
        return math.prod(len(knob.values) for knob in self.knobs)

    @property
    def most_runs(self) -> int:
        """How many runs it comes to if the minutes suffice."""
        return min(self.runs, self.size) if self.method == "grid" else self.runs

    def config(self, values: dict[str, Value]) -> TrainConfig:
        """The base with these values. Raises ConfigurationError if that makes none.

        What depends on other fields unless it is given, such as the learning rate recommended for an optimizer,
        follows them, if it was not given in the base.
        """
        depends: dict[str, Any] = {
            field.name: None
            for field in fields(TrainConfig)
            if field.default is None
            and field.name not in values
            and getattr(replace(self.base, **_left_out(field.name)), field.name) == getattr(self.base, field.name)
        }
        options = {
            name: value for name, value in values.items() if name in HYPERPARAMETERS and HYPERPARAMETERS[name].is_option
        }
        given = {name: value for name, value in values.items() if name not in options}
        model = str(given.get("model", self.base.model))
        return replace(self.base, **{**depends, **given, **self._options(model, options)})

    def _options(self, model: str, values: dict[str, Value]) -> dict[str, str]:
        """The base's options of the model with these; raises ConfigurationError for one that it has not."""
        if not values:
            return {}
        options = {**self.base.options(), **values}
        chosen(model, options_of(model), options)
        return {"model_options": json.dumps(options)}

    def values_of(self, config: TrainConfig) -> dict[str, Value]:
        """What the knobs were set to; of an option that was not said, what the model has by itself."""
        usual = {option.name: option.default for option in options_of(config.model)}
        said = {**usual, **config.options(), **{field.name: getattr(config, field.name) for field in fields(config)}}
        return {knob.name: said[knob.name] for knob in self.knobs}

    def to_json(self) -> str:
        """All of it as one JSON object."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> SweepPlan:
        """The inverse of `to_json`. Raises ConfigurationError, ValueError or TypeError for what it is not."""
        values: dict[str, Any] = json.loads(text)
        base = TrainConfig.from_json(json.dumps(values.pop("base")))
        knobs = tuple(Knob(**{**knob, "values": tuple(knob["values"])}) for knob in values.pop("knobs"))
        return cls(base=base, knobs=knobs, **values)


def _left_out(name: str) -> dict[str, Any]:
    return {name: None}


def _within(parameter: str, value: object, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ConfigurationError(
            N_("{parameter} must be a whole number from {low} to {high}. Got {value}; try {nearest}."),
            parameter=parameter,
            low=low,
            high=high,
            value=value,
            nearest=min(max(int(value), low), high) if isinstance(value, (int, float)) else low,
        )

"""Sweep plan: what a sweep is to try, the values each parameter may take, and what it may spend. No SQL, no torch."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.base.locale.typesetting import Listed
from cnnviz.base.params import Kind, Param, one_of, whole
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.hyperparameters import HYPERPARAMETERS
from cnnviz.models.zoo import chosen, options_of

METHODS = ("grid", "random", "search")
PARAMETERS = (1, 6)
RUNS = (1, 500)
_MINUTES = Param("minutes", "number", low=0.0, high=7 * 24 * 60.0, open_below=True, example=30)


@dataclass(frozen=True)
class SweepPlan:
    """Raises ConfigurationError, which names the parameter, its rule, the value got and the next step."""

    base: TrainConfig  # what the parameters do not say
    parameters: tuple[SweepParameter, ...]
    method: str = "grid"  # every combination; random: draws; search: Optuna draws where it was good before
    runs: int = 20  # budget
    minutes: float | None = None  # of training, all runs together; None: no limit
    prune: bool = True  # end runs early that are worse than half of the others at the same epoch
    seed: int = 0  # of the draws

    def __post_init__(self) -> None:
        one_of("method", self.method, METHODS)
        whole("runs", self.runs, *RUNS)
        whole("hyperparameters", len(self.parameters), *PARAMETERS)
        if self.minutes is not None:
            _MINUTES.checked(self.minutes)
        names = [parameter.name for parameter in self.parameters]
        if len(set(names)) < len(names):
            raise ConfigurationError(N_("Each hyperparameter may be there once. Got {names}."), names=Listed(names))
        for parameter in self.parameters:
            self._check(parameter)

    def _check(self, parameter: SweepParameter) -> None:
        """Every value by itself must make a configuration."""
        if parameter.is_range and self.method == "grid":
            raise ConfigurationError(
                N_("A grid needs a list of values for {parameter}, not a range. Give a list, or let values be drawn."),
                parameter=parameter.name,
            )
        for value in parameter.values or (parameter.at(0.0), parameter.at(1.0)):
            self.config({parameter.name: value})

    @property
    def size(self) -> int:
        """How many combinations a grid has."""
        return math.prod(len(parameter.values) for parameter in self.parameters)

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
        """What the parameters were set to; of an option that was not said, what the model has by itself."""
        usual = {option.name: option.default for option in options_of(config.model)}
        said = {**usual, **config.options(), **{field.name: getattr(config, field.name) for field in fields(config)}}
        return {parameter.name: said[parameter.name] for parameter in self.parameters}

    def to_json(self) -> str:
        """All of it as one JSON object."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> SweepPlan:
        """The inverse of `to_json`. Raises ConfigurationError, ValueError or TypeError for what it is not."""
        values: dict[str, Any] = json.loads(text)
        base = TrainConfig.from_json(json.dumps(values.pop("base")))
        rows = values.pop("parameters")
        parameters = tuple(SweepParameter(**{**row, "values": tuple(row["values"])}) for row in rows)
        return cls(base=base, parameters=parameters, **values)


def _left_out(name: str) -> dict[str, Any]:
    return {name: None}


Value = str | int | float | bool
_FIXED = ("device", "blueprint", "model_options")  # no list of values makes sense of them
MOST_VALUES = 50


@dataclass(frozen=True)
class SweepParameter:
    """`values` to choose from, each once, or everything between `low` and `high`.

    Raises ConfigurationError, which names the parameter, its rule, the value got and the next step.
    """

    name: str  # a field of TrainConfig, or an option of the model
    values: tuple[Value, ...] = ()
    low: float | None = None
    high: float | None = None
    log: bool = False  # equal chances for equal ratios, not for equal differences

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", tuple(dict.fromkeys(self.values)))  # twins would be trained twice
        one_of("hyperparameter", self.name, sweepable())
        if self.low is None or self.high is None:
            if not 1 <= len(self.values) <= MOST_VALUES:
                raise ConfigurationError(
                    N_("{parameter} needs 1 to {most} different values to choose from. Got {count}."),
                    parameter=self.name,
                    most=MOST_VALUES,
                    count=len(self.values),
                )
        elif not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise ConfigurationError(
                N_("{parameter} needs a range from a smaller to a larger number. Got {low} to {high}."),
                parameter=self.name,
                low=self.low,
                high=self.high,
            )
        elif self.log and self.low <= 0:
            raise ConfigurationError(
                N_("{parameter} on a logarithmic scale must start above 0. Got {low}; try {nearest}."),
                parameter=self.name,
                low=self.low,
                nearest=self.high / 1000,
            )

    @property
    def is_range(self) -> bool:
        """Whether it is everything between two numbers."""
        return self.low is not None and self.high is not None

    def at(self, share: float) -> Value:
        """The value a `share` 0..1 of the way through the list or the range."""
        if self.low is None or self.high is None:
            return self.values[min(int(share * len(self.values)), len(self.values) - 1)]
        ratio, way = self.high / self.low if self.log else 1.0, self.high - self.low
        value = self.low * ratio**share if self.log else self.low + share * way
        return round(value) if kind_of(self.name) == "whole" else float(f"{value:.4g}")


def sweepable() -> tuple[str, ...]:
    """What a sweep may vary: the fields of TrainConfig in their order, then what the models have options for."""
    names = tuple(each.name for each in fields(TrainConfig) if each.name not in _FIXED and kind_of(each.name) != "text")
    return (*names, *(name for name, parameter in HYPERPARAMETERS.items() if parameter.is_option))


def kind_of(name: str) -> Kind:
    """What the values of a parameter are; network and data set, which have none, are chosen."""
    return HYPERPARAMETERS[name].kind if name in HYPERPARAMETERS else "choice"


def parsed(name: str, texts: Sequence[str]) -> tuple[Value, ...]:
    """What was typed or chosen, as values of the parameter. Raises ConfigurationError."""
    return tuple(_parsed(name, text) for text in texts)


def split(text: str) -> list[str]:
    """What was typed into one box, at commas (Chinese ones too), semicolons or spaces.

    >>> split("0.001, 0.003，0.01")
    ['0.001', '0.003', '0.01']
    """
    return [part for part in re.split(r"[\s,;，；、]+", text) if part]


def _parsed(name: str, text: str) -> Value:
    kind = kind_of(name)
    if kind == "choice":
        return text
    if kind == "switch":
        return text.lower() in ("true", "1", "yes", "on")
    try:
        number = float(text)
        if not math.isfinite(number):
            raise ValueError
    except ValueError:
        raise ConfigurationError(
            N_("{parameter} takes numbers. Got {value}; try {nearest}."),
            parameter=name,
            value=text[:40],
            nearest=getattr(TrainConfig(), name, HYPERPARAMETERS[name].default),
        ) from None
    return int(number) if kind == "whole" and number.is_integer() else number

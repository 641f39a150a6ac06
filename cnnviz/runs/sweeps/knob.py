"""A parameter that a sweep turns: the values it may take, as a list or as a range. No SQL, no torch."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.base.locale.typesetting import Listed
from cnnviz.base.params import Kind
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.hyperparameters import HYPERPARAMETERS

Value = str | int | float | bool
_FIXED = ("device", "blueprint", "model_options")  # no list of values makes sense of them
MOST_VALUES = 50


@dataclass(frozen=True)
class Knob:
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
        if self.name not in sweepable():
            raise ConfigurationError(
                N_("{parameter} must be one of {allowed}. Got {value} instead."),
                parameter="knob",
                allowed=Listed(sweepable()),
                value=self.name,
            )
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
    """What a sweep may turn: the fields of TrainConfig in their order, then what the models have options for."""
    names = tuple(field.name for field in fields(TrainConfig) if field.name not in _FIXED)
    return (*names, *(name for name, knob in HYPERPARAMETERS.items() if knob.is_option))


def kind_of(name: str) -> Kind:
    """What the values of a knob are; network and data set, which have none, are chosen."""
    return HYPERPARAMETERS[name].kind if name in HYPERPARAMETERS else "choice"


def parsed(name: str, texts: Sequence[str]) -> tuple[Value, ...]:
    """What was typed or chosen, as values of the knob. Raises ConfigurationError."""
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

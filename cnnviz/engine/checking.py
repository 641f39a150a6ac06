"""Whether a value is one that a knob can have, and the sentence that says why not. No torch."""

from __future__ import annotations

import math
from collections.abc import Iterable

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.base.locale.typesetting import Listed
from cnnviz.engine.hyperparameter import Knob


def check(knob: Knob, value: object, suggestion: float | None = None) -> None:
    """Raises ConfigurationError, which names the parameter, its rule, the value got and what to try.

    `suggestion` is what is proposed instead of a number; left out, the end of the range, or the default where that end
    itself is not allowed.
    """
    if knob.kind == "choice":
        one_of(knob.name, value, knob.choices)
    elif knob.kind == "switch":
        _switch(knob.name, value)
    elif knob.kind == "whole":
        _whole(knob, value)
    else:
        _number(knob, value, _allowed(knob) if suggestion is None else suggestion)


def one_of(parameter: str, value: object, allowed: Iterable[str]) -> None:
    """Raises ConfigurationError unless `value` is one of `allowed`."""
    if value not in set(allowed):
        raise ConfigurationError(
            N_("{parameter} must be one of {allowed}. Got {value} instead."),
            parameter=parameter,
            allowed=Listed(sorted(allowed)),
            value=value,
        )


def _switch(parameter: str, value: object) -> None:
    if not isinstance(value, bool):
        raise ConfigurationError(
            N_("{parameter} must be one of {allowed}. Got {value} instead."),
            parameter=parameter,
            allowed="true, false",
            value=value,
        )


def _whole(knob: Knob, value: object) -> None:
    low, high = int(knob.low), int(knob.high)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ConfigurationError(
            N_("{parameter} must be a whole number from {low} to {high}. Got {value}; try {nearest}."),
            parameter=knob.name,
            low=low,
            high=high,
            value=value,
            nearest=_nearest(value, low, high),
        )


def _number(knob: Knob, value: object, suggestion: object) -> None:
    is_in_range = (  # NaN and infinity are not
        isinstance(value, (int, float))
        and not isinstance(value, bool)
        and knob.low <= value <= knob.high
        and not (knob.open_below and value == knob.low)
    )
    if not is_in_range:
        rule = (
            N_("{parameter} must be a number greater than {low} and at most {high}. Got {value}; try {nearest}.")
            if knob.open_below
            else N_("{parameter} must be a number from {low} to {high}. Got {value}; try {nearest}.")
        )
        raise ConfigurationError(
            rule, parameter=knob.name, low=knob.low, high=knob.high, value=value, nearest=suggestion
        )


def _allowed(knob: Knob) -> object:
    return knob.default if knob.open_below else knob.low


def _nearest(value: object, low: int, high: int) -> int:
    if isinstance(value, (int, float)) and math.isfinite(value):
        return int(min(max(value, low), high))
    return low

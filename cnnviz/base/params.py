"""Param: one value that can be set, and the one check of it. Knows nothing of what a value does, or of who shows it.

Hyperparameters (engine/hyperparameters.py) and a network's options (models/zoo.py) are rows of it.
"""

from __future__ import annotations

import operator
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeGuard, TypeVar

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.base.locale.typesetting import Listed

Value = int | float | str | bool | None
IntOrPair = int | tuple[int, int]  # one number for height and width, or a pair (height, width)
Kind = Literal["choice", "whole", "number", "switch", "text"]

ONE_OF = N_("{parameter} must be one of {allowed}. Got {value} instead.")
WHOLE = N_("{parameter} must be a whole number from {low} to {high}. Got {value}; try {nearest}.")
NUMBER = N_("{parameter} must be a number from {low} to {high}. Got {value}; try {nearest}.")
NUMBER_ABOVE = N_("{parameter} must be a number greater than {low} and at most {high}. Got {value}; try {nearest}.")
TEXT = N_("{parameter} must be one line of at most {high} characters. Got {value} instead.")
PAIR_AT_LEAST = N_(
    "{parameter} must be a whole number of at least {minimum}, or a pair of them for (height, width). "
    "Got {value!r} instead; the smallest that works is {minimum}."
)

_P = TypeVar("_P", bound="Param")


@dataclass(frozen=True)
class Param:
    """A range or choices, and a default; None there means "what suits the rest"."""

    name: str
    kind: Kind
    default: Value = None
    low: float = 0.0
    high: float = 0.0
    open_below: bool = False  # `low` itself is not allowed
    choices: Collection[str] = ()  # with a sentence for each where it is a mapping
    title: str = ""  # a message
    unit: str = ""
    example: Value = None  # what a refused number is answered with, where neither `low` nor the default will do

    def but(self: _P, default: Value) -> _P:
        """The same with another default."""
        return replace(self, default=default)

    def checked(self, value: object) -> Value:
        """`value`, a "number" as float. Raises ConfigurationError: parameter, rule, the value got, what to try."""
        if self.kind == "choice":
            return one_of(self.name, value, self.choices)
        if self.kind == "switch":
            return self._switch(value)
        if self.kind == "text":
            return self._text(value)
        return whole(self.name, value, int(self.low), int(self.high)) if self.kind == "whole" else self._number(value)

    def about(self, choice: object) -> str:
        """The sentence of a choice, a message; "" where there is none."""
        return self.choices.get(str(choice), "") if isinstance(self.choices, Mapping) else ""

    def _switch(self, value: object) -> bool:
        if not isinstance(value, bool):
            raise not_one_of(self.name, value, ("true", "false"))
        return value

    def _text(self, value: object) -> str:
        """What it may say beyond, its reader knows; `high` is the most characters."""
        if not isinstance(value, str) or len(value) > self.high or not value.isprintable():
            raise ConfigurationError(TEXT, parameter=self.name, high=int(self.high), value=excerpt(value))
        return value

    def _number(self, value: object) -> float:
        if _is_number(value) and self.low <= value <= self.high and not (self.open_below and value == self.low):
            return float(value)  # NaN and infinity are in no range
        rule, low, high = NUMBER_ABOVE if self.open_below else NUMBER, self.low, self.high
        nearest, shown = self._nearest_number(value), _shown(value)
        raise ConfigurationError(rule, parameter=self.name, low=low, high=high, value=shown, nearest=nearest)

    def _nearest_number(self, value: object) -> Value:
        """The end of the range on whose side `value` is; the example, or default, where that is none.

        So also of a range that is open below: both of its ends are poor advice, as for a learning rate.
        """
        nearest = None if self.open_below else _clamped(value, self.low, self.high)
        if nearest is not None:
            return nearest
        return self.example if self.example is not None else self.default if self.open_below else self.low


def one_of(parameter: str, value: object, allowed: Collection[str]) -> str:
    """`value` if it is one of `allowed`. Raises ConfigurationError, which lists them in their order."""
    if not isinstance(value, str) or value not in allowed:
        raise not_one_of(parameter, value, allowed)
    return value


def whole(parameter: str, value: object, low: int, high: int) -> int:
    """`value` if it is an int from `low` to `high`. Raises ConfigurationError, with the nearest that is."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        nearest, shown = int(_clamped(value, low, high) or low), _shown(value)
        raise ConfigurationError(WHOLE, parameter=parameter, low=low, high=high, value=shown, nearest=nearest)
    return value


def pair_at_least(parameter: str, value: Any, minimum: int) -> IntOrPair:
    """`value` as an int or a pair of ints, each at least `minimum`; raises ConfigurationError otherwise.

    A pair is (height, width), as torch reads it; a sequence of one is that one number.
    """
    if isinstance(value, (tuple, list)):
        numbers = [_one_at_least(parameter, one, minimum, value) for one in value]
        if len(numbers) == 1:
            return numbers[0]
        if len(numbers) == 2:
            return numbers[0], numbers[1]
        raise ConfigurationError(PAIR_AT_LEAST, parameter=parameter, minimum=minimum, value=value)
    return _one_at_least(parameter, value, minimum, value)


def at_least(parameter: str, value: Any, minimum: int) -> int:
    """`value` as one int of at least `minimum`; raises ConfigurationError otherwise."""
    return _one_at_least(parameter, value, minimum, value)


def not_one_of(parameter: str, value: object, allowed: Collection[str]) -> ConfigurationError:
    """The sentence that says what there is to choose from."""
    return ConfigurationError(ONE_OF, parameter=parameter, allowed=Listed(allowed), value=excerpt(value))


def excerpt(value: object) -> str:
    """`value` for a sentence, cut where it is long. Never raises, whatever it holds."""
    # Python refuses to write an int of 4,300 digits
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**30:
        return f"{'≥ ' if value > 0 else '≤ −'}10^30"
    if isinstance(value, (dict, list, tuple)) and len(value) > 8:
        return "…"
    text = value if isinstance(value, str) and value else repr(value)
    text = "".join(character if character.isprintable() else " " for character in text[:60])
    return text if len(text) <= 40 else text[:39] + "…"


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _shown(value: object) -> object:
    """For a sentence: a number stays one, so that a page writes it as it writes numbers, unless it is a long one."""
    return value if _is_number(value) and abs(value) < 10**30 else excerpt(value)


def _clamped(value: object, low: float, high: float) -> float | None:
    """The end of the range on whose side `value` is; None for what is no number."""
    if not _is_number(value) or value != value:  # NaN; math.isnan takes no int of 400 digits
        return None
    return min(max(value, low), high)


def _one_at_least(parameter: str, value: Any, minimum: int, shown: Any) -> int:
    try:
        number = None if isinstance(value, bool) else operator.index(value)  # takes NumPy's integers too
    except TypeError:
        number = None
    if number is None or number < minimum:
        raise ConfigurationError(PAIR_AT_LEAST, parameter=parameter, minimum=minimum, value=shown)
    return number

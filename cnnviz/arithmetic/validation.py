"""Validation: parameters that must be whole numbers, or pairs of them, in their range. Knows no convolution."""

from __future__ import annotations

import operator
from typing import Any

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_

IntOrPair = int | tuple[int, int]

_RULE = N_(
    "{parameter} must be a whole number of at least {minimum}, or a pair of them for (height, width). "
    "Got {value!r} instead; the smallest that works is {minimum}."
)


def whole(parameter: str, value: Any, minimum: int) -> IntOrPair:
    """`value` as an int or a pair of ints, each at least `minimum`; raises ConfigurationError otherwise.

    A pair is (height, width), as torch reads it; a sequence of one is that one number.
    """
    if isinstance(value, (tuple, list)):
        numbers = [_whole_one(parameter, one, minimum, value) for one in value]
        if len(numbers) == 1:
            return numbers[0]
        if len(numbers) == 2:
            return numbers[0], numbers[1]
        raise ConfigurationError(_RULE, parameter=parameter, minimum=minimum, value=value)
    return _whole_one(parameter, value, minimum, value)


def single(parameter: str, value: Any, minimum: int) -> int:
    """`value` as one int of at least `minimum`; raises ConfigurationError otherwise."""
    return _whole_one(parameter, value, minimum, value)


def on_axis(value: IntOrPair, axis: int) -> int:
    """What `value` means on `axis` 0 (height) or 1 (width): a single number holds for both."""
    return value[axis] if isinstance(value, tuple) else value


def _whole_one(parameter: str, value: Any, minimum: int, shown: Any) -> int:
    try:
        number = None if isinstance(value, bool) else operator.index(value)  # takes NumPy's integers too
    except TypeError:
        number = None
    if number is None or number < minimum:
        raise ConfigurationError(_RULE, parameter=parameter, minimum=minimum, value=shown)
    return number

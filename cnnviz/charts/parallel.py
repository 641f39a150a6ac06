"""A sweep as parallel coordinates: what the browser component `parallel` draws. Plain data in and out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Value = str | int | float | bool
_FEW = 9  # marks on an axis: more would touch
_LOG_FROM = 8.0  # times as large: on a plain axis the small values would lie on each other


@dataclass(frozen=True)
class Axis:
    """A hyperparameter: the values that were given, or None for a range from `low` to `high`."""

    label: str
    values: tuple[Value, ...] | None
    low: float = 0.0
    high: float = 1.0
    log: bool = False


@dataclass(frozen=True)
class Line:
    """A run: its value on each axis, in order."""

    run: int
    values: tuple[Value, ...]
    accuracy: float | None
    is_early: bool  # ended before its last epoch
    words: str  # the line for those who do not see it


def parallel(axes: Sequence[Axis], lines: Sequence[Line], accuracy_label: str) -> dict[str, Any]:
    """JSON-ready axes, the accuracy's last, and lines."""
    return {
        "axes": [*(_axis(axis) for axis in axes), _accuracy_axis(lines, accuracy_label)],
        "runs": [
            {
                "id": line.run,
                "values": [str(value) if _is_word(value) else value for value in line.values],
                "accuracy": line.accuracy,
                "early": line.is_early,
                "words": line.words,
            }
            for line in lines
        ],
    }


def _axis(axis: Axis) -> dict[str, Any]:
    if axis.values is None:
        ticks = _log_ticks(axis.low, axis.high) if axis.log else _even_ticks(axis.low, axis.high)
        return {"label": axis.label, "low": axis.low, "high": axis.high, "log": axis.log, "ticks": ticks}
    if any(_is_word(value) for value in axis.values):
        return {"label": axis.label, "options": [str(value) for value in axis.values]}
    numbers = sorted(float(value) for value in axis.values)
    is_log = numbers[0] > 0 and numbers[-1] / numbers[0] >= _LOG_FROM
    shown = numbers if len(numbers) <= _FEW else numbers[:: math.ceil(len(numbers) / _FEW)]
    return {
        "label": axis.label,
        "low": numbers[0],
        "high": numbers[-1],
        "log": is_log,
        "ticks": [[number, f"{number:g}"] for number in shown],
    }


def _accuracy_axis(lines: Sequence[Line], label: str) -> dict[str, Any]:
    known = [line.accuracy for line in lines if line.accuracy is not None]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    if high - low < 0.005:
        low, high = max(0.0, low - 0.005), min(1.0, high + 0.005)
    digits = 0 if high - low > 0.2 else 1 if high - low > 0.02 else 2
    ticks = [[value, f"{value:.{digits}%}"] for value in (low + (high - low) * i / 4 for i in range(5))]
    return {"label": label, "low": low, "high": high, "log": False, "ticks": ticks}


def _is_word(value: Value) -> bool:
    return isinstance(value, (str, bool))


def _even_ticks(low: float, high: float) -> list[list[Any]]:
    return [[value, f"{value:.3g}"] for value in (low + (high - low) * i / 4 for i in range(5))]


def _log_ticks(low: float, high: float) -> list[list[Any]]:
    """Both ends, and the powers of ten between them that do not touch the ends."""
    powers = [10.0**power for power in range(math.ceil(math.log10(low)), math.floor(math.log10(high)) + 1)]
    apart = math.log10(high / low) / 14
    between = [each for each in powers if math.log10(each / low) > apart and math.log10(high / each) > apart]
    return [[value, f"{value:g}"] for value in (low, *between, high)]

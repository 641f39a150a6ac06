"""Numbers rounded and written as the convolution page's links have them: that page's `arithmetic/pack.js`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LARGEST_NUMBER = 1_000_000  # that the page reads
_MOST_REPEATED = 99
_SMALLEST = 1e-12  # below it a number is written as 0


def pack(values: NDArray[np.floating], digits: int) -> str:
    """One channel (h, w) with so many significant digits.

    >>> pack(np.array([[1, -2.5, 0], [0, 0, 0], [0.01234, 12345, 0.00001]]), 3)
    '1_-2.5_0r0_0_0r.0123_12300_1e-5'
    """
    return "r".join(_row([number(float(value), digits) for value in row]) for row in values)


def number(value: float, digits: int) -> str:
    """The shortest form that the page reads.

    >>> [number(value, 3) for value in (0.5, -0.06254, 999_999, -0.0, 2.5e-7)]
    ['.5', '-.0625', '1000000', '0', '2.5e-7']
    """
    if abs(value) < _SMALLEST:
        return "0"
    text = f"{value:.{digits}g}"
    if "e" in text:
        if abs(value) >= 1:
            return str(round(float(text)))
        mantissa, exponent = text.split("e")
        return f"{mantissa}e{int(exponent)}"
    return text.replace("0.", ".", 1) if text.lstrip("-").startswith("0.") else text


def _row(numbers: list[str]) -> str:
    parts: list[str] = []
    start = 0
    while start < len(numbers):
        end = start + 1
        while end < len(numbers) and numbers[end] == numbers[start] and end - start < _MOST_REPEATED:
            end += 1
        plain, repeated = "_".join(numbers[start:end]), f"{numbers[start]}*{end - start}"
        parts.append(repeated if len(repeated) + 2 < len(plain) else plain)  # a link writes * with three letters
        start = end
    return "_".join(parts)

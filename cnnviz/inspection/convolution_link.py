"""Convolution link: a layer as the convolution page shows it, its N, K, P, S with real weights and a real map.

Knows nothing of Streamlit or torch: modules are only looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

import numpy as np
from numpy.typing import NDArray

from cnnviz.arithmetic.setting import LARGEST_BIAS, RANGES, Setting
from cnnviz.base.locale import N_
from cnnviz.models.summary import LayerInfo

LARGEST_NUMBER = 1_000_000  # that the page reads
_MOST_REPEATED = 99
_SMALLEST = 1e-12  # below it a number is written as 0
LONGEST = 7_800  # characters of the query string: with the address before it a link stays below 8,000
MAP_DIGITS, WEIGHT_DIGITS = 3, 4  # significant ones
_BIAS_DECIMALS = 6

Values = NDArray[np.floating]
Pair = tuple[int, int]  # (height, width)


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


@dataclass(frozen=True)
class Refusal:
    """Why a layer does not open: an English message and what fills its gaps."""

    message: str
    values: dict[str, Any]


@dataclass(frozen=True)
class Link:
    """The query parameters, and the part of the map that they hold."""

    parameters: dict[str, str]
    rows: range
    columns: range
    of: Pair  # height and width of the whole map

    @property
    def is_cut(self) -> bool:
        """Whether this is less than the whole map."""
        return (len(self.rows), len(self.columns)) != self.of


def setting_of(layer: LayerInfo, module: Any = None) -> Setting | Refusal:
    """The layer's numbers for its whole input, which may be larger than the page goes.

    `module` is looked at for what a summary leaves out; None for a function between modules.
    """
    if layer.kind == "Linear":
        return Setting(n=(1, 1), k=(1, 1))
    if layer.kind.startswith("AdaptiveAvg") or layer.kind.startswith("AdaptiveMax"):
        return _adaptive(layer)
    if layer.window is None or len(layer.input_shape) != 3:
        return Refusal(_NO_WINDOW, {})
    if getattr(module, "groups", 1) != 1:
        return Refusal(_GROUPS, {"groups": module.groups})
    if any(axis.before != axis.after for axis in layer.window) or getattr(module, "padding_mode", "zeros") != "zeros":
        return Refusal(_PADDING, {})
    is_pool = "Pool" in layer.kind
    if is_pool and _divides_otherwise(module):
        return Refusal(_DIVISOR, {})
    return _within(
        Setting(
            n=(layer.input_shape[1], layer.input_shape[2]),
            k=_along(layer, "kernel_size"),
            p=_along(layer, "before"),
            s=_along(layer, "stride"),
            d=_along(layer, "dilation"),
            mode="pool" if is_pool else "conv",
            pooling="average" if is_pool and "Avg" in layer.kind else "max",
            ceil=is_pool and layer.window[0].ceil_mode,
        )
    )


def covering(maps: Pair) -> Setting | Refusal:
    """A fully connected layer that reads maps of this size, as the convolution it is: its kernel covers the map."""
    return _within(Setting(n=maps, k=maps))


def make_link(setting: Setting, pixels: Values, weights: Values | None = None, bias: float = 0.0) -> Link | Refusal:
    """The link for one map (h, w) and, but for pooling, the weights (kh, kw) that meet it.

    A map that is too large for the page, or for a link, is cut where most is going on, at a step of the layer, so that
    every window lies as it does in the layer.
    """
    numbers = [pixels, *([weights] if weights is not None else [])]
    if not all(np.isfinite(part).all() and np.abs(part).max(initial=0) <= LARGEST_NUMBER for part in numbers):
        return Refusal(_TOO_LARGE_NUMBERS, {"largest": f"{LARGEST_NUMBER:,}"})
    if abs(bias) > LARGEST_BIAS:
        return Refusal(_TOO_LARGE_NUMBERS, {"largest": f"{LARGEST_BIAS:,}"})
    setting = replace(setting, input="typed", bias=round(float(bias), _BIAS_DECIMALS))
    if weights is not None:
        setting = replace(setting, kernel="typed")

    def made(rows: range, columns: range) -> dict[str, str]:
        size = (len(rows), len(columns))
        own = replace(setting, n=size)
        own = replace(own, apart=own.is_pair)
        part = pixels[rows.start : rows.stop, columns.start : columns.stop]
        kernel = {} if weights is None else {"w": pack(weights, WEIGHT_DIGITS)}
        return {**dict(parse_qsl(own.link)), "x": pack(part, MAP_DIGITS), **kernel}

    rows, columns = _cut(setting, pixels, lambda rows, columns: len(urlencode(made(rows, columns))) <= LONGEST)
    return Link(made(rows, columns), rows, columns, (pixels.shape[0], pixels.shape[1]))


def _cut(setting: Setting, pixels: Values, fits: Callable[[range, range], bool]) -> tuple[range, range]:
    """The largest part of the map that the page and a link can hold."""
    height, width = pixels.shape
    whole = range(height), range(width)
    if max(height, width) <= RANGES["n"][1] and fits(*whole):
        return whole
    low, high = 1, RANGES["n"][1]
    while low < high:  # the largest side that fits
        side = (low + high + 1) // 2
        low, high = (side, high) if fits(*_busiest(setting, pixels, side)) else (low, side - 1)
    return _busiest(setting, pixels, low)


def _busiest(setting: Setting, pixels: Values, side: int) -> tuple[range, range]:
    """The part of at most `side` x `side`, at a step of the layer, whose values differ most; the nearest to the middle
    of several."""
    height, width = (_ending_with_a_window(setting, axis, pixels.shape[axis], side) for axis in (0, 1))
    tops = range(0, pixels.shape[0] - height + 1, setting.s[0])
    lefts = range(0, pixels.shape[1] - width + 1, setting.s[1])
    variance = _variances(pixels.astype(np.float64), height, width)[:: setting.s[0], :: setting.s[1]]
    away = np.add.outer(_from_middle(len(tops)), _from_middle(len(lefts)))
    best = int(np.argmax(variance - 1e-6 * (variance.max() + 1e-12) * away))
    top, left = tops[best // len(lefts)], lefts[best % len(lefts)]
    return range(top, top + height), range(left, left + width)


def _ending_with_a_window(setting: Setting, axis: int, whole: int, side: int) -> int:
    """`side`, or less, so that the last window ends with the padding and no row is left over by the cut alone."""
    if whole <= side:
        return whole
    extent = setting.d[axis] * (setting.k[axis] - 1) + 1
    over = (side + 2 * setting.p[axis] - extent) % setting.s[axis]
    return max(1, side - over)


def _variances(pixels: Values, height: int, width: int) -> Values:
    """The variance in every part of height x width."""
    sums = [_sums(values, height, width) / (height * width) for values in (pixels, pixels**2)]
    return np.maximum(0, sums[1] - sums[0] ** 2)


def _sums(values: Values, height: int, width: int) -> Values:
    table = np.pad(values, ((1, 0), (1, 0))).cumsum(0).cumsum(1)
    return table[height:, width:] - table[:-height, width:] - table[height:, :-width] + table[:-height, :-width]


def _from_middle(count: int) -> Values:
    return np.abs(np.linspace(-1, 1, count)) if count > 1 else np.zeros(count)


def _along(layer: LayerInfo, name: str) -> Pair:
    assert layer.window is not None
    height, width = (int(getattr(axis, name)) for axis in layer.window)
    return height, width


def _adaptive(layer: LayerInfo) -> Setting | Refusal:
    """Adaptive pooling as the plain pooling it is where every window has the same size."""
    before, after = layer.input_shape[1:], layer.output_shape[1:]
    if any(n % m for n, m in zip(before, after, strict=True)):
        return Refusal(_SEVERAL_SIZES, {"before": _sides(before), "after": _sides(after)})
    size = (before[0] // after[0], before[1] // after[1])
    pooling = "average" if "Avg" in layer.kind else "max"
    return _within(Setting(mode="pool", pooling=pooling, n=(before[0], before[1]), k=size, s=size))


def _divides_otherwise(module: Any) -> bool:
    """Average pooling that leaves padding out of its count, or divides by a number of its own."""
    leaves_out = not getattr(module, "count_include_pad", True) and getattr(module, "padding", 0) not in (0, (0, 0))
    return leaves_out or getattr(module, "divisor_override", None) is not None


def _within(setting: Setting) -> Setting | Refusal:
    """`setting` if the page's sliders go so far; N is cut to size later."""
    for letter in "kpsd":
        low, high = RANGES[letter]
        if not all(low <= side <= high for side in getattr(setting, letter)):
            return Refusal(_BEYOND, {name: RANGES[name][1] for name in "kpsd"})
    return setting


def _sides(sizes: tuple[int, ...]) -> str:
    return " × ".join(map(str, sizes))


_NO_WINDOW = N_("Nothing slides here: convolutions, pooling and fully connected layers open in the convolution page.")
_SEVERAL_SIZES = N_(
    "It makes {after} of {before} with windows of several sizes; the convolution page has one size for all."
)
_GROUPS = N_("Its filters read the maps in {groups} groups; the convolution page shows filters that read all of them.")
_PADDING = N_("It pads the two ends differently, or not with zeros; the convolution page pads both alike, with zeros.")
_DIVISOR = N_("Its mean does not count the padding; the convolution page's does.")
_BEYOND = N_(
    "The convolution page goes to kernels of {k}, padding of {p}, strides of {s}, dilations of {d}: too small for this."
)
_TOO_LARGE_NUMBERS = N_("Its numbers are larger than the convolution page takes, {largest}.")

"""Receptive field: what each value sees of the picture, along one axis, after each kind of layer. Never imports torch.

The plain stack of `cnnviz.arithmetic.receptive_field`, carried on exactly through branches, additions, padding and
layers that give more values than they read: there neighbours do not see alike, but what they see repeats itself, a
period of values further on so many pixels further.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor, gcd, lcm
from typing import NamedTuple

Span = tuple[int, int]  # first and last


class Field(NamedTuple):
    """What one value sees, in figures."""

    size: int = 1  # input pixels, as if the picture had no border; of values that see unlike the most
    jump: int | None = 1  # input pixels from one value to the next; None where they are not evenly apart, or gone
    start: int = 0  # the first input pixel the first value sees; negative: padding


@dataclass(frozen=True)
class Reading:
    """Which positions a layer reads: output q * len(taps) + r reads q * inputs + each of taps[r]."""

    taps: tuple[Sequence[int], ...]
    inputs: int = 1


@dataclass(frozen=True)
class Views:
    """Which pixels the values along an axis see: those of value i + len(spans) are `shift` further on than of value i.

    `shift` 0: all see the same, as after a fully connected layer.
    """

    spans: tuple[Span | None, ...] = ((0, 0),)  # None: nothing of the picture
    shift: int = 1

    def at(self, index: int) -> Span | None:
        """First and last pixel that value `index` sees; it may lie outside, in padding."""
        turns, rest = divmod(index, len(self.spans))
        span = self.spans[rest]
        return span and (span[0] + turns * self.shift, span[1] + turns * self.shift)

    @property
    def figures(self) -> Field:
        seen = [span for span in self.spans if span is not None]
        size = max((last - first + 1 for first, last in seen), default=0)
        return Field(size, self.shift or None if len(self.spans) == 1 else None, seen[0][0] if seen else 0)


IN_PLACE = Reading((range(1),))


def sliding(extent: int, stride: int, before: int, dilation: int = 1) -> Reading:
    """A window that spans `extent` values, moves by `stride` and starts `before` values outside."""
    return Reading((range(-before, extent - before, dilation),), stride)


def spread(kernel_size: int, stride: int, padding: int, dilation: int) -> Reading:
    """A transposed convolution: tap t of input a reaches output a * stride + t * dilation - padding."""
    reached = [[r + padding - tap * dilation for tap in range(kernel_size)] for r in range(stride)]
    return Reading(tuple(tuple(at // stride for at in each if at % stride == 0) for each in reached))


def pooled_to(n_in: int, n_out: int) -> Reading:
    """Adaptive pooling: window i spans floor(i n_in / n_out) up to ceil((i + 1) n_in / n_out)."""
    common = gcd(n_in, n_out)
    return Reading(
        tuple(range(i * n_in // n_out, -(-(i + 1) * n_in // n_out)) for i in range(n_out // common)), n_in // common
    )


def resized(step: Fraction, mode: str, align_corners: bool = False) -> Reading | None:
    """Interpolation, `step` input values for each output value; None for a mode that is not known."""
    offset = Fraction(0) if align_corners or mode == "nearest" else (step - 1) / 2
    if mode == "nearest-exact":
        offset = step / 2
    around = {"nearest": (0, 0), "nearest-exact": (0, 0), "bilinear": (0, 1), "bicubic": (-1, 2)}.get(mode)
    if around is None:
        return None
    taps = []
    for index in range(step.denominator):
        place = index * step + offset
        last = around[1] if mode.startswith("nearest") or place.denominator > 1 else 0  # on a value: that alone
        first = around[0] if place.denominator > 1 else 0
        taps.append(range(floor(place) + first, floor(place) + last + 1))
    return Reading(tuple(taps), step.numerator)


def moved(places: Sequence[int]) -> Reading | None:
    """Values that only changed places: output i is input places[i]; None if they do not repeat themselves."""
    for period in range(1, len(places)):
        steps = {after - before for before, after in zip(places, places[period:], strict=False)}
        if len(steps) == 1 and min(steps) > 0:
            return Reading(tuple((place,) for place in places[:period]), steps.pop())
    return Reading(((places[0],),)) if len(places) == 1 else None


def through(views: Views, reading: Reading) -> Views:
    """What is seen after a layer that reads so."""
    turns = lcm(len(views.spans), reading.inputs) // reading.inputs
    spans = [
        _around(views.at(turn * reading.inputs + tap) for tap in taps) for turn in range(turns) for taps in reading.taps
    ]
    return _shortest(spans, turns * reading.inputs // len(views.spans) * views.shift)


def flattened(views: Views, positions: int, side: int) -> Views:
    """Of all positions at once, within the picture: what a fully connected layer sees."""
    if views.shift == 0:
        return views
    first, last = _around(views.at(index) for index in range(positions)) or (0, -1)
    return Views(((max(first, 0), min(last, side - 1)),), 0)


def together(views: Sequence[Views], side: int) -> Views:
    """The span around all `views`: of a sum, a product or a concatenation. The whole picture if they drift apart."""
    if len({Fraction(each.shift, len(each.spans)) for each in views}) > 1:
        return whole(side)
    period = lcm(*(len(each.spans) for each in views))
    spans = [_around(each.at(index) for each in views) for index in range(period)]
    return _shortest(spans, period // len(views[0].spans) * views[0].shift)


def whole(side: int) -> Views:
    """The whole picture."""
    return Views(((0, side - 1),), 0)


def longer(fields: Sequence[Field]) -> Field:
    """Of height and width the one that sees more: what a single figure stands for."""
    return max(fields, key=lambda field: (field.size, field.jump or 0))


def _around(spans: Iterable[Span | None]) -> Span | None:
    seen = [span for span in spans if span is not None]
    return (min(first for first, _ in seen), max(last for _, last in seen)) if seen else None


def _shortest(spans: Sequence[Span | None], shift: int) -> Views:
    """The same with the shortest period."""
    count = len(spans)
    for period in range(1, count + 1):
        if count % period or shift * period % count:
            continue
        views = Views(tuple(spans[:period]), shift * period // count)
        if all(views.at(index) == span for index, span in enumerate(spans)):
            return views
    return Views(tuple(spans), shift)

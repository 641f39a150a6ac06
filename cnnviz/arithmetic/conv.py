"""Convolution and transposed convolution: sizes, windows and readers, as torch has them. Never imports torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from cnnviz.arithmetic.axis import Axis, TransposedAxis, Window, on_axis, readers
from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.base.locale.typesetting import Listed
from cnnviz.base.params import IntOrPair, pair_at_least

T = TypeVar("T")

_TOO_LARGE = N_(
    "kernel_size must fit in the padded input: dilation × (kernel_size − 1) + 1 = {extent} may not be more than "
    "{padded}. Got kernel_size={kernel_size!r}. Any one of these smallest changes fixes it: {changes}."
)
_NO_OUTPUT = N_(
    "padding must leave at least one output of a transposed convolution; this leaves {size}. "
    "Got padding={padding!r}. Any one of these smallest changes fixes it: {changes}."
)
_SAME_STRIDE = N_(
    "stride must be 1 with padding='same', as in torch. Got stride={stride!r} instead. "
    "Any one of these smallest changes fixes it: {changes}."
)
_PADDING_NAME = N_(
    "padding must be whole numbers, 'same' or 'valid'. Got {value!r} instead; the smallest that works is 0."
)
_TRANSPOSED_NAME = N_(
    "padding of a transposed convolution must be whole numbers. Got {value!r} instead; the smallest that works is 0."
)
_OUTPUT_PADDING = N_(
    "output_padding must be smaller than stride or dilation, of a transposed convolution only. Got {value!r} instead; "
    "the largest that works is {largest!r}."
)


@dataclass(frozen=True)
class Repair:
    """One change that makes a refused input size work: the parameter and the nearest value that does."""

    parameter: str  # a field of ConvSpec, or "n", the input size
    value: IntOrPair

    def __str__(self) -> str:
        return f"{self.parameter}={self.value!r}"


@dataclass(frozen=True)
class ConvSpec:
    """A convolution over one axis, or over (height, width) as soon as one of its parameters is a pair.

    `padding` is a number for both ends, a pair (height, width) as in torch, "same" or "valid". Where "same" needs an
    odd number of padding pixels the odd one is at the end, as in torch. Raises ConfigurationError.
    """

    kernel_size: IntOrPair
    stride: IntOrPair = 1
    padding: IntOrPair | str = 0
    dilation: IntOrPair = 1
    transposed: bool = False
    output_padding: IntOrPair = 0

    def __post_init__(self) -> None:
        for parameter, minimum in (("kernel_size", 1), ("stride", 1), ("dilation", 1), ("output_padding", 0)):
            self._set(parameter, pair_at_least(parameter, getattr(self, parameter), minimum))
        self._check_padding()
        self._check_output_padding()

    @property
    def is_pair(self) -> bool:
        """Whether this is over (height, width) rather than one axis."""
        return any(
            isinstance(value, tuple)
            for value in (self.kernel_size, self.stride, self.padding, self.dilation, self.output_padding)
        )

    def padding_on(self, axis: int) -> tuple[int, int]:
        """Padding pixels (at the start, at the end) of `axis` 0 (height) or 1 (width)."""
        if self.padding == "same":
            total = on_axis(self.dilation, axis) * (on_axis(self.kernel_size, axis) - 1)
            return total // 2, total - total // 2
        if isinstance(self.padding, str):
            return 0, 0
        return on_axis(self.padding, axis), on_axis(self.padding, axis)

    def axis(self, axis: int) -> Axis | TransposedAxis:
        """The arithmetic of one axis: 0 (height) or 1 (width)."""
        kernel_size, stride = on_axis(self.kernel_size, axis), on_axis(self.stride, axis)
        dilation, (before, after) = on_axis(self.dilation, axis), self.padding_on(axis)
        if self.transposed:
            return TransposedAxis(kernel_size, stride, before, dilation, on_axis(self.output_padding, axis))
        return Axis(kernel_size, stride, before, after, dilation)

    def output_size(self, n: Any) -> Any:
        """The output's size: an int, or a pair if the convolution or `n` is over (height, width).

        Floors, as torch does. Raises ConfigurationError where torch refuses, with the smallest changes that fix it.
        """
        size = pair_at_least("n", n, 1)
        self._check_fits(size)
        return self._each_axis(size, lambda axis, length: axis.output_size(length))

    def windows(self, n: Any) -> Any:
        """For every output index the padded input indices it reads; over (height, width) a pair of such lists.

        Index 0 is the first padding pixel, if there is one. A transposed convolution pads no input: its windows hold
        plain input indices, and may be empty. Raises ConfigurationError as `output_size` does.
        """
        size = pair_at_least("n", n, 1)
        self._check_fits(size)
        return self._each_axis(size, lambda axis, length: axis.windows(length))

    def readers(self, n: Any) -> Any:
        """For every input index (no padding) all output indices that read it; over (height, width) a pair of lists."""
        size = pair_at_least("n", n, 1)
        self._check_fits(size)
        return self._each_axis(size, _readers_on)

    def unused(self, n: Any) -> Any:
        """The input indices that no window reads; over (height, width) a pair: rows, columns."""
        found = self.readers(n)
        return tuple(_empty(one) for one in found) if isinstance(found, tuple) else _empty(found)

    def repairs(self, n: Any) -> tuple[Repair, ...]:
        """The smallest change of each single parameter that makes the input size `n` work; none if it works."""
        size = pair_at_least("n", n, 1)
        if not self._refusing_axes(size):
            return ()
        rules = _TRANSPOSED_RULES if self.transposed else _RULES
        found = ((parameter, self._mended(parameter, rule, size)) for parameter, rule in rules.items())
        return tuple(Repair(parameter, value) for parameter, value in found if value is not None)

    def _each_axis(self, size: IntOrPair, ask: Callable[[Any, int], T]) -> T | tuple[T, T]:
        if self.is_pair or isinstance(size, tuple):
            return ask(self.axis(0), on_axis(size, 0)), ask(self.axis(1), on_axis(size, 1))
        return ask(self.axis(0), size)

    def _refusing_axes(self, size: IntOrPair) -> list[int]:
        axes = (0, 1) if self.is_pair or isinstance(size, tuple) else (0,)
        return [axis for axis in axes if self.axis(axis).output_size(on_axis(size, axis)) < 1]

    def _check_fits(self, size: IntOrPair) -> None:
        refusing = self._refusing_axes(size)
        if not refusing:
            return
        changes = Listed(self.repairs(size))
        axis, length = self.axis(refusing[0]), on_axis(size, refusing[0])
        if isinstance(axis, TransposedAxis):
            raise ConfigurationError(
                _NO_OUTPUT, parameter="padding", padding=self.padding, size=axis.output_size(length), changes=changes
            )
        raise ConfigurationError(
            _TOO_LARGE,
            parameter="kernel_size",
            extent=axis.extent,
            padded=axis.padded_size(length),
            kernel_size=self.kernel_size,
            changes=changes,
        )

    def _mended(self, parameter: str, rule: Callable[[Any, int], int | None], size: IntOrPair) -> IntOrPair | None:
        """`parameter` with the refusing axes fixed by `rule`; None if one of them cannot be."""
        old = size if parameter == "n" else getattr(self, parameter)
        if isinstance(old, str):
            old = 0
        new = {axis: rule(self.axis(axis), on_axis(size, axis)) for axis in self._refusing_axes(size)}
        if any(value is None for value in new.values()):
            return None
        if not self.is_pair and not isinstance(size, tuple):
            return new[0]
        first, second = (new.get(axis) or on_axis(old, axis) for axis in (0, 1))
        return first if first == second and not isinstance(old, tuple) else (first, second)

    def _check_padding(self) -> None:
        if not isinstance(self.padding, str):
            self._set("padding", pair_at_least("padding", self.padding, 0))
            return
        if self.transposed:
            raise ConfigurationError(_TRANSPOSED_NAME, parameter="padding", value=self.padding)
        if self.padding not in ("same", "valid"):
            raise ConfigurationError(_PADDING_NAME, parameter="padding", value=self.padding)
        if self.padding == "same" and self.stride not in (1, (1, 1)):
            halves = tuple((on_axis(self.kernel_size, a) - 1) * on_axis(self.dilation, a) // 2 for a in (0, 1))
            padding = halves if self.is_pair else halves[0]
            raise ConfigurationError(
                _SAME_STRIDE, parameter="stride", stride=self.stride, changes=f"stride=1, padding={padding!r}"
            )

    def _check_output_padding(self) -> None:
        largest = tuple(
            max(on_axis(self.stride, a), on_axis(self.dilation, a)) - 1 if self.transposed else 0 for a in (0, 1)
        )
        if any(on_axis(self.output_padding, axis) > largest[axis] for axis in (0, 1)):
            shown = largest if self.is_pair else largest[0]
            raise ConfigurationError(
                _OUTPUT_PADDING, parameter="output_padding", value=self.output_padding, largest=shown
            )

    def _set(self, field: str, value: object) -> None:
        object.__setattr__(self, field, value)


def _readers_on(axis: Axis | TransposedAxis, n: int) -> list[Window]:
    return readers(axis.windows(n), n, axis.before if isinstance(axis, Axis) else 0)


def _empty(found: list[Window]) -> Window:
    return tuple(index for index, outputs in enumerate(found) if not outputs)


def _ceil(numerator: int, denominator: int) -> int:
    return -(-numerator // denominator)


def _smaller_kernel(axis: Axis, n: int) -> int | None:
    return (axis.padded_size(n) - 1) // axis.dilation + 1


def _more_padding(axis: Axis, n: int) -> int | None:
    return _ceil(axis.extent - n, 2)


def _smaller_dilation(axis: Axis, n: int) -> int | None:
    dilation = (axis.padded_size(n) - 1) // (axis.kernel_size - 1)
    return dilation if dilation >= 1 else None


def _larger_input(axis: Axis, n: int) -> int | None:
    return n + axis.extent - axis.padded_size(n)


def _less_padding(axis: TransposedAxis, n: int) -> int | None:
    return axis.padding - _ceil(1 - axis.output_size(n), 2)


def _larger_kernel(axis: TransposedAxis, n: int) -> int | None:
    return axis.kernel_size + _ceil(1 - axis.output_size(n), axis.dilation)


def _larger_dilation(axis: TransposedAxis, n: int) -> int | None:
    taps = axis.kernel_size - 1
    return axis.dilation + _ceil(1 - axis.output_size(n), taps) if taps else None


def _larger_stride(axis: TransposedAxis, n: int) -> int | None:
    return axis.stride + _ceil(1 - axis.output_size(n), n - 1) if n > 1 else None


def _larger_transposed_input(axis: TransposedAxis, n: int) -> int | None:
    return n + _ceil(1 - axis.output_size(n), axis.stride)


_RULES: dict[str, Callable[[Any, int], int | None]] = {
    "kernel_size": _smaller_kernel,
    "padding": _more_padding,
    "dilation": _smaller_dilation,
    "n": _larger_input,
}
_TRANSPOSED_RULES: dict[str, Callable[[Any, int], int | None]] = {
    "padding": _less_padding,
    "kernel_size": _larger_kernel,
    "stride": _larger_stride,
    "dilation": _larger_dilation,
    "n": _larger_transposed_input,
}

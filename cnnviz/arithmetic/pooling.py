"""Pooling: sizes, windows and readers, as torch has them, `ceil_mode` included. Never imports torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cnnviz.arithmetic.axis import Axis, Window, on_axis, readers
from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.base.params import IntOrPair, pair_at_least

KINDS = ("max", "average", "min", "softmax")  # torch has the first two; min is -max(-x)

_KIND = N_("kind must be 'max', 'average', 'min' or 'softmax'. Got {value!r} instead.")
_PADDING = N_(
    "padding of pooling must be at most half of kernel_size={kernel_size!r}, as in torch. "
    "Got padding={value!r} instead; the largest that works is {largest!r}."
)
_DILATION = N_("dilation must be 1 for average pooling, as torch has none. Got {value!r} instead.")
_TOO_LARGE = N_(
    "kernel_size must fit in the padded input: this gives {size} outputs of an input of {n}. "
    "Got kernel_size={kernel_size!r}. A smaller kernel_size or an input of at least {smallest} fixes it."
)


@dataclass(frozen=True)
class PoolSpec:
    """Pooling over one axis, or over (height, width) as soon as one of its parameters is a pair.

    `stride` None is the kernel's size, as in torch. With `ceil_mode` a last window may hang over the end, if it starts
    inside the input or its padding in front. Raises ConfigurationError.
    """

    kernel_size: IntOrPair
    stride: IntOrPair | None = None
    padding: IntOrPair = 0
    dilation: IntOrPair = 1
    ceil_mode: bool = False
    kind: str = "max"

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ConfigurationError(_KIND, parameter="kind", value=self.kind)
        self._set("kernel_size", pair_at_least("kernel_size", self.kernel_size, 1))
        self._set("stride", self.kernel_size if self.stride is None else pair_at_least("stride", self.stride, 1))
        self._set("padding", pair_at_least("padding", self.padding, 0))
        self._set("dilation", pair_at_least("dilation", self.dilation, 1))
        self._check_padding()
        if self.kind == "average" and self.dilation not in (1, (1, 1)):
            raise ConfigurationError(_DILATION, parameter="dilation", value=self.dilation)

    @property
    def is_pair(self) -> bool:
        """Whether this is over (height, width) rather than one axis."""
        return any(isinstance(value, tuple) for value in (self.kernel_size, self.stride, self.padding, self.dilation))

    def axis(self, axis: int) -> PoolAxis:
        """The arithmetic of one axis: 0 (height) or 1 (width)."""
        assert self.stride is not None  # __post_init__ filled it in
        padding = on_axis(self.padding, axis)
        return PoolAxis(
            on_axis(self.kernel_size, axis),
            on_axis(self.stride, axis),
            padding,
            padding,
            on_axis(self.dilation, axis),
            self.ceil_mode,
        )

    def output_size(self, n: Any) -> Any:
        """The output's size: an int, or a pair. Raises ConfigurationError where torch refuses."""
        return self._each_axis(n, lambda axis, length: axis.output_size(length))

    def windows(self, n: Any) -> Any:
        """For every output index the padded input indices it reads, what hangs over the end left out."""
        return self._each_axis(n, lambda axis, length: axis.windows(length))

    def readers(self, n: Any) -> Any:
        """For every input index (no padding) all output indices that read it."""
        return self._each_axis(n, lambda axis, length: readers(axis.windows(length), length, axis.before))

    def unused(self, n: Any) -> Any:
        """The input indices that no window reads."""
        return self._each_axis(
            n,
            lambda axis, length: tuple(
                index for index, outputs in enumerate(readers(axis.windows(length), length, axis.before)) if not outputs
            ),
        )

    def _each_axis(self, n: Any, ask: Any) -> Any:
        size = pair_at_least("n", n, 1)
        pair = self.is_pair or isinstance(size, tuple)
        lengths = [(self.axis(axis), on_axis(size, axis)) for axis in ((0, 1) if pair else (0,))]
        for axis, length in lengths:
            self._check_fits(axis, length)
        answers = tuple(ask(axis, length) for axis, length in lengths)
        return answers if pair else answers[0]

    def _check_fits(self, axis: PoolAxis, n: int) -> None:
        if axis.output_size(n) < 1:
            smallest = next(m for m in range(n + 1, n + axis.extent + 1) if axis.output_size(m) >= 1)
            raise ConfigurationError(
                _TOO_LARGE,
                parameter="kernel_size",
                size=axis.output_size(n),
                n=n,
                kernel_size=self.kernel_size,
                smallest=smallest,
            )

    def _check_padding(self) -> None:
        largest = tuple(on_axis(self.kernel_size, axis) // 2 for axis in (0, 1))
        if any(on_axis(self.padding, axis) > largest[axis] for axis in (0, 1)):
            shown = largest if self.is_pair else largest[0]
            raise ConfigurationError(
                _PADDING, parameter="padding", kernel_size=self.kernel_size, value=self.padding, largest=shown
            )

    def _set(self, field: str, value: object) -> None:
        object.__setattr__(self, field, value)


@dataclass(frozen=True)
class PoolAxis(Axis):
    """One axis of pooling: with `ceil_mode` the division is rounded up, and a last window may hang over the end."""

    ceil_mode: bool = False

    def output_size(self, n: int) -> int:
        """As torch: rounded up windows count only if they start before the padding at the end."""
        room = self.padded_size(n) - self.extent + (self.stride - 1 if self.ceil_mode else 0)
        size = room // self.stride + 1
        if self.ceil_mode and (size - 1) * self.stride >= n + self.before:
            size -= 1
        return size

    def windows(self, n: int) -> list[Window]:
        """For every output index the padded input indices it reads; those over the end do not count."""
        end = self.padded_size(n)
        return [tuple(tap for tap in window if tap < end) for window in super().windows(n)]

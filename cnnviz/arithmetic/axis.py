"""Axis: sizes and indices along one axis of a sliding window. Knows nothing of error sentences or pooling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Window = tuple[int, ...]


@dataclass(frozen=True)
class Axis:
    """A kernel of `kernel_size` taps, `dilation` apart, that moves by `stride` over an input padded on both ends."""

    kernel_size: int
    stride: int = 1
    before: int = 0  # padding at the start
    after: int = 0  # padding at the end
    dilation: int = 1

    @property
    def extent(self) -> int:
        """How many pixels the kernel spans, its gaps counted: d(k - 1) + 1."""
        return self.dilation * (self.kernel_size - 1) + 1

    def padded_size(self, n: int) -> int:
        """The input with its padding."""
        return n + self.before + self.after

    def output_size(self, n: int) -> int:
        """floor((n + padding - extent) / stride) + 1; not positive where the kernel does not fit."""
        return (self.padded_size(n) - self.extent) // self.stride + 1

    def windows(self, n: int) -> list[Window]:
        """For every output index the padded input indices it reads; padded index = input index + `before`."""
        return [self.taps(index) for index in range(self.output_size(n))]

    def taps(self, index: int) -> Window:
        """The padded input indices that the window of output `index` lies on."""
        start = index * self.stride
        return tuple(range(start, start + self.extent, self.dilation))


@dataclass(frozen=True)
class TransposedAxis:
    """The same turned round: input i is written, weighted, to the outputs i * stride - padding + tap * dilation."""

    kernel_size: int
    stride: int = 1
    padding: int = 0  # cut off both ends of the output
    dilation: int = 1
    output_padding: int = 0  # added to the end of the output

    def output_size(self, n: int) -> int:
        """(n - 1) stride - 2 padding + dilation (k - 1) + output_padding + 1; torch refuses less than 1."""
        return (
            (n - 1) * self.stride - 2 * self.padding + self.dilation * (self.kernel_size - 1) + self.output_padding + 1
        )

    def windows(self, n: int) -> list[Window]:
        """For every output index the input indices it sums over (there is no padded input); empty in a gap."""
        windows: list[list[int]] = [[] for _ in range(self.output_size(n))]
        for source in range(n):
            for tap in range(self.kernel_size):
                target = source * self.stride - self.padding + tap * self.dilation
                if 0 <= target < len(windows):
                    windows[target].append(source)
        return [tuple(window) for window in windows]


def readers(windows: list[Window], n: int, before: int = 0) -> list[Window]:
    """For each of `n` input indices the output indices whose window holds it; `before`: padding in front of index 0."""
    found: list[list[int]] = [[] for _ in range(n)]
    for output, window in enumerate(windows):
        for index in window:
            if 0 <= index - before < n:
                found[index - before].append(output)
    return [tuple(outputs) for outputs in found]


def on_axis(value: int | Sequence[int], axis: int) -> int:
    """What `value` means on `axis` 0 (height) or 1 (width): a single number holds for both, also in a sequence."""
    if isinstance(value, Sequence):
        return value[axis] if len(value) > 1 else value[0]
    return value


def pair(value: int | Sequence[int]) -> tuple[int, int]:
    """(height, width) of one number or two: (5, 5) for 5."""
    return on_axis(value, 0), on_axis(value, 1)

"""Conventions: one setting as PyTorch, a textbook with total padding, and Keras have it. Never imports torch.

Sources: Dumoulin and Visin, "A guide to convolution arithmetic for deep learning" (2016), relationship 6, and
torch.nn.Conv2d: p per side. Zhang, Lipton, Li and Smola, "Dive into Deep Learning", section 7.3: p of both sides
together, an odd pixel in front. TensorFlow, tf.nn, "Notes on padding": "valid" and "same", an odd pixel at the end.
"""

from __future__ import annotations

from dataclasses import dataclass

from cnnviz.arithmetic.axis import Axis

PYTORCH, TEXTBOOK, VALID, SAME = "pytorch", "textbook", "valid", "same"


@dataclass(frozen=True)
class Reading:
    """The layer that one convention makes of a setting, along one axis."""

    convention: str
    before: int  # padding pixels at the start
    after: int  # and at the end
    output_size: int  # below 1 where the kernel does not fit
    differs: tuple[str, ...] = ()  # from the setting: "start" or "end" of the padding, "size" of the output

    @property
    def total(self) -> int:
        """Padding of both ends together."""
        return self.before + self.after

    @property
    def agrees(self) -> bool:
        """Whether it gives the setting's own values: windows start where the setting's do, and are as many.

        Padding at the end that is there in one and not in the other is then read by no window.
        """
        return not {"start", "size"} & set(self.differs)


def readings(axis: Axis, n: int) -> tuple[Reading, ...]:
    """The setting `axis`, over `n` pixels, as PyTorch, the textbook, Keras "valid" and Keras "same" have it."""
    own = axis.output_size(n)
    same = same_padding(n, axis.extent, axis.stride)
    found = (
        Reading(PYTORCH, axis.before, axis.after, own),
        Reading(TEXTBOOK, axis.before, axis.after, total_output_size(n, axis.extent, axis.stride, 2 * axis.before)),
        Reading(VALID, 0, 0, valid_output_size(n, axis.extent, axis.stride)),
        Reading(SAME, *same, same_output_size(n, axis.stride)),
    )
    return tuple(_compared(reading, found[0]) for reading in found)


def total_output_size(n: int, extent: int, stride: int, total: int) -> int:
    """floor((n - k + p + s) / s), p the padding of both sides together.

    >>> total_output_size(6, 3, 1, total=2)
    6
    """
    return (n - extent + total + stride) // stride


def valid_output_size(n: int, extent: int, stride: int) -> int:
    """ceil((n - k + 1) / s).

    >>> valid_output_size(28, 3, 2)
    13
    """
    return _ceil(n - extent + 1, stride)


def same_output_size(n: int, stride: int) -> int:
    """ceil(n / s), whatever the kernel.

    >>> same_output_size(7, 2)
    4
    """
    return _ceil(n, stride)


def same_padding(n: int, extent: int, stride: int) -> tuple[int, int]:
    """What "same" pads (at the start, at the end): max((ceil(n / s) - 1) s + k - n, 0) in all, the odd one at the end.

    >>> same_padding(28, 3, 1), same_padding(28, 3, 2)
    ((1, 1), (0, 1))
    """
    total = max((same_output_size(n, stride) - 1) * stride + extent - n, 0)
    return total // 2, total - total // 2


def same_as_torch(n: int, extent: int, stride: int) -> int | None:
    """The padding per side with which PyTorch gives the values of "same"; None if it must pad the ends apart.

    >>> same_as_torch(28, 3, 1), same_as_torch(28, 3, 2), same_as_torch(7, 3, 2)
    (1, None, 1)
    """
    before, after = same_padding(n, extent, stride)
    symmetric = Axis(extent, stride, before, before)
    fits = before == after or symmetric.output_size(n) == same_output_size(n, stride)
    return before if fits else None


def transposed_sizes(n: int, extent: int, stride: int) -> tuple[int, int]:
    """What a transposed layer of Keras makes of `n` pixels: with "valid", with "same" (no output padding).

    Keras, `Conv2DTranspose`: n s + max(k - s, 0), and n s.

    >>> transposed_sizes(7, 3, 2)
    (15, 14)
    """
    return n * stride + max(extent - stride, 0), n * stride


def _compared(reading: Reading, own: Reading) -> Reading:
    pairs = {
        "start": (reading.before, own.before),
        "end": (reading.after, own.after),
        "size": (max(reading.output_size, 0), max(own.output_size, 0)),
    }
    differs = tuple(name for name, (theirs, ours) in pairs.items() if theirs != ours)
    return Reading(reading.convention, reading.before, reading.after, reading.output_size, differs)


def _ceil(numerator: int, denominator: int) -> int:
    return -(-numerator // denominator)

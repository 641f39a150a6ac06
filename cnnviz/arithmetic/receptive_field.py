"""Receptive field: how much of the input one value sees after each layer of a plain stack. Never imports torch.

The recurrences are those of Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural Networks",
Distill (2019), equations 1 to 3.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cnnviz.arithmetic.axis import TransposedAxis
from cnnviz.arithmetic.conv import ConvSpec
from cnnviz.arithmetic.pooling import PoolSpec
from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.base.params import IntOrPair

_TRANSPOSED = N_(
    "specs must be convolutions and pooling that are not transposed. Got {value!r} as layer {layer} instead."
)


@dataclass(frozen=True)
class ReceptiveField:
    """What one value sees, in input pixels; each an int, or a pair (height, width)."""

    size: IntOrPair  # how many pixels it spans
    jump: IntOrPair  # how many pixels it moves from one output to the next
    start: IntOrPair  # the first input index that output 0 sees; negative: padding


def receptive_field(specs: Iterable[ConvSpec | PoolSpec]) -> list[ReceptiveField]:
    """The receptive field after each of `specs`, in order. Raises ConfigurationError for a transposed convolution.

    >>> [field.size for field in receptive_field([ConvSpec(3), ConvSpec(3)])]
    [3, 5]
    """
    layers = list(specs)
    if not any(spec.is_pair for spec in layers):
        return [ReceptiveField(*field) for field in _along(layers, 0)]
    both = zip(_along(layers, 0), _along(layers, 1), strict=True)
    return [ReceptiveField(*zip(height, width, strict=True)) for height, width in both]


def _along(specs: list[ConvSpec | PoolSpec], which: int) -> list[tuple[int, int, int]]:
    size, jump, start = 1, 1, 0
    fields = []
    for number, spec in enumerate(specs, start=1):
        axis = spec.axis(which)
        if isinstance(axis, TransposedAxis):
            raise ConfigurationError(_TRANSPOSED, value=spec, layer=number)
        size += (axis.extent - 1) * jump
        start -= axis.before * jump
        jump *= axis.stride
        fields.append((size, jump, start))
    return fields

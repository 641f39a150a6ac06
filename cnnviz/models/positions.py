"""Positions: how torch's layers and functions read height and width, and where values go that only change places.

`receptive_field.py` makes receptive fields of it. What is known by name is told by arithmetic; what only moves values
(permute, channel shuffle, a slice) is tried out on a picture of coordinates.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules import activation, batchnorm, dropout, instancenorm, normalization, padding

from cnnviz.arithmetic.axis import pair
from cnnviz.models.receptive_field import (
    IN_PLACE,
    Reading,
    Views,
    flattened,
    moved,
    pooled_to,
    resized,
    sliding,
    spread,
    through,
    together,
    whole,
)
from cnnviz.models.shapes import Shape, window

Axes = tuple[int, int]  # the dimensions of a tensor along which height and width lie
MAPS: Axes = (2, 3)  # (n, c, h, w)


@dataclass(frozen=True)
class Seen:
    """What the values of a tensor see of the picture, along height and width."""

    views: tuple[Views, Views] = (Views(), Views())
    axes: Axes | None = MAPS  # None: values have no place any more


_PAD = (padding._ConstantPadNd, padding._ReflectionPadNd, padding._ReplicationPadNd, padding._CircularPadNd)
_STAY = ("Add", "Multiply", "Concat", "ReLU", "Sigmoid", "Tanh", "LeakyReLU", "Dropout")
_POOLING = (nn.MaxPool2d, nn.AvgPool2d, nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d)
_STAYING = tuple(  # of the statistics of a normalisation nothing is said, as is usual
    kind
    for module in (activation, batchnorm, dropout, instancenorm, normalization)
    for kind in vars(module).values()
    if isinstance(kind, type)
    and issubclass(kind, nn.Module)
    and kind not in (nn.Module, nn.MultiheadAttention, nn.GLU, nn.Softmax, nn.Softmin, nn.LogSoftmax)
)


def numbers_of(module: nn.Module) -> tuple[str, dict[str, Any]]:
    """(kind, numbers) of a module as of the function that does the same; the kind is "" where none is known."""
    if isinstance(module, _PAD):
        return "Pad", {"pad": module.padding}
    if isinstance(module, nn.Upsample):
        return "Upsample", vars(module)
    if isinstance(module, (*_STAYING, nn.Identity)):
        return "Dropout", {}
    return type(module).__name__ if type(module).__module__.startswith("torch.nn.") else "", vars(module)


def is_free(module: nn.Module) -> bool:
    """Whether it is known to multiply nothing that counts."""
    return isinstance(module, (*_STAYING, nn.Identity, nn.Flatten, *_PAD, nn.Upsample, *_POOLING))


def readings(kind: str, numbers: Mapping[str, Any], before: Shape, after: Shape, axes: Axes) -> list[Reading] | None:
    """How a layer of that kind reads height and width; None if that is not known."""
    if kind in _STAY:
        return [IN_PLACE, IN_PLACE]
    if kind == "Linear" and len(before) - 1 not in axes:
        return [IN_PLACE, IN_PLACE]
    if kind == "Pad":
        return [_padded(numbers["pad"], len(before) - 1 - at) for at in axes]
    write = _READINGS.get(kind)
    if write is None or axes != MAPS or len(after) != 4:
        return None
    found = [write(numbers, axis, before[2 + axis], after[2 + axis]) for axis in (0, 1)]
    known = [reading for reading in found if reading is not None]
    return known if len(known) == 2 else None


def _slid(numbers: Mapping[str, Any], axis: int, n_in: int, n_out: int) -> Reading:
    own = window(numbers)[axis]
    return sliding(own.extent, own.stride, own.before, own.dilation)


def _spread(numbers: Mapping[str, Any], axis: int, n_in: int, n_out: int) -> Reading:
    names = ("kernel_size", "stride", "padding", "dilation")
    return spread(*(pair(numbers.get(name) or (0 if name == "padding" else 1))[axis] for name in names))


def _resized(numbers: Mapping[str, Any], axis: int, n_in: int, n_out: int) -> Reading | None:
    mode, scale = numbers.get("mode") or "nearest", numbers.get("scale_factor")
    if numbers.get("antialias"):
        return None
    if mode == "area":
        return pooled_to(n_in, n_out)
    step = Fraction(n_in, n_out)
    if numbers.get("align_corners"):
        step = Fraction(n_in - 1, max(n_out - 1, 1))
    elif scale is not None and not numbers.get("recompute_scale_factor"):
        step = 1 / Fraction(scale[axis] if isinstance(scale, Sequence) else scale).limit_denominator(1000)
    return resized(step, mode, bool(numbers.get("align_corners"))) if step else None


def _padded(pad: Sequence[int], from_end: int) -> Reading:
    """torch names the last dimension's two sides first."""
    before = pad[2 * from_end] if 2 * from_end < len(pad) else 0
    return Reading((range(-before, 1 - before),))


_READINGS: dict[str, Callable[[Mapping[str, Any], int, int, int], Reading | None]] = {
    **dict.fromkeys(("Conv2d", "MaxPool2d", "AvgPool2d", "LPPool2d"), _slid),
    "ConvTranspose2d": _spread,
    **dict.fromkeys(
        ("AdaptiveAvgPool2d", "AdaptiveMaxPool2d"), lambda numbers, axis, n_in, n_out: pooled_to(n_in, n_out)
    ),
    "Upsample": _resized,
    "PixelShuffle": lambda numbers, axis, n_in, n_out: Reading((range(1),) * numbers["upscale_factor"]),
    "PixelUnshuffle": lambda numbers, axis, n_in, n_out: sliding(
        numbers["downscale_factor"], numbers["downscale_factor"], 0
    ),
}


def merged(read: Sequence[tuple[Shape, Seen]], sides: tuple[int, int], dim: int | None = None) -> Seen:
    """What is seen of several tensors at once, each value beside its like; `dim`: along which they are joined."""
    places = {seen.axes for _shape, seen in read}
    axes = places.pop() if len(places) == 1 else None
    views = []
    for axis in (0, 1):
        own = [_everywhere(shape, seen, axis) if len(read) > 1 else seen.views[axis] for shape, seen in read]
        is_joined = axes is not None and dim is not None and dim % len(read[0][0]) == axes[axis]
        views.append(whole(sides[axis]) if is_joined else together(own, sides[axis]))
    return Seen((views[0], views[1]), axes)


def _everywhere(shape: Shape, seen: Seen, axis: int) -> Views:
    """A single position is spread over all of the others' when tensors meet."""
    views = seen.views[axis]
    if seen.axes is None or shape[seen.axes[axis]] > 1:
        return views
    return Views((views.at(0),), 0)


def after(reads: Sequence[Reading], seen: Seen) -> Seen:
    """What is seen after a layer that reads so."""
    height, width = (through(views, reading) for views, reading in zip(seen.views, reads, strict=True))
    return Seen((height, width), seen.axes)


def gone(shape: Shape, seen: Seen, sides: tuple[int, int]) -> Seen:
    """Where positions are lost: a value may see whatever any of them saw."""
    if seen.axes is None:
        return seen
    height, width = (flattened(seen.views[axis], shape[seen.axes[axis]], sides[axis]) for axis in (0, 1))
    return Seen((height, width), None)


def tried(call: Callable[[Tensor], Any], shape: Shape, seen: Seen) -> list[Seen | None]:
    """What the tensors that `call` makes see, if it only moves the values of one of this shape; None where lost."""
    if seen.axes is None:
        return []
    maps = []
    for at in seen.axes:
        places = [1] * len(shape)
        places[at] = -1
        given = torch.arange(shape[at], device="cpu", dtype=torch.int32).view(places).expand(shape)
        made = call(given)
        maps.append([made] if isinstance(made, Tensor) else list(made))
    return [_found(rows, columns, seen) for rows, columns in zip(*maps, strict=True)]


def _found(rows: Tensor, columns: Tensor, seen: Seen) -> Seen | None:
    found = [_along(each, before) for each, before in zip((rows, columns), seen.axes or MAPS, strict=True)]
    (height, down), (width, across) = found
    if down is None or across is None or height == width:
        return None
    return after([down, across], Seen(seen.views, (height, width)))


def _along(places: Tensor, before: int) -> tuple[int, Reading | None]:
    """The dimension along which the coordinate now runs, and how it does."""
    for dim in sorted(range(places.dim()), key=lambda dim: dim != before):
        lines = places.movedim(dim, 0).flatten(1)
        if lines.numel() and bool((lines.amin(1) == lines.amax(1)).all()):
            return dim, moved(lines[:, 0].tolist())
    return -1, None

"""Value trace: one feature map, or one unit, as it comes about from the layer before it.

`explain` says it in one sentence with the layer's own numbers. No UI, no disk.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import NDArray
from torch import nn

from cnnviz.arithmetic.axis import pair
from cnnviz.base.locale import N_
from cnnviz.base.params import whole
from cnnviz.inspection import capture
from cnnviz.models.shapes import Window, window_of

Kind = Literal["convolution", "sum", "largest", "mean", "relu", "sigmoid", "same"]
Maps = NDArray[np.float32]
Pair = tuple[int, int]
_SHOWN = (nn.Conv2d, nn.Linear, nn.Flatten, nn.MaxPool2d, nn.AvgPool2d, nn.ReLU, nn.Sigmoid, nn.Dropout, nn.Identity)


@dataclass(frozen=True, eq=False)
class ValueTrace:
    """What map `index` of a layer reads, what it weighs that with, and what comes out.

    "convolution": every output value is the sum of window x weights, plus the bias; "sum": of the whole input at once.
    "largest", "mean": of a window of the same map, as far as it lies inside the map and the padding that counts.
    "relu", "sigmoid", "same": of the same place of the same map.
    """

    kind: Kind
    inputs: Maps  # (c, h, w): for "convolution" the maps of the filter's group, for "sum" all, else the one map
    output: Maps  # (h, w)
    weights: Maps | None = None  # (c, kh, kw); for "sum" shaped as `inputs`
    bias: float = 0.0
    kernel_size: Pair = (1, 1)
    stride: Pair = (1, 1)
    padding: Pair = (0, 0)
    dilation: Pair = (1, 1)
    counts_padding: bool = True  # whether the zeros of the padding are among what a window reads
    flattened_from: tuple[int, int, int] | None = None  # (c, h, w) of the maps whose row of numbers a "sum" reads

    @property
    def input_shape(self) -> tuple[int, ...]:
        """(c, h, w) of what is read; (n,) where that is n numbers, which `inputs` has in rows only to be drawn."""
        is_row = self.kind == "sum" or self.inputs.size == 1
        return (self.inputs.size,) if is_row else self.inputs.shape

    def window(self, row: int, column: int) -> Maps:
        """What the output value at (row, column) reads, (c, kh, kw), or less of it at the edge of a pooling's map."""
        (ph, pw) = self.padding
        padded = np.pad(self.inputs, ((0, 0), (ph, ph), (pw, pw)))
        return padded[:, self._taps(0, row)][:, :, self._taps(1, column)]

    def _taps(self, axis: int, index: int) -> list[int]:
        """The padded rows (axis 0) or columns (axis 1) that output row or column `index` reads."""
        side, padding, dilation = self.inputs.shape[1 + axis], self.padding[axis], self.dilation[axis]
        first, end = (0, side + 2 * padding) if self.counts_padding else (padding, side + padding)
        start = index * self.stride[axis]
        taps = range(start, start + dilation * self.kernel_size[axis], dilation)
        return [tap for tap in taps if first <= tap < end]


def has_value_trace(model: nn.Module, layer: str) -> bool:
    """Whether `value_trace` can show how a value of `layer` comes about.

    Not yet of sums, branches and batch norm, nor where the padding is no frame of zeros, equally wide on both sides.
    """
    module = dict(model.named_modules()).get(layer)
    return type(module) in _SHOWN and not _is_uneven(window_of(module)) and _is_plain(module)


def value_trace(
    model: nn.Module,
    layer: str,
    index: int,
    x: Maps,
    outputs: Mapping[str, Maps],
    way: Sequence[str] | None = None,
) -> ValueTrace:
    """Map `index` of `layer`, for the picture x (c, h, w), given every layer's `outputs` to it.

    `way`: the layers on the way from the picture to this one; left out, all that ran before it, one after the other.
    Raises ConfigurationError if the layer has no such map.
    """
    output = as_maps(outputs[layer])
    whole("feature map", index, 0, len(output) - 1)
    names = list(outputs)
    earlier = [x, *(outputs[name] for name in (names[: names.index(layer)] if way is None else way))]
    module = model.get_submodule(layer)
    if isinstance(module, nn.Conv2d):
        own, group = capture.filters(model, layer)[index], _group(module, index)
        return ValueTrace(
            "convolution", earlier[-1][group], output[index], own, _bias(model, layer, index), **_geometry(module)
        )
    if isinstance(module, nn.Linear):
        shape = flattened_from(earlier)
        drawn = shape or block(earlier[-1].size)
        own, inputs = (row.reshape(drawn) for row in (capture.filters(model, layer)[index], earlier[-1]))
        return ValueTrace("sum", inputs, output[index], own, _bias(model, layer, index), flattened_from=shape)
    if isinstance(module, nn.Flatten):
        return ValueTrace("same", output[index][None], output[index])
    before = as_maps(earlier[-1])[index][None]
    if isinstance(module, (nn.MaxPool2d, nn.AvgPool2d)):
        return ValueTrace(
            "largest" if isinstance(module, nn.MaxPool2d) else "mean", before, output[index], **_geometry(module)
        )
    kind = "relu" if isinstance(module, nn.ReLU) else "sigmoid" if isinstance(module, nn.Sigmoid) else "same"
    return ValueTrace(cast(Kind, kind), before, output[index])


def as_maps(output: Maps) -> Maps:
    """A layer's output as maps (n, h, w): the values of a fully connected layer are n maps of one pixel."""
    return output if output.ndim == 3 else output.reshape(-1, 1, 1)


def flattened_from(earlier: Sequence[Maps]) -> tuple[int, int, int] | None:
    """The shape (c, h, w) of the maps of which the last of `earlier` is the row; None if it is a row of its own."""
    maps = next((maps for maps in reversed(earlier) if maps.ndim == 3), None)
    if maps is None or not np.array_equal(earlier[-1].ravel(), maps.ravel(), equal_nan=True):
        return None
    channels, height, width = maps.shape
    return channels, height, width


def block(count: int) -> tuple[int, int, int]:
    """One nearly square block (1, h, w) for `count` numbers."""
    columns = next(c for c in range(math.isqrt(max(count - 1, 0)) + 1, count + 1) if count % c == 0)
    return 1, count // columns, columns


def _bias(model: nn.Module, layer: str, index: int) -> float:
    return float(capture.biases(model, layer)[index])


def _geometry(module: nn.Conv2d | nn.MaxPool2d | nn.AvgPool2d) -> dict[str, Any]:
    axes = window_of(module)
    assert axes is not None
    names = {"kernel_size": "kernel_size", "stride": "stride", "padding": "before", "dilation": "dilation"}
    found: dict[str, Any] = {name: tuple(getattr(axis, own) for axis in axes) for name, own in names.items()}
    return found | {"counts_padding": _counts_padding(module)}


def _counts_padding(module: nn.Module) -> bool:
    """A largest value is never sought in the padding; a mean has its zeros in it unless it is told not to."""
    return isinstance(module, nn.Conv2d) or (isinstance(module, nn.AvgPool2d) and module.count_include_pad)


def _group(module: nn.Conv2d, index: int) -> slice:
    """The maps that filter `index` reads: all, unless the convolution is grouped."""
    each = module.in_channels // module.groups
    start = index // (module.out_channels // module.groups) * each
    return slice(start, start + each)


def _is_uneven(axes: Window | None) -> bool:
    return axes is not None and any(axis.before != axis.after for axis in axes)


def _is_plain(module: nn.Module | None) -> bool:
    """Whether what is padded is zeros, and a mean is one: torch can also mirror the map, or divide by any number."""
    return getattr(module, "padding_mode", "zeros") == "zeros" and getattr(module, "divisor_override", None) is None


@dataclass(frozen=True)
class Explanation:
    """An English message with `{named}` gaps, and what fills them."""

    template: str
    values: dict[str, Any] = field(default_factory=dict)


def explain(layer: nn.Module | str) -> Explanation:
    """The sentence for one layer, or for an operation between layers, given by its kind."""
    if isinstance(layer, str):
        return Explanation(_OPERATIONS.get(layer, _OTHER))
    if isinstance(layer, nn.Conv2d) and layer.groups > 1:
        return Explanation(_GROUPED, _values(layer) | {"own": layer.in_channels // layer.groups})
    for kind, sentence in _SENTENCES.items():
        if isinstance(layer, kind):
            return Explanation(sentence, _values(layer))
    return Explanation(_OTHER)


_OTHER = N_("This layer passes its input on, changed in its own way.")
_GROUPED = N_(
    "Each of the {out} filters slides over its input, {height} × {width} pixels at a time and through {own} of its "
    "{inputs} channels, and draws one map of where it found its pattern."
)
_OPERATIONS = {
    "Add": N_("What two branches gave is added, value by value: f(x) + x, so a block need only learn what to change."),
    "Concat": N_("The maps of all branches are laid on top of each other; nothing is computed."),
    "Flatten": N_("The maps are laid out as one long row of numbers; nothing is computed."),
}
_SENTENCES: dict[type[nn.Module], str] = {
    nn.Conv2d: N_(
        "Each of the {out} filters slides over its input, {height} × {width} pixels at a time and through all channels "
        "(here {inputs}), and draws one map of where it found its pattern."
    ),
    nn.ReLU: N_("Everything below zero becomes zero: what spoke against a pattern is silenced."),
    nn.Sigmoid: N_("Every value is squeezed to between 0 and 1: large ones all become nearly 1."),
    nn.Tanh: N_("Every value is squeezed to between -1 and 1: large ones all become nearly 1."),
    nn.LeakyReLU: N_("Everything below zero is made a hundred times smaller, not silenced: a little of it goes on."),
    nn.BatchNorm2d: N_("Each map is shifted and scaled to what training found usual, so that later layers find it so."),
    nn.AdaptiveAvgPool2d: N_(
        "Each map becomes its mean, or a few means: how much of its pattern there was, no matter where."
    ),
    nn.MaxPool2d: N_(
        "Of every {height} × {width} window only the largest value stays: smaller maps, and less about where."
    ),
    nn.AvgPool2d: N_("Every {height} × {width} window becomes its mean: smaller maps, and less about where."),
    nn.Flatten: N_("The maps are laid out as one long row of numbers; nothing is computed."),
    nn.Linear: N_("Each of the {out} units weighs all {inputs} inputs and adds them up: position no longer matters."),
    nn.Dropout: N_("In training some values are set to zero at random; now, after it, nothing is changed."),
}


def _values(layer: nn.Module) -> dict[str, Any]:
    if isinstance(layer, nn.Conv2d):
        height, width = layer.kernel_size
        return {"out": layer.out_channels, "inputs": layer.in_channels, "height": height, "width": width}
    if isinstance(layer, (nn.MaxPool2d, nn.AvgPool2d)):
        height, width = pair(layer.kernel_size)
        return {"height": height, "width": width}
    if isinstance(layer, nn.Linear):
        return {"out": layer.out_features, "inputs": layer.in_features}
    return {}

"""Value trace: one feature map, or one unit, as it comes about from what its layer reads. No UI, no disk."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from torch import nn

from cnnviz.base.params import whole
from cnnviz.inspection.survey import Seen
from cnnviz.inspection.trace import Kind, Maps, Norm, Pair, ValueTrace
from cnnviz.models.shapes import Window
from cnnviz.models.summary import LayerInfo, Summary

MOST_CHANNELS = 16  # that a trace has all of; of more those that count most, and the rest as one number


@dataclass(frozen=True, eq=False)
class _Layer:
    """All that a trace is made of."""

    info: LayerInfo
    module: Any  # None of a function between modules
    index: int
    seen: Seen
    flattened: tuple[int, int, int] | None
    statistics: tuple[float, float] | None  # mean and variance of the batch; in training only

    @property
    def output(self) -> Maps:
        """(h, w)"""
        return as_maps(self.seen.output)[self.index]

    @property
    def same_map(self) -> Maps:
        """(1, h, w): the map of the same number that is read."""
        return as_maps(self.seen.read[0])[self.index][None]


def has_value_trace(model: nn.Module, info: LayerInfo) -> bool:
    """Whether `value_trace` can show how a value of the layer comes about: of every layer of the zoo's networks.

    Not where the padding is no frame of zeros, equally wide on both sides, nor of layers nobody here knows.
    """
    module = dict(model.named_modules()).get(info.name) if info.module else None
    if info.kind not in _TRACES or (info.module and type(module).__module__.split(".")[0] != "torch"):
        return False
    if len(info.output_shape) not in (1, 3) or (not info.module and info.kind in ("Conv2d", "Linear", "Dropout")):
        return False
    if info.kind in ("Add", "Concat") and not _is_by_maps(info):
        return False
    return not _is_uneven(info.window) and _is_plain(module)


def value_trace(
    model: nn.Module,
    info: LayerInfo,
    index: int,
    seen: Seen,
    flattened: tuple[int, int, int] | None = None,
    statistics: tuple[float, float] | None = None,
) -> ValueTrace:
    """Map `index` of a layer that read and gave what `seen` says.

    `flattened`: the maps (c, h, w) that a fully connected layer's row of numbers was, see `flattened_from`.
    `statistics`: mean and variance of the map in the batch, where the network is in training.
    Raises ConfigurationError if the layer has no such map.
    """
    whole("feature map", index, 0, len(as_maps(seen.output)) - 1)
    module = model.get_submodule(info.name) if info.module else None
    return _TRACES[info.kind](_Layer(info, module, index, seen, flattened, statistics))


def as_maps(output: Maps) -> Maps:
    """A layer's output as maps (n, h, w): the values of a fully connected layer are n maps of one pixel."""
    return output if output.ndim == 3 else output.reshape(-1, 1, 1)


def flattened_from(summary: Summary, info: LayerInfo) -> tuple[int, int, int] | None:
    """The maps (c, h, w) whose row of numbers a layer reads; None if it reads maps, or a row of its own."""
    by_name = {each.name: each for each in summary}
    while info.inputs and info.inputs[0]:
        info = by_name[info.inputs[0]]
        if info.kind == "Flatten" and len(info.input_shape) == 3:
            channels, height, width = info.input_shape
            return channels, height, width
        if info.kind not in ("Dropout", "Identity", "Flatten"):
            break
    return None


def block(count: int) -> tuple[int, int, int]:
    """One nearly square block (1, h, w) for `count` numbers."""
    columns = next(c for c in range(math.isqrt(max(count - 1, 0)) + 1, count + 1) if count % c == 0)
    return 1, count // columns, columns


def _convolution(layer: _Layer) -> ValueTrace:
    module, index = layer.module, layer.index
    group = _group(module, index)
    weights = module.weight[index].detach().float().cpu().numpy().copy()
    bias = 0.0 if module.bias is None else _number(module.bias, index)
    whole_trace = ValueTrace(
        "convolution", layer.seen.read[0][group], layer.output, weights, bias, **_geometry(layer.info)
    )
    return _fewer(whole_trace) if len(weights) > MOST_CHANNELS else whole_trace


def _fewer(trace: ValueTrace) -> ValueTrace:
    """The same with the half of `MOST_CHANNELS` whose products are largest, in their order, and what the rest add."""
    assert trace.weights is not None
    sizes = np.linalg.norm(trace.weights, axis=(1, 2)) * np.linalg.norm(np.nan_to_num(trace.inputs), axis=(1, 2))
    kept = np.sort(np.argsort(-sizes, kind="stable")[: MOST_CHANNELS // 2])
    few = replace(
        trace,
        inputs=trace.inputs[kept],
        weights=trace.weights[kept],
        channels=tuple(map(int, kept)),
        of=len(trace.weights),
    )
    return replace(few, rest=(trace.output - _sums(few) - trace.bias).astype(np.float32))


def _sums(trace: ValueTrace) -> NDArray[np.float64]:
    """(h, w): the sum of window x weights for every value."""
    assert trace.weights is not None
    (ph, pw), (height, width) = trace.padding, trace.output.shape
    extent = [d * (k - 1) + 1 for d, k in zip(trace.dilation, trace.kernel_size, strict=True)]
    padded = np.pad(trace.inputs.astype(np.float64), ((0, 0), (ph, ph), (pw, pw)))
    windows = sliding_window_view(padded, extent, (1, 2))[:, :: trace.stride[0], :: trace.stride[1]]
    taps = windows[:, :height, :width, :: trace.dilation[0], :: trace.dilation[1]]
    return np.einsum("cyxij,cij->yx", taps, trace.weights.astype(np.float64), optimize=True)


def _sum(layer: _Layer) -> ValueTrace:
    """Drawn as the maps it was flattened from, where they are few; else as one block."""
    module, values = layer.module, layer.seen.read[0]
    shape = layer.flattened
    drawn = shape if shape is not None and shape[0] <= MOST_CHANNELS else block(values.size)
    weights = module.weight[layer.index].detach().float().cpu().numpy().copy().reshape(drawn)
    bias = 0.0 if module.bias is None else _number(module.bias, layer.index)
    return ValueTrace("sum", values.reshape(drawn), layer.output, weights, bias, flattened_from=shape)


def _pooled(kind: Kind) -> Callable[[_Layer], ValueTrace]:
    def made(layer: _Layer) -> ValueTrace:
        counts = kind == "mean" and getattr(layer.module, "count_include_pad", True)
        return ValueTrace(kind, layer.same_map, layer.output, counts_padding=counts, **_geometry(layer.info))

    return made


def _adaptive(kind: Kind) -> Callable[[_Layer], ValueTrace]:
    def made(layer: _Layer) -> ValueTrace:
        rows, columns = (_spans(*sides) for sides in zip(layer.same_map.shape[1:], layer.output.shape, strict=True))
        return ValueTrace(kind, layer.same_map, layer.output, spans=(rows, columns))

    return made


def _spans(before: int, after: int) -> tuple[Pair, ...]:
    """What each of `after` values reads of `before`, as torch's adaptive pooling has it.

    >>> _spans(7, 3)
    ((0, 3), (2, 5), (4, 7))
    """
    return tuple((i * before // after, -(-(i + 1) * before // after)) for i in range(after))


def _pointwise(kind: Kind) -> Callable[[_Layer], ValueTrace]:
    def made(layer: _Layer) -> ValueTrace:
        return ValueTrace(
            kind, layer.same_map, layer.output, slope=float(getattr(layer.module, "negative_slope", _SLOPE))
        )

    return made


def _norm(layer: _Layer) -> ValueTrace:
    module, index = layer.module, layer.index
    mean, variance = layer.statistics or (_number(module.running_mean, index), _number(module.running_var, index))
    own = (1.0, 0.0) if module.weight is None else (_number(module.weight, index), _number(module.bias, index))
    norm = Norm(mean, variance, float(module.eps), *own)
    return ValueTrace("norm", layer.same_map, layer.output, norm=norm)


def _dropped(layer: _Layer) -> ValueTrace:
    """Of a network that is not in training nothing is dropped."""
    if layer.statistics is None or layer.module.p == 0:
        return ValueTrace("same", layer.same_map, layer.output)
    return ValueTrace(
        "dropped", layer.same_map, layer.output, slope=1 / (1 - float(layer.module.p)) if layer.module.p < 1 else 0.0
    )


def _flat(layer: _Layer) -> ValueTrace:
    """One number of a row: where it stood in the maps."""
    read = layer.seen.read[0]
    value = read.reshape(-1)[layer.index].reshape(1, 1, 1)
    where = tuple(map(int, np.unravel_index(layer.index, read.shape)))
    return ValueTrace("same", value, layer.output, place=where if len(where) == 3 else None)


def _added(layer: _Layer) -> ValueTrace:
    maps = [as_maps(np.broadcast_to(each, layer.seen.output.shape))[layer.index] for each in layer.seen.read]
    return ValueTrace("added", np.stack(maps), layer.output)


def _joined(layer: _Layer) -> ValueTrace:
    index, names = layer.index, layer.info.inputs
    for number, each in enumerate(layer.seen.read):
        if index < len(each):
            name = names[number] if len(names) == len(layer.seen.read) else ""
            return ValueTrace("joined", as_maps(each)[index][None], layer.output, source=(name, index))
        index -= len(each)
    raise AssertionError("a map of none of the branches")


_SLOPE = 0.01  # torch's own below zero
_TRACES: dict[str, Callable[[_Layer], ValueTrace]] = {
    "Conv2d": _convolution,
    "Linear": _sum,
    "MaxPool2d": _pooled("largest"),
    "AvgPool2d": _pooled("mean"),
    "AdaptiveAvgPool2d": _adaptive("mean"),
    "AdaptiveMaxPool2d": _adaptive("largest"),
    "BatchNorm2d": _norm,
    "BatchNorm1d": _norm,
    "ReLU": _pointwise("relu"),
    "Sigmoid": _pointwise("sigmoid"),
    "Tanh": _pointwise("tanh"),
    "LeakyReLU": _pointwise("leaky"),
    "Dropout": _dropped,
    "Identity": _pointwise("same"),
    "Flatten": _flat,
    "Add": _added,
    "Concat": _joined,
}


def _number(tensor: Any, index: int) -> float:
    return float(tensor[index].detach())


def _geometry(info: LayerInfo) -> dict[str, Any]:
    assert info.window is not None
    names = {"kernel_size": "kernel_size", "stride": "stride", "padding": "before", "dilation": "dilation"}
    return {name: tuple(int(getattr(axis, own)) for axis in info.window) for name, own in names.items()}


def _group(module: nn.Conv2d, index: int) -> slice:
    """The maps that filter `index` reads: all, unless the convolution is grouped."""
    each = module.in_channels // module.groups
    start = index // (module.out_channels // module.groups) * each
    return slice(start, start + each)


def _is_by_maps(info: LayerInfo) -> bool:
    """Whether what is added has one shape, or what is joined is maps, or values, one behind the other."""
    if info.kind == "Add":
        return len(info.inputs) > 1 and info.input_shape == info.output_shape
    return info.input_shape[1:] == info.output_shape[1:]


def _is_uneven(axes: Window | None) -> bool:
    return axes is not None and any(axis.before != axis.after for axis in axes)


def _is_plain(module: nn.Module | None) -> bool:
    """Whether what is padded is zeros, and a mean is one: torch can also mirror the map, or divide by any number."""
    return getattr(module, "padding_mode", "zeros") == "zeros" and getattr(module, "divisor_override", None) is None

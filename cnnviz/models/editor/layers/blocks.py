"""What a row does to the shape that reaches it, and what it costs, by arithmetic alone. Never imports torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cnnviz.arithmetic.conv import ConvSpec
from cnnviz.arithmetic.cost import conv_cost, linear_cost
from cnnviz.arithmetic.pooling import PoolSpec
from cnnviz.arithmetic.validation import IntOrPair
from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_

Shape = tuple[int, ...]  # (channels, height, width), or (features,) after flatten; without the batch
Values = Mapping[str, Any]

_NEEDS_MAPS = N_(
    "{kind} reads maps, but {shape} numbers in a row reach it. Move it above flatten, or take flatten away."
)
_NEEDS_FLAT = N_("linear reads numbers in a row, but maps of {shape} reach it. Put a flatten row before it.")
_TOO_SMALL = N_(
    "{kind} needs maps of at least {smallest}x{smallest}, but {shape} reach it. "
    "Take away pooling or stride above it, or begin with larger pictures."
)
_GROUPS = N_(
    "groups must divide the {in_channels} channels that come in and the {out_channels} that go out. "
    "Got {value}; try {nearest}."
)
_NO_CLASSES = N_("{parameter} is missing, and this network has no number of classes. Give {parameter} a value.")


@dataclass(frozen=True)
class Effect:
    """Of one row, for one picture."""

    shape: Shape
    params: int = 0
    macs: int = 0
    values: int = 0  # numbers written, those inside a block counted


def effect(kind: str, values: Values, shape: Shape, num_classes: int) -> Effect:
    """What a row of checked `values` makes of `shape`. Raises ConfigurationError with the reason and the fix."""
    if kind in _ANY_SHAPE:
        return _ANY_SHAPE[kind](values, shape, num_classes)
    if len(shape) != 3:
        raise ConfigurationError(_NEEDS_MAPS, kind=kind, shape=shape[0])
    if kind in _MAPS:
        return _MAPS[kind](values, shape)
    smallest = 3 if kind in ("inception_b", "inception_d") else 1
    if min(shape[1:]) < smallest:
        raise ConfigurationError(_TOO_SMALL, kind=kind, smallest=smallest, shape=times(shape))
    return _BLOCKS[kind](_Flow(*shape), values).effect()


def times(shape: Shape) -> str:
    """6x28x28"""
    return "x".join(map(str, shape))


def _conv(values: Values, shape: Shape) -> Effect:
    c_in, c_out, groups = shape[0], values["out_channels"], values["groups"]
    if c_in % groups or c_out % groups:
        nearest = next(g for g in range(min(groups, c_in, c_out), 0, -1) if c_in % g == 0 and c_out % g == 0)
        raise ConfigurationError(_GROUPS, in_channels=c_in, out_channels=c_out, value=groups, nearest=nearest)
    spec = ConvSpec(values["kernel_size"], values["stride"], values["padding"], values["dilation"])
    size = _pair(spec.output_size(_side(shape)))
    cost = conv_cost(c_in, c_out, values["kernel_size"], size, groups=groups, bias=values["bias"])
    return _written((c_out, *size), cost.weights, cost.macs)


def _pool(kind: str) -> Callable[[Values, Shape], Effect]:
    def pool(values: Values, shape: Shape) -> Effect:
        spec = PoolSpec(
            values["kernel_size"], values["stride"], values["padding"], ceil_mode=values["ceil_mode"], kind=kind
        )
        return _written((shape[0], *_pair(spec.output_size(_side(shape)))))

    return pool


def _batch_norm(values: Values, shape: Shape, num_classes: int) -> Effect:
    return _written(shape, params=2 * shape[0])


def _same(values: Values, shape: Shape, num_classes: int) -> Effect:
    return _written(shape)


def _flatten(values: Values, shape: Shape, num_classes: int) -> Effect:
    return Effect((_count(shape),))


def _linear(values: Values, shape: Shape, num_classes: int) -> Effect:
    if len(shape) != 1:
        raise ConfigurationError(_NEEDS_FLAT, shape=times(shape))
    features = values["out_features"] or num_classes
    if not features:
        raise ConfigurationError(_NO_CLASSES, parameter="out_features")
    cost = linear_cost(shape[0], features, bias=values["bias"])
    return _written((features,), cost.weights, cost.macs)


def _global(values: Values, shape: Shape) -> Effect:
    return _written((shape[0], 1, 1))


def _adaptive(values: Values, shape: Shape) -> Effect:
    return _written((shape[0], *_pair(values["output_size"])))


class _Flow:
    """A picture on its way through a block, and what it has cost so far."""

    def __init__(self, channels: int, height: int, width: int, params: int = 0, macs: int = 0, values: int = 0) -> None:
        self.shape = (channels, height, width)
        self.params, self.macs, self.values = params, macs, values

    def conv(self, channels: int, kernel_size: IntOrPair = 1, stride: int = 1, padding: IntOrPair = 0) -> _Flow:
        """Convolution without bias, batch norm, and an activation; returns what leaves it."""
        size = _pair(ConvSpec(kernel_size, stride, padding).output_size(self.shape[1:]))
        cost = conv_cost(self.shape[0], channels, kernel_size, size, bias=False)
        written = 3 * channels * size[0] * size[1]
        return _Flow(
            channels, *size, self.params + cost.weights + 2 * channels, self.macs + cost.macs, self.values + written
        )

    def pool(self, stride: int = 1, padding: int = 0) -> _Flow:
        """Pooling over 3 x 3."""
        size = _pair(ConvSpec(3, stride, padding).output_size(self.shape[1:]))
        written = self.shape[0] * size[0] * size[1]
        return _Flow(self.shape[0], *size, self.params, self.macs, self.values + written)

    def fresh(self) -> _Flow:
        """The same maps, what they cost left out: the start of a second branch."""
        return _Flow(*self.shape)

    def effect(self) -> Effect:
        return Effect(self.shape, self.params, self.macs, self.values)


def _joined(branches: list[_Flow], channels: int) -> _Flow:
    """Branches of one size side by side, or added."""
    size = branches[0].shape[1:]
    params, macs, values = (sum(getattr(flow, name) for flow in branches) for name in ("params", "macs", "values"))
    return _Flow(channels, *size, params, macs, values + channels * size[0] * size[1])


def _concatenated(*branches: _Flow) -> _Flow:
    return _joined(list(branches), sum(flow.shape[0] for flow in branches))


def _residual(x: _Flow, path: _Flow, stride: int) -> _Flow:
    shortcut = x if stride == 1 and x.shape[0] == path.shape[0] else x.conv(path.shape[0], 1, stride)
    return _joined([path, shortcut], path.shape[0])


def _basic_block(x: _Flow, values: Values) -> _Flow:
    c, stride = values["out_channels"], values["stride"]
    return _residual(x, x.conv(c, 3, stride, 1).conv(c, 3, 1, 1), stride)


def _bottleneck(x: _Flow, values: Values) -> _Flow:
    width, stride = values["width"], values["stride"]
    return _residual(x, x.conv(width).conv(width, 3, stride, 1).conv(4 * width), stride)


def _inception(x: _Flow, values: Values) -> _Flow:
    return _concatenated(
        x.conv(values["ch1x1"]),
        x.conv(values["ch3x3red"]).conv(values["ch3x3"], 3, 1, 1),
        x.conv(values["ch5x5red"]).conv(values["ch5x5"], 3, 1, 1),
        x.pool(1, 1).conv(values["pool_proj"]),
    )


def _inception_a(x: _Flow, values: Values) -> _Flow:
    return _concatenated(
        x.conv(64),
        x.conv(48).conv(64, 5, 1, 2),
        x.conv(64).conv(96, 3, 1, 1).conv(96, 3, 1, 1),
        x.pool(1, 1).conv(values["pool_features"]),
    )


def _inception_b(x: _Flow, values: Values) -> _Flow:
    return _concatenated(x.conv(384, 3, 2), x.conv(64).conv(96, 3, 1, 1).conv(96, 3, 2), x.pool(2))


def _inception_c(x: _Flow, values: Values) -> _Flow:
    c, row, column = values["channels_7x7"], ((1, 7), 1, (0, 3)), ((7, 1), 1, (3, 0))
    return _concatenated(
        x.conv(192),
        x.conv(c).conv(c, *row).conv(192, *column),
        x.conv(c).conv(c, *column).conv(c, *row).conv(c, *column).conv(192, *row),
        x.pool(1, 1).conv(192),
    )


def _inception_d(x: _Flow, values: Values) -> _Flow:
    return _concatenated(
        x.conv(192).conv(320, 3, 2),
        x.conv(192).conv(192, (1, 7), 1, (0, 3)).conv(192, (7, 1), 1, (3, 0)).conv(192, 3, 2),
        x.pool(2),
    )


def _inception_e(x: _Flow, values: Values) -> _Flow:
    forks = []
    for stem in (x.conv(384), x.conv(448).conv(384, 3, 1, 1)):
        forks.append(_concatenated(stem.conv(384, (1, 3), 1, (0, 1)), stem.fresh().conv(384, (3, 1), 1, (1, 0))))
    return _concatenated(x.conv(320), *forks, x.pool(1, 1).conv(192))


def _written(shape: Shape, params: int = 0, macs: int = 0) -> Effect:
    return Effect(shape, params, macs, _count(shape))


def _count(shape: Shape) -> int:
    count = 1
    for size in shape:
        count *= size
    return count


def _side(shape: Shape) -> IntOrPair:
    """One number for a square: sentences about it are shorter."""
    return shape[1] if shape[1] == shape[2] else (shape[1], shape[2])


def _pair(size: IntOrPair) -> tuple[int, int]:
    return size if isinstance(size, tuple) else (size, size)


_ANY_SHAPE: dict[str, Callable[[Values, Shape, int], Effect]] = {
    "activation": _same,
    "dropout": _same,
    "batch_norm": _batch_norm,
    "flatten": _flatten,
    "linear": _linear,
}
_MAPS: dict[str, Callable[[Values, Shape], Effect]] = {
    "conv": _conv,
    "max_pool": _pool("max"),
    "average_pool": _pool("average"),
    "global_average_pool": _global,
    "adaptive_average_pool": _adaptive,
}
_BLOCKS: dict[str, Callable[[_Flow, Values], _Flow]] = {
    "basic_block": _basic_block,
    "bottleneck": _bottleneck,
    "inception": _inception,
    "inception_a": _inception_a,
    "inception_b": _inception_b,
    "inception_c": _inception_c,
    "inception_d": _inception_d,
    "inception_e": _inception_e,
}

"""Blocks as kinds of row: residual and Inception blocks, with what each does to a picture on its way.

Never imports torch: their modules, and what they are taken from, are in `cnnviz.models.families.blocks`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from cnnviz.arithmetic.axis import pair
from cnnviz.arithmetic.conv import ConvSpec
from cnnviz.arithmetic.cost import conv_cost
from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.base.params import IntOrPair
from cnnviz.models.editor.layers.kind import (
    MAX_CHANNELS,
    Call,
    Effect,
    LayerKind,
    Option,
    Shape,
    Values,
    shape_text,
    span,
    unlike,
)
from cnnviz.models.editor.layers.plain import ACTIVATIONS, function_of
from cnnviz.models.editor.layers.windows import OUT_CHANNELS, STRIDE

_ACTIVATION = Option(
    "activation", "choice", "relu", choices=tuple(ACTIVATIONS), is_seldom=True,
    text=N_("The activation inside the block."),
)  # fmt: skip
_STRIDE = replace(STRIDE, is_span=False, high=8)
_TOO_SMALL = N_(
    "{kind} needs maps of at least {smallest}x{smallest}, but {shape} reach it. "
    "Take away pooling or stride above it, or begin with larger pictures."
)


class _Flow:
    """A picture on its way through a block, and what it has cost so far."""

    def __init__(self, channels: int, height: int, width: int, params: int = 0, macs: int = 0, values: int = 0) -> None:
        self.shape = (channels, height, width)
        self.params, self.macs, self.values = params, macs, values

    def conv(self, channels: int, kernel_size: IntOrPair = 1, stride: int = 1, padding: IntOrPair = 0) -> _Flow:
        """Convolution without bias, batch norm, and an activation; returns what leaves it."""
        size = pair(ConvSpec(kernel_size, stride, padding).output_size(self.shape[1:]))
        cost = conv_cost(self.shape[0], channels, kernel_size, size, bias=False)
        written = 3 * channels * size[0] * size[1]
        return _Flow(
            channels, *size, self.params + cost.weights + 2 * channels, self.macs + cost.macs, self.values + written
        )

    def pool(self, stride: int = 1, padding: int = 0) -> _Flow:
        """Pooling over 3 x 3."""
        size = pair(ConvSpec(3, stride, padding).output_size(self.shape[1:]))
        written = self.shape[0] * size[0] * size[1]
        return _Flow(self.shape[0], *size, self.params, self.macs, self.values + written)

    def fresh(self) -> _Flow:
        """The same maps, what they cost left out: the start of a second branch."""
        return _Flow(*self.shape)


class Block(LayerKind):
    """Several layers with branches; the activation in it can be chosen as that of a row."""

    is_block = True
    needs_maps = True
    family = "join"
    smallest: ClassVar[int] = 1  # side of the maps it can read

    def flow(self, x: _Flow, values: Values) -> _Flow:
        """What `x` becomes."""
        raise NotImplementedError

    def infer(self, values: Values, shape: Shape, num_classes: int) -> Effect:
        if min(shape[1:]) < self.smallest:
            raise ConfigurationError(_TOO_SMALL, kind=self.name, smallest=self.smallest, shape=shape_text(shape))
        y = self.flow(_Flow(*shape), values)
        return Effect(y.shape, y.params, y.macs, y.values)

    def to_torch(self, values: Values, shape: Shape, num_classes: int) -> Call:
        defaults = {"stride": 1, "pooling": "max", "activation": "relu"}
        numbers = tuple(value for name, value in values.items() if name not in defaults)
        keywords = unlike(values, **{name: default for name, default in defaults.items() if name in values})
        return Call(self.torch_classes[0], (shape[0], *numbers), keywords, is_block=True)

    def from_torch(self, layer: Any) -> dict[str, Any]:
        return {"activation": next(filter(None, map(function_of, layer.modules()))), **self.numbers_of(layer)}

    def numbers_of(self, block: Any) -> dict[str, Any]:
        """Its options but the activation, of a module."""
        return {}


def _channels(name: str, example: int, column: int, text: str, high: int = MAX_CHANNELS) -> Option:
    return Option(name, high=high, is_needed=True, example=example, column=column, text=text)


class BasicBlock(Block):
    """BasicBlock: ResNet-18 and 34 are made of it."""

    name = "basic_block"
    title = N_("residual block")
    text = N_("Two 3 × 3 convolutions, and what came in is added to what they give (ResNet-18, 34).")
    short = "block"
    options = (replace(OUT_CHANNELS, example=64), _STRIDE, _ACTIVATION)
    torch_classes = ("BasicBlock",)
    family = "sum"

    def flow(self, x: _Flow, values: Values) -> _Flow:
        c, stride = values["out_channels"], values["stride"]
        return _residual(x, x.conv(c, 3, stride, 1).conv(c, 3, 1, 1), stride)

    def numbers_of(self, block: Any) -> dict[str, Any]:
        return {"out_channels": block.conv1.out_channels, "stride": span(block.conv1.stride)}


class Bottleneck(Block):
    """Bottleneck: ResNet-50, 101 and 152 are made of it."""

    name = "bottleneck"
    title = N_("residual bottleneck")
    text = N_("Convolutions 1 × 1, 3 × 3 and 1 × 1, and what came in is added; gives 4 × width maps (ResNet-50, 152).")
    short = "block"
    options = (
        _channels("width", 64, 1, N_("Maps inside the block; four times as many come out."), MAX_CHANNELS // 4),
        _STRIDE,
        _ACTIVATION,
    )
    torch_classes = ("Bottleneck",)
    family = "sum"

    def flow(self, x: _Flow, values: Values) -> _Flow:
        width, stride = values["width"], values["stride"]
        return _residual(x, x.conv(width).conv(width, 3, stride, 1).conv(4 * width), stride)

    def numbers_of(self, block: Any) -> dict[str, Any]:
        return {"width": block.conv1.out_channels, "stride": span(block.conv2.stride)}


class Inception(Block):
    """Inception: GoogLeNet's block."""

    name = "inception"
    title = N_("Inception block of GoogLeNet")
    text = N_("Four branches side by side: 1 × 1, 3 × 3, a second 3 × 3, and pooling (GoogLeNet).")
    short = "inception"
    options = (
        _channels("ch1x1", 64, 1, N_("Maps of the 1 × 1 branch.")),
        _channels("ch3x3red", 96, 2, N_("Maps that are left before the 3 × 3 branch: fewer make it cheap.")),
        _channels("ch3x3", 128, 3, N_("Maps of the 3 × 3 branch.")),
        _channels("ch5x5red", 16, 1, N_("Maps that are left before the branch called 5 × 5: fewer make it cheap.")),
        _channels("ch5x5", 32, 2, N_("Maps of the branch called 5 × 5, which has 3 × 3 kernels as in torchvision.")),
        _channels("pool_proj", 32, 3, N_("Maps of the pooling branch.")),
        Option(
            "pooling", "choice", "max", choices=("max", "average"), is_seldom=True,
            text=N_("The pooling inside the block."),
        ),
        _ACTIVATION,
    )  # fmt: skip
    torch_classes = ("Inception",)

    def flow(self, x: _Flow, values: Values) -> _Flow:
        return _concatenated(
            x.conv(values["ch1x1"]),
            x.conv(values["ch3x3red"]).conv(values["ch3x3"], 3, 1, 1),
            x.conv(values["ch5x5red"]).conv(values["ch5x5"], 3, 1, 1),
            x.pool(1, 1).conv(values["pool_proj"]),
        )

    def numbers_of(self, block: Any) -> dict[str, Any]:
        units = {
            "ch1x1": block.branch1,
            "ch3x3red": block.branch2[0],
            "ch3x3": block.branch2[1],
            "ch5x5red": block.branch3[0],
            "ch5x5": block.branch3[1],
            "pool_proj": block.branch4[1],
        }
        is_average = type(block.branch4[0]).__name__ == "AvgPool2d"
        channels = {name: unit.conv.out_channels for name, unit in units.items()}
        return {**channels, "pooling": "average" if is_average else "max"}


class InceptionA(Block):
    """InceptionA of Inception v3."""

    name = "inception_a"
    title = N_("Inception-A block")
    text = N_("Branches of 1 × 1, 5 × 5, two 3 × 3, and pooling, side by side (Inception v3).")
    short = "inception"
    options = (_channels("pool_features", 32, 1, N_("Maps of the pooling branch.")), _ACTIVATION)
    torch_classes = ("InceptionA",)

    def flow(self, x: _Flow, values: Values) -> _Flow:
        return _concatenated(
            x.conv(64),
            x.conv(48).conv(64, 5, 1, 2),
            x.conv(64).conv(96, 3, 1, 1).conv(96, 3, 1, 1),
            x.pool(1, 1).conv(values["pool_features"]),
        )

    def numbers_of(self, block: Any) -> dict[str, Any]:
        return {"pool_features": block.branch_pool.conv.out_channels}


class InceptionB(Block):
    """InceptionB of Inception v3: halves the maps."""

    name = "inception_b"
    title = N_("Inception-B block")
    text = N_("Halves the maps: branches of 3 × 3, two 3 × 3, and pooling (Inception v3).")
    short = "inception"
    options = (_ACTIVATION,)
    torch_classes = ("InceptionB",)
    smallest = 3

    def flow(self, x: _Flow, values: Values) -> _Flow:
        return _concatenated(x.conv(384, 3, 2), x.conv(64).conv(96, 3, 1, 1).conv(96, 3, 2), x.pool(2))


class InceptionC(Block):
    """InceptionC of Inception v3: 7 x 7 taken apart."""

    name = "inception_c"
    title = N_("Inception-C block")
    text = N_("7 × 7 taken apart into 1 × 7 and 7 × 1, once and twice (Inception v3).")
    short = "inception"
    options = (
        _channels("channels_7x7", 128, 1, N_("Maps between the 1 × 7 and the 7 × 1 convolutions.")),
        _ACTIVATION,
    )
    torch_classes = ("InceptionC",)

    def flow(self, x: _Flow, values: Values) -> _Flow:
        c, row, column = values["channels_7x7"], ((1, 7), 1, (0, 3)), ((7, 1), 1, (3, 0))
        return _concatenated(
            x.conv(192),
            x.conv(c).conv(c, *row).conv(192, *column),
            x.conv(c).conv(c, *column).conv(c, *row).conv(c, *column).conv(192, *row),
            x.pool(1, 1).conv(192),
        )

    def numbers_of(self, block: Any) -> dict[str, Any]:
        return {"channels_7x7": block.branch7x7_1.conv.out_channels}


class InceptionD(Block):
    """InceptionD of Inception v3: halves the maps."""

    name = "inception_d"
    title = N_("Inception-D block")
    text = N_("Halves the maps: 3 × 3, and 1 × 7, 7 × 1, 3 × 3 (Inception v3).")
    short = "inception"
    options = (_ACTIVATION,)
    torch_classes = ("InceptionD",)
    smallest = 3

    def flow(self, x: _Flow, values: Values) -> _Flow:
        return _concatenated(
            x.conv(192).conv(320, 3, 2),
            x.conv(192).conv(192, (1, 7), 1, (0, 3)).conv(192, (7, 1), 1, (3, 0)).conv(192, 3, 2),
            x.pool(2),
        )


class InceptionE(Block):
    """InceptionE of Inception v3: the widest."""

    name = "inception_e"
    title = N_("Inception-E block")
    text = N_("3 × 3 taken apart into 1 × 3 beside 3 × 1: the widest block (Inception v3).")
    short = "inception"
    options = (_ACTIVATION,)
    torch_classes = ("InceptionE",)

    def flow(self, x: _Flow, values: Values) -> _Flow:
        forks = []
        for stem in (x.conv(384), x.conv(448).conv(384, 3, 1, 1)):
            forks.append(_concatenated(stem.conv(384, (1, 3), 1, (0, 1)), stem.fresh().conv(384, (3, 1), 1, (1, 0))))
        return _concatenated(x.conv(320), *forks, x.pool(1, 1).conv(192))


def _residual(x: _Flow, path: _Flow, stride: int) -> _Flow:
    shortcut = x if stride == 1 and x.shape[0] == path.shape[0] else x.conv(path.shape[0], 1, stride)
    return _joined([path, shortcut], path.shape[0])


def _concatenated(*branches: _Flow) -> _Flow:
    return _joined(list(branches), sum(flow.shape[0] for flow in branches))


def _joined(branches: list[_Flow], channels: int) -> _Flow:
    """Branches of one size side by side, or added."""
    size = branches[0].shape[1:]
    params, macs, values = (sum(getattr(flow, name) for flow in branches) for name in ("params", "macs", "values"))
    return _Flow(channels, *size, params, macs, values + channels * size[0] * size[1])

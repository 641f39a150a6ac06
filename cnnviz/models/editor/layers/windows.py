"""Layers that slide a window as kinds of row: convolution, pooling, and pooling to a given size. Never imports torch.

Keras pads by "valid" and "same" only: where neither reads the pixels that PyTorch reads, the padding is written out.
Averages never say "same": with some backends they count the zeros of an odd end, with others they do not.
The page Convolution writes the same lines in the browser (`takeaway/kerascode.js`); a test lays both side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from cnnviz.arithmetic.axis import Axis, on_axis, pair
from cnnviz.arithmetic.conv import ConvSpec
from cnnviz.arithmetic.conventions import same_output_size, same_padding, valid_output_size
from cnnviz.arithmetic.cost import conv_cost
from cnnviz.arithmetic.pooling import PoolAxis, PoolSpec
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
    Sizes,
    Values,
    keras_layer,
    span,
    unlike,
)
from cnnviz.models.editor.layers.plain import BIAS

OUT_CHANNELS = Option(
    "out_channels", high=MAX_CHANNELS, is_needed=True, example=16, column=1,
    text=N_("Number of filters, and so of maps that come out."),
)  # fmt: skip
KERNEL_SIZE = Option(
    "kernel_size", is_span=True, is_needed=True, column=2,
    text=N_("Side of the window in values; 3x5 is 3 high and 5 wide."),
)  # fmt: skip
STRIDE = Option(
    "stride", default=1, is_span=True, column=3, text=N_("How far the window jumps: 2 halves height and width.")
)
PADDING = Option(
    "padding", default=0, low=0, is_span=True, column=4,
    text=N_("Rings of zeros around each map; a 3 × 3 window with 1 keeps the size."),
)  # fmt: skip

_GROUPS = N_(
    "groups must divide the {in_channels} channels that come in and the {out_channels} that go out. "
    "Got {value}; try {nearest}."
)


class Convolution(LayerKind):
    """nn.Conv2d, in groups too."""

    name = "conv"
    title = N_("convolution")
    text = N_("Slides windows over the maps before it: each filter reads them all and gives one map.")
    short = "conv"
    options = (
        OUT_CHANNELS,
        KERNEL_SIZE,
        STRIDE,
        replace(PADDING, word="same"),
        Option(
            "dilation", default=1, is_span=True, is_seldom=True,
            text=N_("Distance between the values a window reads: 1 is side by side."),
        ),
        Option(
            "groups", default=1, high=MAX_CHANNELS, is_seldom=True,
            text=N_("Channels in so many groups that do not see one another: 1 is all together."),
        ),
        BIAS,
    )  # fmt: skip
    torch_classes = ("Conv2d",)
    fixed: ClassVar = {"padding_mode": "zeros"}
    family = "convolution"
    needs_maps = True

    def infer(self, values: Values, shape: Shape, num_classes: int) -> Effect:
        c_in, c_out, groups = shape[0], values["out_channels"], values["groups"]
        if c_in % groups or c_out % groups:
            nearest = next(g for g in range(min(groups, c_in, c_out), 0, -1) if c_in % g == 0 and c_out % g == 0)
            raise ConfigurationError(
                _GROUPS, parameter="groups", in_channels=c_in, out_channels=c_out, value=groups, nearest=nearest
            )
        spec = ConvSpec(values["kernel_size"], values["stride"], values["padding"], values["dilation"])
        size = pair(spec.output_size(_side(shape)))
        cost = conv_cost(c_in, c_out, values["kernel_size"], size, groups=groups, bias=values["bias"])
        return Effect.written((c_out, *size), cost.weights, cost.macs)

    def to_torch(self, values: Values, shape: Shape, num_classes: int) -> Call:
        keywords = unlike(values, stride=1, padding=0, dilation=1, groups=1, bias=True)
        return Call("Conv2d", (shape[0], values["out_channels"], values["kernel_size"]), keywords)

    def from_torch(self, layer: Any) -> dict[str, Any]:
        return {option.name: span(getattr(layer, option.name)) for option in self.options} | {
            "bias": layer.bias is not None
        }

    def to_keras(self, values: Values, sizes: Sizes | None) -> list[str]:
        dilation, stride, padding = pair(values["dilation"]), pair(values["stride"]), values["padding"]
        apart = dilation != (1, 1) and stride != (1, 1)  # Keras has stride or dilation, not both
        way = "same" if padding == "same" else _padding_way(_axes(values, sizes, (1, 1) if apart else stride))
        words = _words(
            f"{values['out_channels']}, kernel_size={values['kernel_size']}",
            f"strides={values['stride']}" if stride != (1, 1) and not apart else "",
            'padding="same"' if way == "same" else "",
            f"dilation_rate={values['dilation']}" if dilation != (1, 1) else "",
            f"groups={values['groups']}" if values["groups"] != 1 else "",
            "use_bias=False" if not values["bias"] else "",
        )
        return [
            *([f"x = layers.ZeroPadding2D({padding})(x)"] if way == "explicit" else []),
            f"layer = layers.Conv2D({words})",
            f"y = layer(x){'[:, ' + ', '.join(f'::{step}' for step in stride) + ']' if apart else ''}",
        ]


class _Pooling(LayerKind):
    """What both kinds of pooling share."""

    short = "pool"
    options = (
        replace(KERNEL_SIZE, default=2, is_needed=False),
        STRIDE.but(None),  # left out: the kernel's size
        PADDING,
        Option(
            "ceil_mode", "switch", False, is_seldom=True,
            text=N_("Whether a last window may hang over the edge: sizes are rounded up instead of down."),
        ),
    )  # fmt: skip
    family = "pooling"
    needs_maps = True
    reduction: ClassVar[str]  # "max" or "average"

    def infer(self, values: Values, shape: Shape, num_classes: int) -> Effect:
        spec = PoolSpec(
            values["kernel_size"],
            values["stride"],
            values["padding"],
            ceil_mode=values["ceil_mode"],
            kind=self.reduction,
        )
        return Effect.written((shape[0], *pair(spec.output_size(_side(shape)))))

    def to_torch(self, values: Values, shape: Shape, num_classes: int) -> Call:
        keywords = unlike(values, stride=None, padding=0, ceil_mode=False)
        return Call(self.torch_classes[0], (values["kernel_size"],), keywords)

    def from_torch(self, layer: Any) -> dict[str, Any]:
        found = {option.name: span(getattr(layer, option.name)) for option in self.options}
        return found | ({"stride": None} if found["stride"] == found["kernel_size"] else {})


class MaxPooling(_Pooling):
    """nn.MaxPool2d without dilation."""

    name = "max_pool"
    title = N_("max pooling")
    text = N_("Keeps the largest value of each window: smaller maps, no weights.")
    torch_classes = ("MaxPool2d",)
    fixed: ClassVar = {"dilation": 1, "return_indices": False}
    reduction = "max"

    def to_keras(self, values: Values, sizes: Sizes | None) -> list[str]:
        if values["ceil_mode"] and sizes is None:
            return []  # how far the last window hangs over cannot be known
        axes = _axes(values, sizes, _stride(values))
        way = _padding_way(axes)
        lines = []
        if way == "explicit":  # zeros would win over negative values
            ends = ", ".join(f"({axis.axis.before}, {axis.end})" for axis in axes)
            lines = [f'x = ops.pad(x, ((0, 0), {ends}, (0, 0)), constant_values=float("-inf"))']
        return [*lines, f"layer = {_keras_pooling('Max', values, way)}", "y = layer(x)"]


class AveragePooling(_Pooling):
    """nn.AvgPool2d that counts its padding."""

    name = "average_pool"
    title = N_("average pooling")
    text = N_("Keeps the mean of each window: smaller maps, no weights.")
    torch_classes = ("AvgPool2d",)
    fixed: ClassVar = {"count_include_pad": True, "divisor_override": None}
    reduction = "average"

    def to_keras(self, values: Values, sizes: Sizes | None) -> list[str]:
        """PyTorch's average counts its padding, but not what hangs over the end with ceil_mode."""
        if values["ceil_mode"] and sizes is None:
            return []
        padding = values["padding"]
        lines = [f"x = layers.ZeroPadding2D({padding})(x)"] if pair(padding) != (0, 0) else []
        inside = [
            _Read(Axis(each.axis.kernel_size, each.axis.stride), each.n and each.n + 2 * each.axis.before, each.size)
            for each in _axes(values, sizes, _stride(values))
        ]
        layer = f"layer = {_keras_pooling('Average', values)}"
        if _padding_way(inside) == "valid":
            return [*lines, layer, "y = layer(x)"]
        over = f"layers.ZeroPadding2D(({', '.join(f'(0, {axis.end})' for axis in inside)}))"
        return [*lines, f"inside = {over}(ops.ones_like(x))", layer, f"y = layer({over}(x)) / layer(inside)"]


class _SizedPooling(LayerKind):
    """Means over windows of whatever size brings every map to the size that is asked for."""

    short = "pool"
    torch_classes = ("AdaptiveAvgPool2d",)
    family = "pooling"
    needs_maps = True


class GlobalAveragePooling(_SizedPooling):
    """nn.AdaptiveAvgPool2d(1)."""

    name = "global_average_pool"
    title = N_("global average pooling")
    text = N_("Each map becomes one number, its mean.")

    def infer(self, values: Values, shape: Shape, num_classes: int) -> Effect:
        return Effect.written((shape[0], 1, 1))

    def to_torch(self, values: Values, shape: Shape, num_classes: int) -> Call:
        return Call("AdaptiveAvgPool2d", (1,))

    def from_torch(self, layer: Any) -> dict[str, Any] | None:
        return {} if span(layer.output_size) == 1 else None

    def to_keras(self, values: Values, sizes: Sizes | None) -> list[str]:
        return keras_layer("GlobalAveragePooling2D(keepdims=True)")


class AdaptiveAveragePooling(_SizedPooling):
    """nn.AdaptiveAvgPool2d to any other size."""

    name = "adaptive_average_pool"
    title = N_("average pooling to a given size")
    text = N_("Means over windows of the size that makes every map come out at output_size.")
    options = (Option("output_size", default=1, is_span=True, column=1, text=N_("Height and width that come out.")),)

    def infer(self, values: Values, shape: Shape, num_classes: int) -> Effect:
        return Effect.written((shape[0], *pair(values["output_size"])))

    def to_torch(self, values: Values, shape: Shape, num_classes: int) -> Call:
        return Call("AdaptiveAvgPool2d", (values["output_size"],))

    def from_torch(self, layer: Any) -> dict[str, Any] | None:
        size = span(layer.output_size)
        return None if size == 1 else {"output_size": size}

    def to_keras(self, values: Values, sizes: Sizes | None) -> list[str]:
        """By a window where all are of one size, which any Keras 3 has; else by the layer of Keras 3.15."""
        if sizes is None:
            return keras_layer(f"AdaptiveAveragePooling2D({values['output_size']})")
        sides = list(zip(sizes.input_shape[1:], sizes.output_shape[1:], strict=True))
        if any(n % m for n, m in sides):
            return keras_layer(f"AdaptiveAveragePooling2D({span(tuple(m for _n, m in sides))})")
        return keras_layer(f"AveragePooling2D(pool_size={span(tuple(n // m for n, m in sides))})")


@dataclass(frozen=True)
class _Read:
    """One axis as PyTorch reads it; the sizes are None where the layer stands alone."""

    axis: Axis
    n: int | None
    size: int | None

    @property
    def is_valid(self) -> bool:
        """Whether "valid" reads the same."""
        if self.axis.before:
            return False
        return self.n is None or valid_output_size(self.n, self.axis.extent, self.axis.stride) == self.size

    @property
    def is_same(self) -> bool:
        """Whether "same" does."""
        if self.n is None:
            return self.axis.stride == 1 and 2 * self.axis.before == self.axis.extent - 1
        before, _after = same_padding(self.n, self.axis.extent, self.axis.stride)
        return (same_output_size(self.n, self.axis.stride), before) == (self.size, self.axis.before)

    @property
    def end(self) -> int:
        """The padding behind the end with which every window lies inside."""
        if self.n is None or self.size is None:
            return self.axis.before
        reached = (self.size - 1) * self.axis.stride + self.axis.extent
        return max(self.axis.before, reached - self.n - self.axis.before)


def _padding_way(axes: Sequence[_Read]) -> str:
    """Whether "valid" or "same" reads exactly what PyTorch reads; "explicit" if neither does."""
    if all(axis.is_valid for axis in axes):
        return "valid"
    return "same" if all(axis.is_same for axis in axes) else "explicit"


def _axes(values: Values, sizes: Sizes | None, stride: tuple[int, int]) -> list[_Read]:
    """Both axes with their sizes; with a `stride` that is not the layer's, as many values as that gives."""
    axes = []
    for at in (0, 1):
        side = on_axis(values["padding"], at)
        kernel_size, dilation = on_axis(values["kernel_size"], at), on_axis(values.get("dilation", 1), at)
        axis = PoolAxis(kernel_size, stride[at], side, side, dilation, values.get("ceil_mode", False))
        n = sizes.input_shape[at + 1] if sizes is not None and len(sizes.input_shape) == 3 else None
        axes.append(_Read(axis, n, n and axis.output_size(n)))
    return axes


def _keras_pooling(name: str, values: Values, way: str = "valid") -> str:
    is_own = _stride(values) == pair(values["kernel_size"])
    words = _words(
        f"pool_size={values['kernel_size']}",
        "" if is_own else f"strides={values['stride']}",
        'padding="same"' if way == "same" else "",
    )
    return f"layers.{name}Pooling2D({words})"


def _words(*given: str) -> str:
    return ", ".join(word for word in given if word)


def _stride(values: Values) -> tuple[int, int]:
    return pair(values["kernel_size"] if values["stride"] is None else values["stride"])


def _side(shape: Shape) -> IntOrPair:
    """One number for a square: sentences about it are shorter."""
    return shape[1] if shape[1] == shape[2] else (shape[1], shape[2])

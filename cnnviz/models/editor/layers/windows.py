"""Keras code of one layer: the lines that give PyTorch's values in Keras, channels last.

Keras pads by "valid" and "same" only: where neither reads the pixels that PyTorch reads, the padding is written out.
Averages never say "same": with some backends they count the zeros of an odd end, with others they do not.
The page Convolution writes the same lines in the browser (`takeaway/kerascode.js`); a test lays both side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cnnviz.arithmetic.axis import Axis
from cnnviz.arithmetic.conventions import same_output_size, same_padding, valid_output_size
from cnnviz.arithmetic.pooling import PoolAxis
from cnnviz.arithmetic.validation import on_axis
from cnnviz.models.summary import LayerInfo

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Read:
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


def keras_code(kind: str, values: Values, info: LayerInfo | None) -> str:
    """The lines below their import, for a row of that kind; "" where Keras has no equal."""
    write = _LINES.get(kind)
    lines = write(values, info) if write else []
    imports = [name for name in ("layers", "ops") if any(f"{name}." in line for line in lines)]
    return "\n".join([f"from keras import {', '.join(imports)}", "", *lines]) if lines else ""


def padding_way(axes: Sequence[Read]) -> str:
    """Whether "valid" or "same" reads exactly what PyTorch reads; "explicit" if neither does."""
    if all(axis.is_valid for axis in axes):
        return "valid"
    return "same" if all(axis.is_same for axis in axes) else "explicit"


def _conv(values: Values, info: LayerInfo | None) -> list[str]:
    dilation, stride = _both(values["dilation"]), _both(values["stride"])
    apart = dilation != (1, 1) and stride != (1, 1)  # Keras has stride or dilation, not both
    padding = values["padding"]
    way = "same" if padding == "same" else padding_way(_axes(values, info, (1, 1) if apart else stride))
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


def _max_pool(values: Values, info: LayerInfo | None) -> list[str]:
    if values["ceil_mode"] and info is None:
        return []  # how far the last window hangs over cannot be known
    axes = _axes(values, info, _stride(values))
    way = padding_way(axes)
    lines = []
    if way == "explicit":  # zeros would win over negative values
        ends = ", ".join(f"({axis.axis.before}, {axis.end})" for axis in axes)
        lines = [f'x = ops.pad(x, ((0, 0), {ends}, (0, 0)), constant_values=float("-inf"))']
    return [*lines, f"layer = {_pool('Max', values, way)}", "y = layer(x)"]


def _average_pool(values: Values, info: LayerInfo | None) -> list[str]:
    """PyTorch's average counts its padding, but not what hangs over the end with ceil_mode."""
    if values["ceil_mode"] and info is None:
        return []
    padding = values["padding"]
    lines = [f"x = layers.ZeroPadding2D({padding})(x)"] if _both(padding) != (0, 0) else []
    inside = [
        Read(Axis(each.axis.kernel_size, each.axis.stride), each.n and each.n + 2 * each.axis.before, each.size)
        for each in _axes(values, info, _stride(values))
    ]
    layer = f"layer = {_pool('Average', values)}"
    if padding_way(inside) == "valid":
        return [*lines, layer, "y = layer(x)"]
    over = f"layers.ZeroPadding2D(({', '.join(f'(0, {axis.end})' for axis in inside)}))"
    return [*lines, f"inside = {over}(ops.ones_like(x))", layer, f"y = layer({over}(x)) / layer(inside)"]


def _pool(name: str, values: Values, way: str = "valid") -> str:
    stride = values["stride"]
    is_own = _stride(values) == _both(values["kernel_size"])
    words = _words(
        f"pool_size={values['kernel_size']}",
        "" if is_own else f"strides={stride}",
        'padding="same"' if way == "same" else "",
    )
    return f"layers.{name}Pooling2D({words})"


def _axes(values: Values, info: LayerInfo | None, stride: tuple[int, int]) -> list[Read]:
    """Both axes with their sizes; with a `stride` that is not the layer's, as many values as that gives."""
    axes = []
    for at in (0, 1):
        side = on_axis(values["padding"], at)
        axis = PoolAxis(
            on_axis(values["kernel_size"], at),
            stride[at],
            side,
            side,
            on_axis(values.get("dilation", 1), at),
            values.get("ceil_mode", False),
        )
        n = info.input_shape[at + 1] if info is not None and len(info.input_shape) == 3 else None
        axes.append(Read(axis, n, n and axis.output_size(n)))
    return axes


def _stride(values: Values) -> tuple[int, int]:
    return _both(values["kernel_size"] if values["stride"] is None else values["stride"])


def _both(value: Any) -> tuple[int, int]:
    return on_axis(value, 0), on_axis(value, 1)


def _words(*given: str) -> str:
    return ", ".join(word for word in given if word)


def _adaptive(values: Values, info: LayerInfo | None) -> list[str]:
    """By a window where all are of one size, which any Keras 3 has; else by the layer of Keras 3.15."""
    if info is None:
        return _layer(f"AdaptiveAveragePooling2D({values['output_size']})")
    sizes = list(zip(info.input_shape[1:], info.output_shape[1:], strict=True))
    if any(n % m for n, m in sizes):
        return _layer(f"AdaptiveAveragePooling2D({_pair(tuple(m for _n, m in sizes))})")
    return _layer(f"AveragePooling2D(pool_size={_pair(tuple(n // m for n, m in sizes))})")


def _pair(size: tuple[int, ...]) -> str:
    return str(size[0] if size[0] == size[1] else size)


def _layer(text: str) -> list[str]:
    return [f"layer = layers.{text}", "y = layer(x)"]


def _activation(values: Values, info: LayerInfo | None) -> list[str]:
    name = values["function"]
    return _layer("LeakyReLU(negative_slope=0.01)" if name == "leaky_relu" else f'Activation("{name}")')


def _linear(values: Values, info: LayerInfo | None) -> list[str]:
    return _layer(f"Dense({values['out_features']}{'' if values['bias'] else ', use_bias=False'})")


_LINES: dict[str, Callable[[Values, LayerInfo | None], list[str]]] = {
    "conv": _conv,
    "max_pool": _max_pool,
    "average_pool": _average_pool,
    "activation": _activation,
    "batch_norm": lambda values, info: _layer(f"BatchNormalization(momentum=0.9, epsilon={values['eps']})"),
    "dropout": lambda values, info: _layer(f"Dropout({values['p']})"),
    "flatten": lambda values, info: _layer("Flatten()"),
    "linear": _linear,
    "adaptive_average_pool": _adaptive,
    "global_average_pool": lambda values, info: _layer("GlobalAveragePooling2D(keepdims=True)"),
}

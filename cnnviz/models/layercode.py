"""One layer as the lines that compute it in PyTorch and in Keras. Empty where a library has no equal.

Keras keeps channels last and pads by "valid" and "same" only: other paddings are written out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from torch import nn

from cnnviz.arithmetic.validation import on_axis
from cnnviz.models.calls import call_of
from cnnviz.models.reading import row_of
from cnnviz.models.rows import ROW_KINDS
from cnnviz.models.summary import LayerInfo

Values = Mapping[str, Any]

_OPERATIONS = {  # kind -> (PyTorch, Keras), for what stands between modules
    "Add": ("y = {joined}", "y = layers.Add()([{listed}])"),
    "Multiply": ("y = {times}", "y = layers.Multiply()([{listed}])"),
    "Concat": ("y = torch.cat([{listed}], dim=1)", "y = layers.Concatenate()([{listed}])"),
    "Flatten": ("y = torch.flatten(x, 1)", "y = layers.Flatten()(x)"),
    "ReLU": ("y = torch.relu(x)", 'y = layers.Activation("relu")(x)'),
    "Sigmoid": ("y = torch.sigmoid(x)", 'y = layers.Activation("sigmoid")(x)'),
    "Tanh": ("y = torch.tanh(x)", 'y = layers.Activation("tanh")(x)'),
    "LeakyReLU": ("y = nn.functional.leaky_relu(x)", "y = layers.LeakyReLU(negative_slope=0.01)(x)"),
}


def layer_code(layer: nn.Module | LayerInfo, model: nn.Module | None = None) -> dict[str, str]:
    """{"pytorch": ..., "keras": ...} for a layer; each runs once `x` is there (an addition reads a, b, ...).

    A LayerInfo needs the `model` it belongs to, unless it is an operation between modules. An empty text where there
    is no equal: a ceil_mode in Keras without the sizes it meets, a layer we do not know in either.
    """
    if isinstance(layer, nn.Module):
        return _of_module(layer, None)
    if not layer.module:
        return _of_operation(layer)
    if model is None:
        return {"pytorch": "", "keras": ""}
    return _of_module(_submodule(model, layer.name), layer)


def _submodule(model: nn.Module, name: str) -> nn.Module:
    """The layer of that name; a layer that ran twice has `_1` added, a network that is one layer its class."""
    modules = dict(model.named_modules())
    return modules.get(name) or modules.get(name.rpartition("_")[0]) or model


def _of_operation(info: LayerInfo) -> dict[str, str]:
    if info.kind in _POOLINGS and info.window is not None:
        return _of_pooling(info)
    if info.kind not in _OPERATIONS:
        return {"pytorch": "", "keras": ""}
    names = [chr(ord("a") + index) for index in range(max(2, len(info.inputs)))]
    words = {"joined": " + ".join(names), "times": " * ".join(names), "listed": ", ".join(names)}
    torch_line, keras_line = (line.format(**words) for line in _OPERATIONS[info.kind])
    imports = "import torch\n\n" if "torch." in torch_line else ""
    imports = "from torch import nn\n\n" if torch_line.startswith("y = nn.") else imports
    return {"pytorch": imports + torch_line, "keras": f"from keras import layers\n\n{keras_line}"}


def _of_pooling(info: LayerInfo) -> dict[str, str]:
    """Pooling by a function: between modules there is no layer to look at, only the window it slides."""
    assert info.window is not None
    height, width = info.window
    names = {"kernel_size": "kernel_size", "stride": "stride", "padding": "before"}
    pairs = {name: (getattr(height, field), getattr(width, field)) for name, field in names.items()}
    values: dict[str, Any] = {name: one if one == other else (one, other) for name, (one, other) in pairs.items()}
    values["ceil_mode"] = height.ceil_mode
    if (height.dilation, width.dilation) != (1, 1):
        return {"pytorch": "", "keras": ""}
    function, kind = _POOLINGS[info.kind]
    defaults = {"stride": values["kernel_size"], "padding": 0, "ceil_mode": False}
    words = "".join(f", {name}={values[name]}" for name, usual in defaults.items() if values[name] != usual)
    line = f"y = nn.functional.{function}(x, {values['kernel_size']}{words})"
    return {"pytorch": f"from torch import nn\n\n{line}", "keras": _joined(_keras(kind, values, info))}


_POOLINGS = {"MaxPool2d": ("max_pool2d", "max_pool"), "AvgPool2d": ("avg_pool2d", "average_pool")}


def _joined(lines: list[str]) -> str:
    """Lines of Keras below their import; "" for none."""
    imports = [name for name in ("layers", "ops") if any(f"{name}." in line for line in lines)]
    return "\n".join([f"from keras import {', '.join(imports)}", "", *lines]) if lines else ""


def _of_module(layer: nn.Module, info: LayerInfo | None) -> dict[str, str]:
    row = row_of(layer)
    if row is None or ROW_KINDS[row.kind].is_block:
        return {"pytorch": "", "keras": ""}
    values = row.values()
    call = call_of(row.kind, values, _reached(layer, info), 0)
    keras = _joined(_keras(row.kind, values, info))
    return {"pytorch": f"from torch import nn\n\nlayer = {call}\ny = layer(x)", "keras": keras}


def _reached(layer: Any, info: LayerInfo | None) -> tuple[int, ...]:
    """As much of the shape that reaches a layer as its own weights tell."""
    channels = next(
        (getattr(layer, name) for name in ("in_channels", "in_features", "num_features") if hasattr(layer, name)),
        info.input_shape[0] if info else 1,
    )
    is_flat = isinstance(layer, (nn.Linear, nn.BatchNorm1d))
    return (channels,) if is_flat else (channels, 1, 1)


def _keras(kind: str, values: Values, info: LayerInfo | None) -> list[str]:
    write = _KERAS.get(kind)
    return write(values, info) if write else []


def _conv(values: Values, info: LayerInfo | None) -> list[str]:
    dilated = _both(values["dilation"]) != (1, 1)
    apart = dilated and _both(values["stride"]) != (1, 1)  # Keras has stride or dilation, not both
    steps = ", ".join(f"::{step}" for step in _both(values["stride"]))
    lines, padding = _padded(values, stride=1 if apart else values["stride"])
    words = [
        f"{values['out_channels']}, {values['kernel_size']}",
        *([f"strides={values['stride']}"] if not apart and _both(values["stride"]) != (1, 1) else []),
        *padding,
        *([f"dilation_rate={values['dilation']}"] if dilated else []),
        *([f"groups={values['groups']}"] if values["groups"] != 1 else []),
        *(["use_bias=False"] if not values["bias"] else []),
    ]
    return [*lines, f"layer = layers.Conv2D({', '.join(words)})", f"y = layer(x){f'[:, {steps}]' if apart else ''}"]


def _padded(values: Values, stride: Any) -> tuple[list[str], list[str]]:
    """(lines before the layer, its padding argument). With stride 1 "same" pads as much on both sides as we do."""
    padding = values["padding"]
    if padding == "same":
        return [], ['padding="same"']
    kernel, dilation, sides = _both(values["kernel_size"]), _both(values["dilation"]), _both(padding)
    if sides == (0, 0):
        return [], []
    same = all(2 * side == gap * (taps - 1) for side, gap, taps in zip(sides, dilation, kernel, strict=True))
    if same and _both(stride) == (1, 1):
        return [], ['padding="same"']
    return [f"x = layers.ZeroPadding2D({padding})(x)"], []


def _max_pool(values: Values, info: LayerInfo | None) -> list[str]:
    over = _overhang(values, info)
    if over is None:
        return []
    sides = _both(values["padding"])
    lines = []
    if any((*sides, *over)):  # zeros would win over negative values
        ends = ", ".join(f"({side}, {side + extra})" for side, extra in zip(sides, over, strict=True))
        lines = [f'x = ops.pad(x, ((0, 0), {ends}, (0, 0)), constant_values=float("-inf"))']
    return [*lines, f"layer = layers.MaxPooling2D({_pool_words(values)})", "y = layer(x)"]


def _average_pool(values: Values, info: LayerInfo | None) -> list[str]:
    over = _overhang(values, info)
    if over is None:
        return []
    lines = [f"x = layers.ZeroPadding2D({values['padding']})(x)"] if _both(values["padding"]) != (0, 0) else []
    layer = f"layer = layers.AveragePooling2D({_pool_words(values)})"
    if over == (0, 0):
        return [*lines, layer, "y = layer(x)"]
    return [  # torch leaves what hangs over the edge out of the mean; Keras' "same" does with some backends only
        *lines,
        f"ends = ((0, 0), (0, {over[0]}), (0, {over[1]}), (0, 0))",
        layer,
        "y = layer(ops.pad(x, ends)) / layer(ops.pad(ops.ones_like(x), ends))",
    ]


def _pool_words(values: Values) -> str:
    stride = values["stride"]
    return f"{values['kernel_size']}" + (f", strides={stride}" if stride is not None else "")


def _overhang(values: Values, info: LayerInfo | None) -> tuple[int, int] | None:
    """How far the last windows of a ceil_mode hang over the padded end; None if that cannot be known."""
    if not values["ceil_mode"]:
        return 0, 0
    if info is None or len(info.input_shape) != 3:
        return None
    kernel, padding = _both(values["kernel_size"]), _both(values["padding"])
    stride = _both(values["kernel_size"] if values["stride"] is None else values["stride"])
    over = [
        (info.output_shape[axis + 1] - 1) * stride[axis] + kernel[axis] - info.input_shape[axis + 1] - 2 * padding[axis]
        for axis in (0, 1)
    ]
    return max(0, over[0]), max(0, over[1])


def _both(value: Any) -> tuple[int, int]:
    return on_axis(value, 0), on_axis(value, 1)


def _adaptive(values: Values, info: LayerInfo | None) -> list[str]:
    if info is None or any(n % m for n, m in zip(info.input_shape[1:], info.output_shape[1:], strict=True)):
        return []  # windows of several sizes
    size = tuple(n // m for n, m in zip(info.input_shape[1:], info.output_shape[1:], strict=True))
    return _layer(f"AveragePooling2D({size[0] if size[0] == size[1] else size})")


def _layer(text: str) -> list[str]:
    return [f"layer = layers.{text}", "y = layer(x)"]


def _activation(values: Values, info: LayerInfo | None) -> list[str]:
    name = values["function"]
    return _layer("LeakyReLU(negative_slope=0.01)" if name == "leaky_relu" else f'Activation("{name}")')


def _linear(values: Values, info: LayerInfo | None) -> list[str]:
    return _layer(f"Dense({values['out_features']}{'' if values['bias'] else ', use_bias=False'})")


_KERAS: dict[str, Callable[[Values, LayerInfo | None], list[str]]] = {
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

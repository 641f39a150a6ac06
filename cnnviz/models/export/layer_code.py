"""Layer code: one layer as the lines that compute it in PyTorch and in Keras. Empty where a library has no equal."""

from __future__ import annotations

from typing import Any

from torch import nn

from cnnviz.models.editor.build import row_of
from cnnviz.models.editor.layers import LAYER_KINDS
from cnnviz.models.editor.layers.kind import LayerKind, Values
from cnnviz.models.summary import LayerInfo

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
    return {"pytorch": f"from torch import nn\n\n{line}", "keras": _keras(LAYER_KINDS[kind], values, info)}


_POOLINGS = {"MaxPool2d": ("max_pool2d", "max_pool"), "AvgPool2d": ("avg_pool2d", "average_pool")}


def _of_module(layer: nn.Module, info: LayerInfo | None) -> dict[str, str]:
    row = row_of(layer)
    kind = None if row is None else LAYER_KINDS[row.kind]
    if row is None or kind is None or kind.is_block:
        return {"pytorch": "", "keras": ""}
    values = row.values()
    call = kind.to_torch(values, _reached(layer, info), 0)
    return {"pytorch": f"from torch import nn\n\nlayer = {call}\ny = layer(x)", "keras": _keras(kind, values, info)}


def _keras(kind: LayerKind, values: Values, info: LayerInfo | None) -> str:
    """Its lines of Keras below their import; "" where Keras has no equal."""
    lines = kind.to_keras(values, info)
    imports = [name for name in ("layers", "ops") if any(f"{name}." in line for line in lines)]
    return "\n".join([f"from keras import {', '.join(imports)}", "", *lines]) if lines else ""


def _reached(layer: Any, info: LayerInfo | None) -> tuple[int, ...]:
    """As much of the shape that reaches a layer as its own weights tell."""
    channels = next(
        (getattr(layer, name) for name in ("in_channels", "in_features", "num_features") if hasattr(layer, name)),
        info.input_shape[0] if info else 1,
    )
    is_flat = isinstance(layer, (nn.Linear, nn.BatchNorm1d))
    return (channels,) if is_flat else (channels, 1, 1)

"""Code: a network as PyTorch source that runs by itself, without this app; and one layer as lines of PyTorch and Keras.

The names in a network's state_dict are ours. A layer's lines are empty where a library has no equal.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any

from torch import nn

from cnnviz.models.editor.blueprint import Blueprint, RowShape
from cnnviz.models.editor.build import blueprint_of, calls, row_of
from cnnviz.models.editor.layers import LAYER_KINDS
from cnnviz.models.editor.layers.kind import Call, LayerKind, Values, shape_text
from cnnviz.models.families import blocks
from cnnviz.models.summary import LayerInfo

# Python looks for "coding: utf-7" in comments of the first two lines: a name, which may be anything printable, stands
# below this string, where it is a comment and nothing else.
_FIRST_LINE = '"""A network as PyTorch source. It needs nothing but PyTorch."""'
_END = """

if __name__ == "__main__":
    network = build().eval()
    with torch.inference_mode():
        output = network(torch.zeros(1, {size}))
    print("output:", tuple(output.shape))
    print("weights:", sum(weight.numel() for weight in network.parameters()))
"""
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
_POOLINGS = {"MaxPool2d": ("max_pool2d", "max_pool"), "AvgPool2d": ("avg_pool2d", "average_pool")}


def python_source(network: Blueprint | str, **options: Any) -> str:
    """A Python file that builds the network with `build()`, and, run by itself, prints its output's shape.

    `network` is a blueprint or a name of the zoo with its `options`. Raises ConfigurationError for a wrong row.
    """
    blueprint = network if isinstance(network, Blueprint) else blueprint_of(network, **options)
    source = build_source(blueprint, is_block=isinstance(network, str) and not blueprint.num_classes)
    head = [_FIRST_LINE, "", f"# {blueprint.name or 'network'}", source.head, "", ""]
    end = _END.format(size=", ".join(map(str, blueprint.input_size)))
    return "\n".join(head) + "\n" + source.definition + end


@dataclass(frozen=True)
class BuildSource:
    """The lines that define `build()`, and the imports they need."""

    head: str
    definition: str


def build_source(blueprint: Blueprint, is_block: bool = False) -> BuildSource:
    """The function `build()`, which makes the network; `is_block`: a block alone, which is no network of layers.

    Raises ConfigurationError for a wrong row.
    """
    blueprint.require()
    made = calls(blueprint)
    body = [f"    return {made[0][1]}"] if is_block else _body(blueprint, made)
    block_source = _blocks({call.target for _, call in made if call.is_block})
    imports = [
        *(["from collections import OrderedDict"] if "OrderedDict" in body[0] else []),
        *(["from functools import partial"] if "partial(" in block_source else []),
    ]
    head = [
        "from __future__ import annotations",
        "",
        *([*imports, ""] if imports else []),
        "import torch",
        f"from torch import {'Tensor, ' if block_source else ''}nn",
    ]
    build = ["def build() -> nn.Module:", '    """The network with fresh random weights."""', *body]
    return BuildSource("\n".join(head), block_source + "\n".join(build) + "\n")


def _body(blueprint: Blueprint, made: list[tuple[str, Call]]) -> list[str]:
    """The return statement; rows with a shared prefix in a Sequential of their own."""
    lines = ["    return nn.Sequential(OrderedDict(["]
    open_groups: list[str] = []
    for (name, call), checked in zip(made, blueprint.check(), strict=True):
        *groups, leaf = name.split(".")
        shared = _shared(open_groups, groups)
        while len(open_groups) > shared:
            lines.append(f"{_indent(open_groups)}]))),")
            open_groups.pop()
        for group in groups[shared:]:
            lines.append(f'{_indent([*open_groups, group])}("{group}", nn.Sequential(OrderedDict([')
            open_groups.append(group)
        assert isinstance(checked, RowShape)
        assert checked.output_shape is not None
        lines.append(f'{_indent([*open_groups, leaf])}("{leaf}", {call}),  # {shape_text(checked.output_shape)}')
    while open_groups:
        lines.append(f"{_indent(open_groups)}]))),")
        open_groups.pop()
    return [*lines, "    ]))"]


def _shared(first: list[str], second: list[str]) -> int:
    """How many groups both paths begin with."""
    count = 0
    for one, other in zip(first, second, strict=False):
        if one != other:
            break
        count += 1
    return count


def _indent(groups: list[str]) -> str:
    return "    " * (len(groups) + 1)


def _blocks(names: set[str]) -> str:
    """The source of the blocks and of what they are made of, each once, with two empty lines after each."""
    if not names:
        return ""
    wanted: list[Any] = [blocks.activation_layer]
    for block, parts in blocks.PARTS.items():
        if block.__name__ in names:
            wanted += [part for part in (*parts, block) if part not in wanted]
    return "".join(inspect.getsource(part) + "\n\n" for part in wanted)


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

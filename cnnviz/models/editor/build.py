"""Network builder: a blueprint's rows as torch's modules, and modules as the rows that make them again.

Which classes there are is fixed here: a row can name nothing else. What a row may say is in `layers`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

from torch import nn

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.models.editor.blueprint import Blueprint
from cnnviz.models.editor.layers.kind import Row, row_kind
from cnnviz.models.editor.to_torch import Call, call_of
from cnnviz.models.families import blocks
from cnnviz.models.registry import model_spec

_LAYER_CLASSES: dict[str, type[nn.Module]] = {
    layer.__name__: layer
    for layer in (
        nn.Conv2d, nn.MaxPool2d, nn.AvgPool2d, nn.AdaptiveAvgPool2d, nn.BatchNorm2d, nn.BatchNorm1d, nn.Dropout,
        nn.Flatten, nn.Linear, nn.ReLU, nn.Sigmoid, nn.Tanh, nn.LeakyReLU,
    )
}  # fmt: skip
_BLOCK_CLASSES: dict[str, type[nn.Module]] = {block.__name__: block for block in blocks.BLOCKS}
_ACTIVATIONS = {"ReLU": "relu", "Sigmoid": "sigmoid", "Tanh": "tanh", "LeakyReLU": "leaky_relu"}
_BLOCKS = {
    "BasicBlock": "basic_block",
    "Bottleneck": "bottleneck",
    "Inception": "inception",
    "InceptionA": "inception_a",
    "InceptionB": "inception_b",
    "InceptionC": "inception_c",
    "InceptionD": "inception_d",
    "InceptionE": "inception_e",
}
_NO_ROW = N_("{model} has a layer {layer} that no row stands for. Choose another network.")


_PLAIN: dict[str, dict[str, Any]] = {  # what a row says nothing of: a layer that has it otherwise is no row
    "Conv2d": {"padding_mode": "zeros"},
    "MaxPool2d": {"dilation": 1, "return_indices": False},
    "AvgPool2d": {"count_include_pad": True, "divisor_override": None},
    "LeakyReLU": {"negative_slope": 0.01},
    "BatchNorm2d": {"affine": True, "track_running_stats": True},
    "BatchNorm1d": {"affine": True, "track_running_stats": True},
}


def build(blueprint: Blueprint) -> nn.Sequential:
    """The network with fresh random weights, its layers named. Raises ConfigurationError for a wrong row.

    Rows whose names share a prefix share a Sequential.
    """
    blueprint.require()
    tree: dict[str, Any] = {}
    for name, call in calls(blueprint):
        *groups, leaf = name.split(".")
        place = tree
        for group in groups:
            place = place.setdefault(group, {})
        place[leaf] = _make(call)
    return _sequential(tree)


def calls(blueprint: Blueprint) -> list[tuple[str, Call]]:
    """(name, call) of every row of a blueprint that has been checked."""
    found = []
    for row, checked in zip(blueprint.rows, blueprint.check(), strict=True):
        assert checked.input_shape is not None  # the caller has looked for errors
        found.append((checked.name, call_of(row.kind, row.values(), checked.input_shape, blueprint.num_classes)))
    return found


def blueprint_of(
    model_name: str, in_channels: int | None = None, num_classes: int | None = None, **options: Any
) -> Blueprint:
    """Any network of the zoo as rows, a start for one's own; they carry its names: the weights of one fit the other.

    `options` are those of its `build`. Raises ConfigurationError as that does.
    """
    spec = model_spec(model_name)
    model = spec.outline(in_channels, num_classes, **options)
    classes = num_classes or spec.num_classes or 0
    rows = list(_rows(model, "" if row_of(model) is None else "block", model_name))
    if classes:  # the last row gives as many numbers as there are classes, however many that will be
        last = rows.pop()
        rows.append(Row(last.kind, last.name, tuple(pair for pair in last.given if pair[0] != "out_features")))
    size = (in_channels or spec.input_size[0], *spec.input_size[1:])
    return Blueprint(model_name, size, classes, tuple(rows))


def rows_of(model: nn.Module) -> tuple[Row, ...]:
    """Any network of known layers as rows. Raises ConfigurationError, which names the layer that no row stands for."""
    return tuple(_rows(model, "", type(model).__name__))


def row_of(layer: nn.Module, name: str = "") -> Row | None:
    """One layer or block as a row, what has its default left out; None if no kind of row makes it."""
    found = _kind_and_options(layer)
    if found is None:
        return None
    kind, options = found
    defaults = {field.name: field.default for field in row_kind(kind).fields}
    return Row.of(kind, name, **{key: value for key, value in options.items() if value != defaults[key]})


def _make(call: Call) -> nn.Module:
    return (_BLOCK_CLASSES if call.is_block else _LAYER_CLASSES)[call.target](*call.arguments, **call.keywords)


def _sequential(tree: dict[str, Any]) -> nn.Sequential:
    return nn.Sequential(
        OrderedDict((name, part if isinstance(part, nn.Module) else _sequential(part)) for name, part in tree.items())
    )


def _rows(module: nn.Module, path: str, model_name: str) -> Iterator[Row]:
    row = row_of(module, path)
    if row is not None:
        yield row
        return
    children = list(module.named_children())
    if not children:
        raise ConfigurationError(_NO_ROW, model=model_name, layer=f"{path} {type(module).__name__}")
    is_flat = isinstance(module, nn.Sequential)  # has its own flatten where it needs one
    for name, child in children:
        if not is_flat and any(isinstance(part, nn.Linear) for part in child.modules()):
            is_flat = True
            yield Row.of("flatten", f"{path}.flatten" if path else "flatten")  # torchvision flattens in forward
        yield from _rows(child, f"{path}.{name}" if path else name, model_name)


def _kind_and_options(layer: Any) -> tuple[str, dict[str, Any]] | None:
    block = next((_BLOCKS[cls.__name__] for cls in type(layer).__mro__ if cls.__name__ in _BLOCKS), None)
    if block is not None:
        return block, _block_options(block, layer)
    kind = type(layer).__name__
    if any(_span(getattr(layer, name)) != value for name, value in _PLAIN.get(kind, {}).items()):
        return None
    if kind in _ACTIVATIONS:
        return "activation", {"function": _ACTIVATIONS[kind]}
    if isinstance(layer, nn.Conv2d):
        names = ("kernel_size", "stride", "padding", "dilation")
        sizes = {name: _span(getattr(layer, name)) for name in names}
        return "conv", {
            "out_channels": layer.out_channels, **sizes, "groups": layer.groups, "bias": layer.bias is not None
        }  # fmt: skip
    if isinstance(layer, (nn.MaxPool2d, nn.AvgPool2d)):
        sizes = {name: _span(getattr(layer, name)) for name in ("kernel_size", "stride", "padding")}
        if sizes["stride"] == sizes["kernel_size"]:
            sizes["stride"] = None
        return "max_pool" if isinstance(layer, nn.MaxPool2d) else "average_pool", {
            **sizes, "ceil_mode": layer.ceil_mode
        }  # fmt: skip
    if isinstance(layer, nn.AdaptiveAvgPool2d):
        size = _span(layer.output_size)
        return ("global_average_pool", {}) if size == 1 else ("adaptive_average_pool", {"output_size": size})
    if isinstance(layer, (nn.BatchNorm2d, nn.BatchNorm1d)):
        return "batch_norm", {"eps": layer.eps}
    if isinstance(layer, nn.Dropout):
        return "dropout", {"p": layer.p}
    if isinstance(layer, nn.Flatten):
        return "flatten", {}
    if isinstance(layer, nn.Linear):
        return "linear", {"out_features": layer.out_features, "bias": layer.bias is not None}
    return None


def _block_options(kind: str, block: Any) -> dict[str, Any]:
    kinds = (_ACTIVATIONS.get(type(part).__name__) for part in block.modules())
    options: dict[str, Any] = {"activation": next(filter(None, kinds))}
    if kind == "basic_block":
        options |= {"out_channels": block.conv1.out_channels, "stride": _span(block.conv1.stride)}
    elif kind == "bottleneck":
        options |= {"width": block.conv1.out_channels, "stride": _span(block.conv2.stride)}
    elif kind == "inception":
        units = {
            "ch1x1": block.branch1,
            "ch3x3red": block.branch2[0],
            "ch3x3": block.branch2[1],
            "ch5x5red": block.branch3[0],
            "ch5x5": block.branch3[1],
            "pool_proj": block.branch4[1],
        }
        options |= {name: unit.conv.out_channels for name, unit in units.items()}
        options["pooling"] = "average" if isinstance(block.branch4[0], nn.AvgPool2d) else "max"
    elif kind == "inception_a":
        options["pool_features"] = block.branch_pool.conv.out_channels
    elif kind == "inception_c":
        options["channels_7x7"] = block.branch7x7_1.conv.out_channels
    return options


def _span(value: Any) -> Any:
    """5 for (5, 5)."""
    return value[0] if isinstance(value, tuple) and value[0] == value[-1] else value

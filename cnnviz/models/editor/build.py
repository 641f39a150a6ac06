"""Network builder: a blueprint's rows as torch's modules, and modules as the rows that make them again.

Which classes there are the layer kinds say: a row can name nothing else.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

from torch import nn

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.models.editor.blueprint import Blueprint
from cnnviz.models.editor.layers import LAYER_KINDS, layer_kind
from cnnviz.models.editor.layers.kind import Call
from cnnviz.models.editor.row import Row
from cnnviz.models.families import blocks
from cnnviz.models.registry import model_spec

_CLASSES: dict[str, type[nn.Module]] = {
    name: getattr(blocks if kind.is_block else nn, name) for kind in LAYER_KINDS.values() for name in kind.torch_classes
}
_NO_ROW = N_("{model} has a layer {layer} that no row stands for. Choose another network.")


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
        call = layer_kind(row.kind).to_torch(row.values(), checked.input_shape, blueprint.num_classes)
        found.append((checked.name, call))
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
    for kind in LAYER_KINDS.values():
        options = kind.options_of(layer)
        if options is not None:
            defaults = {option.name: option.default for option in kind.options}
            given = {key: value for key, value in options.items() if value != defaults[key]}
            return Row.of(kind.name, name, **given)
    return None


def _make(call: Call) -> nn.Module:
    return _CLASSES[call.target](*call.arguments, **call.keywords)


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

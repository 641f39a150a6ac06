"""From a blueprint's rows to torch's modules. Which classes there are is fixed here: a row can name nothing else."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from torch import nn

from cnnviz.models.editor.to_torch import Call, call_of
from cnnviz.models.families import blocks

if TYPE_CHECKING:
    from cnnviz.models.editor.blueprint import Blueprint

_LAYERS: dict[str, type[nn.Module]] = {
    layer.__name__: layer
    for layer in (
        nn.Conv2d, nn.MaxPool2d, nn.AvgPool2d, nn.AdaptiveAvgPool2d, nn.BatchNorm2d, nn.BatchNorm1d, nn.Dropout,
        nn.Flatten, nn.Linear, nn.ReLU, nn.Sigmoid, nn.Tanh, nn.LeakyReLU,
    )
}  # fmt: skip
_BLOCKS: dict[str, type[nn.Module]] = {block.__name__: block for block in blocks.BLOCKS}


def assemble(blueprint: Blueprint) -> nn.Sequential:
    """The network of a blueprint that has been checked; rows whose names share a prefix share a Sequential."""
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


def _make(call: Call) -> nn.Module:
    return (_BLOCKS if call.is_block else _LAYERS)[call.target](*call.arguments, **call.keywords)


def _sequential(tree: dict[str, Any]) -> nn.Sequential:
    return nn.Sequential(
        OrderedDict((name, part if isinstance(part, nn.Module) else _sequential(part)) for name, part in tree.items())
    )

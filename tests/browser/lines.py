"""Runs the lines that "Take it away" gives, without `eval`: only assignments, calls, products, quotients and slices."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

_BINARY = {ast.Mult: operator.mul, ast.Div: operator.truediv}
_FRAMEWORKS = {"torch", "nn", "F", "layers", "ops"}


def run(code: str, names: dict[str, Any], prepare: Callable[[Any], None] = lambda layer: None) -> Tensor:
    """The `y` that `code` gives; `prepare` is handed every `layer` it makes. A name that was not imported fails."""
    known = {name: value for name, value in names.items() if name not in _FRAMEWORKS}
    for line in ast.parse(code).body:
        if isinstance(line, ast.Import | ast.ImportFrom):
            imported = [alias.asname or alias.name for alias in line.names]
            known.update({name: names[name] for name in imported})
            continue
        assert isinstance(line, ast.Assign)
        (target,) = line.targets
        assert isinstance(target, ast.Name)
        known[target.id] = _value(line.value, known)
        if target.id == "layer":
            prepare(known["layer"])
    result: Tensor = known["y"]
    return result


def _value(node: ast.expr, known: dict[str, Any]) -> Any:
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        return float if node.id == "float" else known[node.id]
    if isinstance(node, ast.Attribute):
        return getattr(_value(node.value, known), node.attr)
    if isinstance(node, ast.Tuple):
        return tuple(_value(element, known) for element in node.elts)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand, known)
    if isinstance(node, ast.BinOp):
        return _BINARY[type(node.op)](_value(node.left, known), _value(node.right, known))
    if isinstance(node, ast.Slice):
        return slice(*(part and _value(part, known) for part in (node.lower, node.upper, node.step)))
    if isinstance(node, ast.Subscript):
        return _value(node.value, known)[_value(node.slice, known)]
    assert isinstance(node, ast.Call), ast.dump(node)
    given = [_value(argument, known) for argument in node.args]
    named = {keyword.arg: _value(keyword.value, known) for keyword in node.keywords if keyword.arg}
    return _value(node.func, known)(*given, **named)


def torch_names(x: Tensor) -> dict[str, Any]:
    """What the lines of PyTorch may use."""
    return {"torch": torch, "nn": nn, "F": F, "x": x}

"""Runs the lines that "Take it away" gives, without `eval`: only assignments, calls, products, quotients and slices.

`Keras` answers to the few names the lines use, written from Keras' documentation on top of torch, as Keras itself is
not among what the tests need.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from types import SimpleNamespace
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


class Keras:
    """`layers` and `ops` of Keras for channels-last tensors; every convolution has `weight` and `bias` given here."""

    def __init__(self, weight: Tensor | None = None, bias: float = 0) -> None:
        self.weight = weight  # (1, channels, height, width) or (1, channels, width), as torch has it
        self.bias = bias
        kinds: dict[str, Any] = {}
        for count in (1, 2):
            kinds[f"Conv{count}D"] = self._conv(count)
            kinds[f"Conv{count}DTranspose"] = self._transposed(count)
            kinds[f"MaxPooling{count}D"] = self._pooling(count, _max)
            kinds[f"AveragePooling{count}D"] = self._pooling(count, _average)
            kinds[f"ZeroPadding{count}D"] = self._sides(count, 1)
            kinds[f"Cropping{count}D"] = self._sides(count, -1)
        self.layers = SimpleNamespace(**kinds)
        self.ops = SimpleNamespace(exp=torch.exp, ones_like=torch.ones_like, pad=_pad)

    def names(self, x: Tensor) -> dict[str, Any]:
        """What the lines of Keras may use."""
        return {"layers": self.layers, "ops": self.ops, "x": x}

    def _conv(self, count: int) -> Any:
        def make(
            filters: int, kernel_size: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1
        ) -> Any:
            assert filters == 1
            k, s, d = (_tuple(value, count) for value in (kernel_size, strides, dilation_rate))
            _refuse_both(s, d)
            assert self.weight is not None
            assert tuple(self.weight.shape[2:]) == k

            def layer(x: Tensor) -> Tensor:
                span = [b * (a - 1) + 1 for a, b in zip(k, d, strict=True)]
                padded = F.pad(_first(x), _same(x.shape[1:-1], span, s)) if padding == "same" else _first(x)
                convolve = F.conv2d if count == 2 else F.conv1d
                return _last(convolve(padded, self.weight, None, s, 0, d) + self.bias)

            return layer

        return make

    def _transposed(self, count: int) -> Any:
        def make(
            filters: int,
            kernel_size: Any,
            strides: Any = 1,
            padding: str = "valid",
            output_padding: Any = None,
            dilation_rate: Any = 1,
        ) -> Any:
            assert filters == 1
            k, s, d = (_tuple(value, count) for value in (kernel_size, strides, dilation_rate))
            _refuse_both(s, d)
            extra = None if output_padding is None else _tuple(output_padding, count)
            assert extra is None or all(a < b for a, b in zip(extra, s, strict=True))
            assert self.weight is not None
            weight = _spread(self.weight, k)

            def layer(x: Tensor) -> Tensor:
                convolve = F.conv_transpose2d if count == 2 else F.conv_transpose1d
                full = convolve(_first(x), weight.transpose(0, 1), None, s, 0, 0, 1, d)
                cuts: list[int] = []
                for n, a, b, c, e in zip(x.shape[1:-1], k, s, d, extra or (None,) * count, strict=True):
                    span = c * (a - 1) + 1
                    before = max(span - b, 0) // 2 if padding == "same" else 0
                    size = n * b if padding == "same" else (n - 1) * b + span + (max(b - span, 0) if e is None else e)
                    cuts = [-before, size + before - ((n - 1) * b + span), *cuts]
                return _last(F.pad(full, cuts) + self.bias)

            return layer

        return make

    def _pooling(self, count: int, pool: Callable[[Tensor, Any], Tensor]) -> Any:
        def make(pool_size: Any, strides: Any = None, padding: str = "valid") -> Any:
            k = _tuple(pool_size, count)
            s = k if strides is None else _tuple(strides, count)

            def layer(x: Tensor) -> Tensor:
                sides = _same(x.shape[1:-1], k, s) if padding == "same" else [0] * (2 * count)
                outside = F.pad(torch.zeros_like(_first(x)), sides, value=1) > 0
                padded = F.pad(_first(x), sides).masked_fill(outside, torch.nan)
                for axis in range(count):
                    padded = padded.unfold(2 + axis, k[axis], s[axis])
                return _last(pool(padded, tuple(range(-count, 0))))

            return layer

        return make

    @staticmethod
    def _sides(count: int, sign: int) -> Any:
        def make(amount: Any) -> Any:
            sides = [_tuple(one, 2) for one in _tuple(amount, count)] if count == 2 else [_tuple(amount, 2)]
            return lambda x: _last(F.pad(_first(x), [sign * side for pair in reversed(sides) for side in pair]))

        return make


def _max(windows: Tensor, axes: tuple[int, ...]) -> Tensor:
    return windows.nan_to_num(nan=-torch.inf, posinf=torch.inf, neginf=-torch.inf).amax(axes)


def _average(windows: Tensor, axes: tuple[int, ...]) -> Tensor:
    return windows.nansum(axes) / (~windows.isnan()).sum(axes)


def _pad(x: Tensor, sides: tuple[tuple[int, int], ...], constant_values: float) -> Tensor:
    return F.pad(x, [side for pair in reversed(sides) for side in pair], value=constant_values)


def _same(sizes: Any, spans: Any, strides: Any) -> list[int]:
    """The sides of "same", the last axis first: half of what is missing in front, the larger half behind."""
    sides: list[int] = []
    for n, span, s in zip(sizes, spans, strides, strict=True):
        total = max((-(-n // s) - 1) * s + span - n, 0)
        sides = [total // 2, total - total // 2, *sides]
    return sides


def _spread(weight: Tensor, kernel: tuple[int, ...]) -> Tensor:
    """`weight` with zeros between its values until it is as large as `kernel`."""
    spread = torch.zeros(*weight.shape[:2], *kernel, dtype=weight.dtype)
    steps = [(a - 1) // (b - 1) if b > 1 else 1 for a, b in zip(kernel, weight.shape[2:], strict=True)]
    spread[(slice(None), slice(None), *(slice(None, None, step) for step in steps))] = weight
    return spread


def _refuse_both(strides: tuple[int, ...], dilation: tuple[int, ...]) -> None:
    """`strides > 1` not supported in conjunction with `dilation_rate > 1`."""
    assert max(strides) == 1 or max(dilation) == 1


def _tuple(value: Any, count: int) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,) * count


def _first(x: Tensor) -> Tensor:
    return x.movedim(-1, 1)


def _last(x: Tensor) -> Tensor:
    return x.movedim(1, -1)

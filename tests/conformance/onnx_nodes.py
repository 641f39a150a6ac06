"""ONNX's own node cases of convolution and pooling, as layers. Knows nothing of what they are held against."""

from __future__ import annotations

import importlib
import warnings
from dataclasses import dataclass
from functools import cache
from typing import Any

from numpy.typing import NDArray

from cnnviz.arithmetic.axis import Axis, TransposedAxis
from cnnviz.arithmetic.conventions import same_padding
from cnnviz.arithmetic.pooling import PoolAxis

MODULES = ("conv", "convtranspose", "maxpool", "averagepool")
KINDS = {"Conv": "conv", "ConvTranspose": "transposed", "MaxPool": "max", "AveragePool": "average"}


@dataclass(frozen=True)
class NodeCase:
    """One case of the suite: a layer, what goes in and what comes out of it."""

    name: str
    kind: str
    attributes: dict[str, Any]
    pixels: NDArray[Any]  # (images, channels, *sizes)
    weights: NDArray[Any] | None  # (out, in, *sizes); of a transposed one (in, out, *sizes)
    result: NDArray[Any]

    @property
    def sizes(self) -> tuple[int, ...]:
        return self.pixels.shape[2:]

    def on_axis(self, name: str, axis: int, usual: int) -> int:
        given = self.attributes.get(name)
        return usual if given is None else int(given[axis])

    def kernel_size(self, axis: int) -> int:
        return self.on_axis("kernel_shape", axis, 0 if self.weights is None else self.weights.shape[2 + axis])

    def padding(self, axis: int) -> tuple[int, int]:
        """(at the start, at the end)."""
        automatic = self.attributes.get("auto_pad", b"NOTSET").decode()
        if automatic.startswith("SAME"):
            extent = self.on_axis("dilations", axis, 1) * (self.kernel_size(axis) - 1) + 1
            before, after = same_padding(self.sizes[axis], extent, self.on_axis("strides", axis, 1))
            return (before, after) if automatic == "SAME_UPPER" else (after, before)
        half = len(self.sizes)
        return self.on_axis("pads", axis, 0), self.on_axis("pads", axis + half, 0)

    @property
    def is_ours(self) -> bool:
        """Whether torch, and so our page, has such a layer at all."""
        dilated = any(dilation != 1 for dilation in self.attributes.get("dilations", [1]))
        shaped = {"output_shape", "auto_pad"} & set(self.attributes) and self.kind == "transposed"
        uneven = self.kind == "transposed" and any(b != a for b, a in map(self.padding, range(len(self.sizes))))
        return not (self.kind == "average" and dilated) and not shaped and not uneven

    def axes(self) -> list[Axis | TransposedAxis]:
        """Our arithmetic of each axis."""
        return [self._axis(axis) for axis in range(len(self.sizes))]

    def _axis(self, axis: int) -> Axis | TransposedAxis:
        stride, dilation = (self.on_axis(name, axis, 1) for name in ("strides", "dilations"))
        before, after = self.padding(axis)
        if self.kind == "transposed":
            extra = self.on_axis("output_padding", axis, 0)
            return TransposedAxis(self.kernel_size(axis), stride, before, dilation, extra)
        if self.kind == "conv":
            return Axis(self.kernel_size(axis), stride, before, after, dilation)
        ceil = bool(self.attributes.get("ceil_mode", 0))
        return PoolAxis(self.kernel_size(axis), stride, before, after, dilation, ceil)


@cache
def node_cases() -> tuple[NodeCase, ...]:
    """Those of the four kinds of layers: the suite keeps whatever is imported, and filters what it imports itself."""
    from onnx import helper
    from onnx.backend.test.case import node as suite

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its other cases
        for name in MODULES:
            importlib.import_module(f"onnx.backend.test.case.node.{name}")
        collected = suite.collect_testcases("none of the others")
    found = []
    for case in collected:
        node = case.model.graph.node[0]
        ((inputs, outputs),) = case.data_sets
        attributes = {each.name: helper.get_attribute_value(each) for each in node.attribute}
        weights = inputs[1] if len(inputs) > 1 else None
        found.append(NodeCase(case.name, KINDS[node.op_type], attributes, inputs[0], weights, outputs[0]))
    return tuple(found)

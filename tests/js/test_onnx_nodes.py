"""The browser computes what ONNX's own node cases say."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from tests.arithmetic.table import Case
from tests.conformance.onnx_nodes import NodeCase, node_cases
from tests.js.node import call

pytest.importorskip("onnx", reason="make conformance brings it")

pytestmark = pytest.mark.slow

LAYERS = 30  # at least so many can be set on the stage

VALUES = """return JSON.stringify(JSON.parse(given).map(({ axes, pooling, pixels, weights }) => {
    const planes = (lists) => lists.map((list) => Float64Array.from(list));
    return [...(pooling ? m.poolAll(axes, pooling, planes(pixels))
        : m.convolveAll(axes, planes(pixels), planes(weights), 0)).partial[0]];
}));"""


def test_values_in_the_browser() -> None:
    """Every picture or signal that the stage can be set to."""
    checked = [(case, given) for case in node_cases() if case.is_ours and (given := _for_the_stage(case)) is not None]
    found = json.loads(call("convolution/component/arithmetic/grid.js", VALUES, json.dumps([g for _, g in checked])))
    for (case, _), values in zip(checked, found, strict=True):
        np.testing.assert_allclose(values, case.result[0, 0].flatten(), rtol=1e-5, atol=1e-4, err_msg=case.name)
    assert len(checked) >= LAYERS


def _for_the_stage(case: NodeCase) -> dict[str, Any] | None:
    """The layer as grid.js takes it; a signal is a picture one pixel high."""
    pads = [case.padding(axis) for axis in range(len(case.sizes))]
    even = all(before == after for before, after in pads)
    means_padding = case.kind == "average" and any(map(sum, pads)) and not case.attributes.get("count_include_pad")
    refused = case.weights is None and any(p > case.kernel_size(axis) // 2 for axis, (p, _) in enumerate(pads))
    if refused or len(case.sizes) > 2 or not even or means_padding or case.attributes.get("group", 1) != 1:
        return None
    sides = [
        Case(
            case.kind,
            n=case.sizes[axis],
            k=case.kernel_size(axis),
            p=pads[axis][0],
            s=case.on_axis("strides", axis, 1),
            d=case.on_axis("dilations", axis, 1),
            o=case.on_axis("output_padding", axis, 0),
            ceil=bool(case.attributes.get("ceil_mode", 0)),
        )
        for axis in range(len(case.sizes))
    ]
    if len(sides) == 1:
        sides = [Case(case.kind, n=1, k=1, p=0, s=1, d=1), sides[0]]
    weights = [] if case.weights is None else [case.weights[0, 0].flatten().tolist()]
    return {
        "axes": [side.axis for side in sides],
        "pooling": case.kind if case.kind in ("max", "average") else None,
        "pixels": [case.pixels[0, 0].astype(float).flatten().tolist()],
        "weights": weights,
    }

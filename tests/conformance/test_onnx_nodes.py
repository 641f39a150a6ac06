"""Sizes and values of ONNX's own node cases are ours."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from cnnviz.arithmetic.conv import ConvSpec
from tests.arithmetic.reference import convolve, output
from tests.conformance.onnx_nodes import NodeCase, node_cases

pytest.importorskip("onnx", reason="make conformance brings it")

pytestmark = pytest.mark.slow

SIZES, VALUES = 45, 31  # at least so many are of layers that torch, and so we, have


def test_sizes() -> None:
    """Every layer of one, two or three axes that torch has."""
    checked = [case for case in node_cases() if case.is_ours]
    wrong = {
        case.name: ours
        for case in checked
        if (ours := tuple(a.output_size(n) for a, n in zip(case.axes(), case.sizes, strict=True)))
        != case.result.shape[2:]
    }
    assert wrong == {}
    assert len(checked) >= SIZES


def test_values_in_python() -> None:
    """Convolutions by the loops that keep every product, pooling by the windows."""
    checked = [case for case in node_cases() if case.is_ours and _value_of(case) is not None]
    for case in checked:
        np.testing.assert_allclose(_value_of(case), case.result[0, 0], rtol=1e-5, atol=1e-4, err_msg=case.name)
    assert len(checked) >= VALUES


def _value_of(case: NodeCase) -> NDArray[Any] | None:
    """The first map of the first picture; None where our loops have no such layer."""
    first = case.pixels[0, 0].astype(float)
    if case.kind == "conv" and len(case.sizes) == 2:
        assert case.weights is not None
        pads = [case.padding(axis) for axis in (0, 1)]
        if any(before != after for before, after in pads):
            return None
        strides = tuple(case.on_axis("strides", axis, 1) for axis in (0, 1))
        spec = ConvSpec((case.kernel_size(0), case.kernel_size(1)), strides, (pads[0][0], pads[1][0]))
        return output(convolve(case.pixels[0], case.weights[0], spec))
    if case.kind in ("max", "average"):
        return _pooled(case, first)
    return None


def _pooled(case: NodeCase, plane: NDArray[Any]) -> NDArray[Any]:
    """Over any number of axes; padding counts for the mean only where the case says so."""
    axes = case.axes()
    windows = [axis.windows(n) for axis, n in zip(axes, case.sizes, strict=True)]
    counted = bool(case.attributes.get("count_include_pad", 0))
    padded = np.pad(plane, [case.padding(axis) for axis in range(plane.ndim)], constant_values=0 if counted else np.nan)
    made = np.empty(tuple(map(len, windows)))
    for index in np.ndindex(made.shape):
        seen = padded[np.ix_(*(window[i] for window, i in zip(windows, index, strict=True)))]
        made[index] = np.nanmax(seen) if case.kind == "max" else np.nanmean(seen)
    return made

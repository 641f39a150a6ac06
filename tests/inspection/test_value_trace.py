"""The arithmetic shown for one value is the arithmetic that made it."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from cnnviz.base.errors import ConfigurationError
from cnnviz.inspection.capture import layer_outputs
from cnnviz.inspection.value_trace import ValueTrace, as_maps, explain, has_value_trace, value_trace
from cnnviz.models.registry import MODELS
from cnnviz.models.summary import summarize
from cnnviz.models.zoo import TRAINABLE_NAMES


def value(own: ValueTrace, row: int, column: int) -> float:
    """One output value from what the step says it reads."""
    if own.kind == "sum":
        assert own.weights is not None
        return float((own.inputs.astype(float) * own.weights).sum()) + own.bias
    window = own.window(row, column).astype(float)
    if own.kind == "convolution":
        assert own.weights is not None
        return float((window * own.weights).sum()) + own.bias
    formulas = {
        "largest": window.max(),
        "mean": window.mean(),
        "relu": max(0.0, window.item(0)),
        "sigmoid": 1 / (1 + np.exp(-window.item(0))),
        "same": window.item(0),
    }
    return float(formulas[own.kind])


def way_to(model: torch.nn.Module, layer: str, input_size: tuple[int, int, int]) -> list[str]:
    """The layers from the picture to `layer`."""
    inputs = {info.name: info.inputs for info in summarize(model, input_size)}
    way = [layer]
    while inputs[way[-1]] and inputs[way[-1]][0]:
        way.append(inputs[way[-1]][0])
    return way[:0:-1]


@pytest.mark.parametrize("name", TRAINABLE_NAMES)
def test_every_layer_adds_up(name: str) -> None:
    """On every layer, window, weights and bias give the value that torch gave, corners and padding included."""
    torch.manual_seed(2)
    model = MODELS[name].build().eval()
    x = torch.randn(1, *MODELS[name].input_size)
    outputs = layer_outputs(model, x)
    for layer, output in outputs.items():
        if not has_value_trace(model, layer):
            continue
        index = len(output) - 1
        own = value_trace(model, layer, index, x[0].numpy(), outputs, way_to(model, layer, MODELS[name].input_size))
        height, width = own.output.shape
        for row, column in {(0, 0), (0, width - 1), (height // 2, width // 3), (height - 1, width - 1)}:
            expected = as_maps(output)[index, row, column]
            assert value(own, row, column) == pytest.approx(expected, abs=2e-5), (layer, row, column)


def test_what_a_unit_reads_is_arranged_as_the_maps_it_came_from() -> None:
    """fc1 sees the 16 maps of 5 x 5 behind the flattening; fc2 sees 120 values, as a block."""
    model = MODELS["lenet5"].build().eval()
    x = torch.randn(1, 1, 28, 28)
    outputs = layer_outputs(model, x)
    first = value_trace(model, "fc1", 7, x[0].numpy(), outputs)
    assert first.inputs.shape == first.flattened_from == (16, 5, 5)
    assert first.input_shape == (400,)
    np.testing.assert_array_equal(first.inputs, outputs["pool2"])
    second = value_trace(model, "fc2", 0, x[0].numpy(), outputs)
    assert second.inputs.shape == (1, 10, 12)
    assert (second.flattened_from, second.input_shape) == (None, (120,))


def test_a_map_there_is_not() -> None:
    """A number beyond the last map is refused with the nearest one."""
    model = MODELS["lenet5"].build().eval()
    x = torch.randn(1, 1, 28, 28)
    with pytest.raises(ConfigurationError, match=r"from 0 to 5. Got 9; try 5"):
        value_trace(model, "conv1", 9, x[0].numpy(), layer_outputs(model, x))


def test_meaning_has_the_layers_own_numbers() -> None:
    """The sentence of conv2 says 16 filters of 5 x 5 through 6 channels."""
    said = explain(MODELS["lenet5"].build().conv2)
    text = said.template.format(**said.values)
    assert "16 filters" in text
    assert "5 × 5" in text
    assert "here 6" in text


@pytest.mark.parametrize("name", TRAINABLE_NAMES)
def test_every_layer_has_a_meaning(name: str) -> None:
    """No layer of the zoo falls back on the general sentence."""
    model = MODELS[name].build()
    for info in summarize(model, MODELS[name].input_size):
        said = explain(model.get_submodule(info.name) if info.module else info.kind)
        assert not said.template.startswith("This layer")
        assert "{" not in said.template.format(**said.values)

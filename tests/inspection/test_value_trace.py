"""The arithmetic shown for one value is the arithmetic that made it."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

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


def every_value(layer: torch.nn.Module, x: torch.Tensor) -> None:
    """Every value of every map of `layer` is what its trace makes of what it reads."""
    model = torch.nn.Sequential(OrderedDict(layer=layer)).eval()
    assert has_value_trace(model, "layer")
    outputs = layer_outputs(model, x)
    for index, row, column in np.ndindex(outputs["layer"].shape):
        own = value_trace(model, "layer", index, x[0].numpy(), outputs)
        expected = outputs["layer"][index, row, column]
        assert value(own, row, column) == pytest.approx(expected, abs=2e-5), (index, row, column)


@pytest.mark.parametrize(
    "options",
    [
        {"padding": "same"},
        {"padding": "same", "dilation": 2},
        {"padding": "valid", "stride": 2},
        {"padding": (0, 2), "dilation": (2, 1)},
        {"groups": 2},
        {"groups": 4, "padding": 1},
    ],
    ids=str,
)
def test_every_convolution_adds_up(options: dict[str, Any]) -> None:
    """Padding given by name, dilation, and groups, of which a filter reads its own maps alone."""
    torch.manual_seed(0)
    every_value(torch.nn.Conv2d(4, 8, 3, **options), torch.randn(1, 4, 7, 6))


@pytest.mark.parametrize("ceil_mode", [False, True])
@pytest.mark.parametrize(
    ("kind", "options"),
    [
        (torch.nn.MaxPool2d, {"padding": 1}),
        (torch.nn.MaxPool2d, {"padding": 1, "dilation": 2}),
        (torch.nn.AvgPool2d, {"padding": 1}),
        (torch.nn.AvgPool2d, {"padding": (0, 1), "count_include_pad": False}),
    ],
)
def test_every_pooling_adds_up(kind: type[torch.nn.Module], options: dict[str, Any], ceil_mode: bool) -> None:
    """Where all is negative no zero of the padding is the largest, and what hangs over the end counts nothing."""
    x = -1 - torch.rand(1, 2, 8, 6)
    every_value(kind(3, stride=2, ceil_mode=ceil_mode, **options), x)


@pytest.mark.parametrize(
    "layer",
    [
        torch.nn.Conv2d(1, 1, 2, padding="same"),
        torch.nn.Conv2d(1, 1, 3, padding=1, padding_mode="reflect"),
        torch.nn.AvgPool2d(2, divisor_override=3),
    ],
    ids=["uneven", "reflected", "divided"],
)
def test_what_is_not_shown(layer: torch.nn.Module) -> None:
    """Padding that is wider at the end, or no zeros, and a mean that is none: no trace rather than a wrong one."""
    assert not has_value_trace(torch.nn.Sequential(OrderedDict(layer=layer)), "layer")


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


def test_a_grouped_convolution_does_not_go_through_all_channels() -> None:
    """Of two groups each filter reads one half."""
    said = explain(torch.nn.Conv2d(6, 8, 3, groups=2))
    assert "through 3 of its 6 channels" in said.template.format(**said.values)


@pytest.mark.parametrize("name", TRAINABLE_NAMES)
def test_every_layer_has_a_meaning(name: str) -> None:
    """No layer of the zoo falls back on the general sentence."""
    model = MODELS[name].build()
    for info in summarize(model, MODELS[name].input_size):
        said = explain(model.get_submodule(info.name) if info.module else info.kind)
        assert not said.template.startswith("This layer")
        assert "{" not in said.template.format(**said.values)

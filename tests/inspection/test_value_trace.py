"""The arithmetic shown for one value is the arithmetic that made it."""

from __future__ import annotations

import math
from collections import OrderedDict
from typing import Any

import numpy as np
import pytest
import torch

from cnnviz.base.errors import ConfigurationError
from cnnviz.inspection.explain import explain
from cnnviz.inspection.survey import Seen, survey
from cnnviz.inspection.trace import ValueTrace
from cnnviz.inspection.value_trace import (
    MOST_CHANNELS,
    as_maps,
    flattened_from,
    has_value_trace,
    value_trace,
)
from cnnviz.models.empty_weights import materializing
from cnnviz.models.registry import MODELS
from cnnviz.models.summary import Summary, summarize
from cnnviz.models.zoo import MODEL_NAMES, TRAINABLE_NAMES

# sides of a picture on which the large networks are quick, and which every layer of theirs still takes
SMALL = {"alexnet": 64, "zfnet": 224, "googlenet": 64, "inception-v3": 96, "inception-a": 9, "basic-block": 14}
TWINS = ("vgg16", "vgg19", "resnet34")  # have the layers of vgg11 and resnet18


def input_size(name: str) -> tuple[int, int, int]:
    """As the network's own, but small."""
    channels, side, _ = MODELS[name].input_size
    side = min(side, SMALL.get(name, 64 if name.startswith("resnet") else 32))
    return channels, side, side


def everything(model: torch.nn.Module, x: torch.Tensor, summary: Summary) -> dict[str, Seen]:
    """Every layer in full; weights of an outline come into being."""
    with materializing(model):
        return survey(model, x, [info.name for info in summary])[1]


def value(own: ValueTrace, row: int, column: int) -> float:
    """One output value from what the trace says it reads."""
    if own.kind == "sum":
        assert own.weights is not None
        return float((own.inputs.astype(float) * own.weights).sum()) + own.bias
    window = own.window(row, column).astype(float)
    first = window.item(0) if window.size else 0.0
    if own.kind == "convolution":
        assert own.weights is not None
        rest = 0.0 if own.rest is None else float(own.rest[row, column])
        return float((window * own.weights).sum()) + rest + own.bias
    if own.kind == "norm":
        assert own.norm is not None
        n = own.norm
        return (first - n.mean) / math.sqrt(n.variance + n.epsilon) * n.weight + n.bias
    formulas = {
        "largest": window.max(),
        "mean": window.mean(),
        "relu": max(0.0, first),
        "sigmoid": 1 / (1 + np.exp(-first)),
        "tanh": np.tanh(first),
        "leaky": max(first, own.slope * first),
        "added": window.sum(),
        "joined": first,
        "same": first,
    }
    return float(formulas[own.kind])


def adds_up(model: torch.nn.Module, summary: Summary, seen: dict[str, Seen]) -> None:
    """On every layer the trace of the last map gives the values that torch gave, corners and padding included."""
    for info in summary:
        assert has_value_trace(model, info), info.name
        index = info.output_shape[0] - 1
        own = value_trace(model, info, index, seen[info.name], flattened_from(summary, info))
        height, width = own.output.shape
        for row, column in {(0, 0), (0, width - 1), (height // 2, width // 3), (height - 1, width - 1)}:
            expected = as_maps(seen[info.name].output)[index, row, column]
            assert value(own, row, column) == pytest.approx(expected, rel=1e-4, abs=5e-5), (info.name, row, column)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in MODEL_NAMES if name not in TWINS])
def test_every_layer_adds_up(name: str) -> None:
    """Every node of every network of the zoo, additions, concatenations and batch norm among them."""
    model = MODELS[name].outline().eval()
    x = torch.randn(1, *input_size(name), generator=torch.Generator().manual_seed(2))
    summary = summarize(model, input_size(name))
    adds_up(model, summary, everything(model, x, summary))


@pytest.mark.parametrize("name", MODEL_NAMES)
def test_every_node_of_the_zoo_has_a_trace(name: str) -> None:
    """From LeNet to ResNet-152, at the network's own size."""
    model = MODELS[name].outline()
    without = [info.name for info in summarize(model, MODELS[name].input_size) if not has_value_trace(model, info)]
    assert without == []


@pytest.mark.parametrize(
    "options",
    [
        {"activation": "sigmoid", "pooling": "average", "dropout": 0.5},
        {"activation": "tanh", "batch_norm": True},
        {"activation": "leaky_relu"},
    ],
    ids=str,
)
def test_every_option_adds_up(options: dict[str, Any]) -> None:
    """LeNet as it can be chosen otherwise; in evaluation mode dropout changes nothing."""
    torch.manual_seed(2)
    model = MODELS["lenet5"].build(**options).eval()
    summary = summarize(model, (1, 28, 28))
    adds_up(model, summary, everything(model, torch.randn(1, 1, 28, 28), summary))


def every_value(layer: torch.nn.Module, x: torch.Tensor) -> None:
    """Every value of every map of `layer` is what its trace makes of what it reads."""
    model = torch.nn.Sequential(OrderedDict(layer=layer)).eval()
    summary = summarize(model, tuple(x.shape[1:]))
    assert has_value_trace(model, summary[0])
    seen = everything(model, x, summary)["layer"]
    for index, row, column in np.ndindex(seen.output.shape):
        own = value_trace(model, summary[0], index, seen)
        assert value(own, row, column) == pytest.approx(seen.output[index, row, column], abs=2e-5), (index, row, column)


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


def test_of_many_channels_those_that_count_most() -> None:
    """Of 20 maps 8 are shown, the strongest; the other 12 are one number for each value, and the sum is the same."""
    torch.manual_seed(0)
    layer = torch.nn.Conv2d(20, 2, 3, padding=1, stride=2, dilation=2, bias=False)
    with torch.no_grad():
        layer.weight[:, 5] = 9.0
    x = torch.randn(1, 20, 9, 8)
    every_value(layer, x)
    model = torch.nn.Sequential(OrderedDict(layer=layer)).eval()
    summary = summarize(model, (20, 9, 8))
    own = value_trace(model, summary[0], 1, everything(model, x, summary)["layer"])
    assert (len(own.channels), own.of, own.input_shape) == (MOST_CHANNELS // 2, 20, (20, 9, 8))
    assert 5 in own.channels
    np.testing.assert_array_equal(own.inputs, x[0, list(own.channels)].numpy())


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


@pytest.mark.parametrize("sides", [(1, 1), (3, 4), (9, 7), (None, 2)])
@pytest.mark.parametrize("kind", [torch.nn.AdaptiveAvgPool2d, torch.nn.AdaptiveMaxPool2d])
def test_adaptive_pooling_adds_up(kind: type[torch.nn.Module], sides: tuple[int, int]) -> None:
    """The whole map at once, windows that overlap, and more values than pixels."""
    every_value(kind(sides), torch.randn(1, 2, 7, 5))


def test_batch_norm_without_numbers_of_its_own() -> None:
    """gamma 1 and beta 0."""
    layer = torch.nn.BatchNorm2d(3, affine=False)
    layer.running_mean, layer.running_var = torch.tensor([1.0, -2.0, 0.5]), torch.tensor([4.0, 0.25, 1.0])
    every_value(layer, torch.randn(1, 3, 4, 5))


def test_a_map_of_a_concatenation_says_whose_it_is() -> None:
    """Map 70 of Inception-A's 64 + 64 + 96 + 32 is the sixth of the second branch."""
    model = MODELS["inception-a"].outline().eval()
    size = input_size("inception-a")
    summary = summarize(model, size)
    joined = next(info for info in summary if info.kind == "Concat")
    seen = everything(model, torch.randn(1, *size), summary)
    own = value_trace(model, joined, 69, seen[joined.name])
    assert own.source == (joined.inputs[1], 5)
    np.testing.assert_array_equal(own.inputs[0], seen[joined.inputs[1]].output[5])


def test_what_is_added_is_what_the_two_branches_gave() -> None:
    """The last addition of the small ResNet: both maps, and their sum."""
    model = MODELS["resnet-small"].build().eval()
    summary = summarize(model, (3, 32, 32))
    added = next(info for info in summary if info.name == "block3.add")
    seen = everything(model, torch.randn(1, 3, 32, 32), summary)
    own = value_trace(model, added, 7, seen[added.name])
    assert own.inputs.shape == (2, 8, 8)
    for number, source in enumerate(added.inputs):
        np.testing.assert_array_equal(own.inputs[number], seen[source].output[7])


@pytest.mark.parametrize(
    "layer",
    [
        torch.nn.Conv2d(1, 1, 2, padding="same"),
        torch.nn.Conv2d(1, 1, 3, padding=1, padding_mode="reflect"),
        torch.nn.AvgPool2d(2, divisor_override=3),
        torch.nn.GELU(),
    ],
    ids=["uneven", "reflected", "divided", "unknown"],
)
def test_what_is_not_shown(layer: torch.nn.Module) -> None:
    """Padding that is wider at the end, or no zeros, and a mean that is none: no trace rather than a wrong one."""
    model = torch.nn.Sequential(OrderedDict(layer=layer))
    assert not has_value_trace(model, summarize(model, (1, 6, 6))[0])


def test_what_a_unit_reads_is_arranged_as_the_maps_it_came_from() -> None:
    """fc1 sees the 16 maps of 5 x 5 behind the flattening; fc2 sees 120 values, as a block."""
    model = MODELS["lenet5"].build().eval()
    summary = summarize(model, (1, 28, 28))
    layers = {info.name: info for info in summary}
    seen = everything(model, torch.randn(1, 1, 28, 28), summary)
    first, second = (
        value_trace(model, layers[name], 0, seen[name], flattened_from(summary, layers[name]))
        for name in ("fc1", "fc2")
    )
    assert first.inputs.shape == first.flattened_from == (16, 5, 5)
    assert first.input_shape == (400,)
    np.testing.assert_array_equal(first.inputs, seen["pool2"].output)
    assert second.inputs.shape == (1, 10, 12)
    assert (second.flattened_from, second.input_shape) == (None, (120,))


def test_dropout_between_does_not_hide_where_the_numbers_come_from() -> None:
    """The Keras lessons' network drops between flattening and its only fully connected layer."""
    summary = summarize(MODELS["keras-cnn"].outline(), (1, 28, 28))
    assert flattened_from(summary, summary[-1]) == (64, 5, 5)


def test_a_number_of_the_row_says_where_it_stood() -> None:
    """Number 57 of LeNet's 400, from 0: map 2, row 1, column 2."""
    model = MODELS["lenet5"].build().eval()
    summary = summarize(model, (1, 28, 28))
    flatten = next(info for info in summary if info.kind == "Flatten")
    own = value_trace(model, flatten, 57, everything(model, torch.randn(1, 1, 28, 28), summary)["flatten"])
    assert own.place == (2, 1, 2)


def test_a_map_there_is_not() -> None:
    """A number beyond the last map is refused with the nearest one."""
    model = MODELS["lenet5"].build().eval()
    summary = summarize(model, (1, 28, 28))
    seen = everything(model, torch.randn(1, 1, 28, 28), summary)
    with pytest.raises(ConfigurationError, match=r"from 0 to 5. Got 9; try 5"):
        value_trace(model, summary[0], 9, seen["conv1"])


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

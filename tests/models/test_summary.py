"""The summary is checked against torch: its flop counter, its shapes, and what gradients say a value depends on."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from cnnviz.errors import ConfigurationError
from cnnviz.models.registry import MODELS
from cnnviz.models.summary import summarize


@pytest.mark.parametrize("name", MODELS)
def test_multiply_accumulates_are_half_the_flops(name: str) -> None:
    """torch's own counter counts a multiplication and an addition for each of ours."""
    spec = MODELS[name]
    model = spec.build()
    with FlopCounterMode(display=False) as counter:
        model(torch.zeros(1, *spec.input_size))
    assert summarize(model, spec.input_size).macs == counter.get_total_flops() // 2


@pytest.mark.parametrize("name", MODELS)
def test_shapes_and_weights_are_the_models_own(name: str) -> None:
    """Every layer's output has the shape, and every layer the weights, that torch gives it."""
    spec = MODELS[name]
    model = spec.build()
    x = torch.zeros(1, *spec.input_size)
    summary = summarize(model, spec.input_size)
    for info, (layer_name, layer) in zip(summary, model.named_children(), strict=True):
        assert (info.name, info.kind, info.input_shape) == (layer_name, type(layer).__name__, tuple(x.shape[1:]))
        x = layer(x)
        assert info.output_shape == tuple(x.shape[1:])
        assert info.activation_bytes == x.numel() * x.element_size()
    assert summary.params == sum(weight.numel() for weight in model.parameters())


def test_lenet5_by_hand() -> None:
    """LeNet-5 traced by hand: conv1 6 x 28 x 28 values of 25 products each, and so on."""
    rows = {
        layer.name: (layer.output_shape, layer.params, layer.macs, layer.receptive_field, layer.jump)
        for layer in summarize(MODELS["lenet5"].build(), (1, 28, 28))
    }
    assert rows["conv1"] == ((6, 28, 28), 156, 6 * 28 * 28 * 25, 5, 1)
    assert rows["pool1"] == ((6, 14, 14), 0, 0, 6, 2)
    assert rows["conv2"] == ((16, 10, 10), 2416, 16 * 10 * 10 * 150, 14, 2)
    assert rows["pool2"] == ((16, 5, 5), 0, 0, 16, 4)
    assert rows["flatten"] == ((400,), 0, 0, 28, None)
    assert rows["fc1"] == ((120,), 48_120, 48_000, 28, None)
    assert rows["fc3"] == ((10,), 850, 840, 28, None)


def test_receptive_field_is_what_gradients_reach() -> None:
    """The pixels whose gradient is not zero, for a value in the middle of every map, are field x field."""
    model = MODELS["lenet5-classic"].build()  # sigmoid and average: no gradient is cut to zero
    layers = summarize(model, (1, 28, 28))[:6]
    model.double()
    for layer in layers:
        x = torch.rand(1, 1, 28, 28, dtype=torch.float64, requires_grad=True)
        y = x
        for name, module in model.named_children():
            y = module(y)
            if name == layer.name:
                break
        middle = y.shape[-1] // 2
        (gradient,) = torch.autograd.grad(y[0, 0, middle, middle], x)
        assert int((gradient[0, 0] != 0).any(dim=0).sum()) == layer.receptive_field


def test_dilation_and_stride_count() -> None:
    """A dilated kernel spreads its taps by dilation x jump."""
    model = nn.Sequential(nn.Conv2d(1, 2, 3, stride=2), nn.Conv2d(2, 2, 3, dilation=2), nn.MaxPool2d((2, 3)))
    assert [(layer.receptive_field, layer.jump) for layer in summarize(model, (1, 32, 32))] == [
        (3, 2),
        (11, 2),
        (15, 6),
    ]


def test_model_is_left_alone() -> None:
    """Asking for a summary moves, copies and changes nothing of the network."""
    model = MODELS["lenet5"].build()
    before = {name: (weight.data_ptr(), weight.clone()) for name, weight in model.named_parameters()}
    summarize(model, (1, 28, 28))
    assert model.training
    for name, weight in model.named_parameters():
        assert weight.data_ptr() == before[name][0]
        assert torch.equal(weight, before[name][1])


def test_a_huge_network_costs_no_memory() -> None:
    """Shapes only: 40 GB of weights are summed up without being made."""
    with torch.device("meta"):
        model = nn.Sequential(nn.Flatten(), nn.Linear(100_000, 100_000))
    assert summarize(model, (1, 100, 1000)).params == 10_000_100_000


def test_pictures_of_another_size() -> None:
    """What does not fit is said by layer and shape."""
    with pytest.raises(ConfigurationError, match="fc1 cannot take what reaches it, 576"):
        summarize(MODELS["lenet5"].build(), (1, 32, 32))

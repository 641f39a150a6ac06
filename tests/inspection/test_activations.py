"""What every layer answers is what torch computes, and looking changes nothing."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np
import pytest
import torch
from torch import nn

from cnnviz.inspection.inspected import layer_outputs
from cnnviz.models.registry import MODELS
from cnnviz.models.summary import summarize
from cnnviz.models.zoo import TRAINABLE_NAMES


@pytest.mark.parametrize("name", [name for name in TRAINABLE_NAMES if name != "resnet-small"])
def test_outputs_are_torchs_own(name: str) -> None:
    """Each layer's output equals running the network up to that layer."""
    torch.manual_seed(0)
    model = MODELS[name].build().eval()
    x = torch.randn(1, *MODELS[name].input_size)
    outputs = layer_outputs(model, x)
    assert list(outputs) == [layer for layer, _ in model.named_children()]
    for depth, output in enumerate(outputs.values(), start=1):
        with torch.no_grad():
            np.testing.assert_array_equal(output, model[:depth](x)[0].numpy())


def test_first_maps_by_hand() -> None:
    """conv1 of a network with weights 1 and bias 0.5 adds up 25 pixels: counted by hand."""
    model = nn.Sequential(OrderedDict(conv1=nn.Conv2d(1, 2, 5))).eval()
    with torch.no_grad():
        model[0].weight.fill_(1.0)
        model[0].bias.fill_(0.5)
    x = torch.arange(36.0).reshape(1, 1, 6, 6)
    maps = layer_outputs(model, x)["conv1"]
    # rows 0..4 and columns 0..4 of 6 * row + column: 25 * (6 * 2 + 2) = 350; one further on: 25 more, 150 more
    assert maps.shape == (2, 2, 2)
    assert maps[1].tolist() == [[350.5, 375.5], [500.5, 525.5]]


def test_in_place_relu_overwrites_nothing() -> None:
    """The maps before an in-place ReLU keep their negative values."""
    torch.manual_seed(1)
    model = nn.Sequential(OrderedDict(conv1=nn.Conv2d(1, 3, 3), relu1=nn.ReLU(inplace=True))).eval()
    outputs = layer_outputs(model, torch.randn(1, 1, 8, 8))
    assert (outputs["conv1"] < 0).any()
    np.testing.assert_array_equal(outputs["relu1"], np.maximum(outputs["conv1"], 0))


def test_looking_leaves_no_trace() -> None:
    """No hook stays on the network, its weights and its mode are as before, and the arrays are the caller's own."""
    model = MODELS["lenet5"].build().eval()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    x = torch.randn(1, 1, 28, 28)
    outputs = layer_outputs(model, x)
    outputs["conv1"][:] = 0
    assert layer_outputs(model, x)["conv1"].any()
    assert not model.training
    assert all(not layer._forward_hooks for layer in model.modules())
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())


@pytest.mark.parametrize("name", ["resnet-small", "basic-block", "inception-a"])
def test_branches_are_seen(name: str) -> None:
    """In a network with branches every operation of its summary answers, each with what its own inputs make of it."""
    torch.manual_seed(0)
    model = MODELS[name].build().eval()
    x = torch.randn(1, *MODELS[name].input_size)
    outputs = layer_outputs(model, x)
    layers = summarize(model, MODELS[name].input_size)
    assert list(outputs) == [info.name for info in layers]
    with torch.inference_mode():
        np.testing.assert_array_equal(list(outputs.values())[-1], model(x)[0].numpy())
    for info in layers:
        assert outputs[info.name].shape == info.output_shape
        read = [outputs[source] if source else x[0].numpy() for source in info.inputs]
        if info.kind == "Add":
            np.testing.assert_array_equal(outputs[info.name], read[0] + read[1])
        if info.kind == "Concat":
            np.testing.assert_array_equal(outputs[info.name], np.concatenate(read))


def test_no_hook_stays_after_an_error() -> None:
    """A picture that does not fit leaves the network as it was."""
    model = MODELS["resnet-small"].build().eval()
    with pytest.raises(RuntimeError):
        layer_outputs(model, torch.randn(1, 1, 32, 32))
    assert all(not layer._forward_hooks and not layer._forward_pre_hooks for layer in model.modules())

"""Every network of the registry can be built, named, and run; LeNet-5 is what the paper and the lessons say."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from cnnviz.errors import ConfigurationError
from cnnviz.models.registry import MODELS, model_spec


def weights(model: nn.Module) -> int:
    return sum(weight.numel() for weight in model.parameters())


@pytest.mark.parametrize(("name", "count"), [("lenet5", 61_706), ("lenet5-valid", 44_426), ("lenet5-classic", 61_706)])
def test_number_of_weights(name: str, count: int) -> None:
    """The weights each LeNet-5 has as taught."""
    assert weights(MODELS[name].build()) == count


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize(("channels", "classes"), [(1, 10), (3, 7)])
def test_every_model_answers(name: str, channels: int, classes: int) -> None:
    """Any number of channels and classes; one logit for each class, all finite."""
    spec = MODELS[name]
    with torch.inference_mode():
        logits = spec.build(channels, classes)(torch.rand(2, channels, *spec.input_size[1:]))
    assert logits.shape == (2, classes)
    assert bool(logits.isfinite().all())


@pytest.mark.parametrize("name", MODELS)
def test_layers_are_named(name: str) -> None:
    """Layers are found by name: conv1 ... fc3, numbered by kind from the input on."""
    names = [layer for layer, _ in MODELS[name].build().named_children()]
    activation = "sigmoid" if name == "lenet5-classic" else "relu"
    features = ["conv1", f"{activation}1", "pool1", "conv2", f"{activation}2", "pool2", "flatten"]
    assert names == [*features, "fc1", f"{activation}3", "fc2", f"{activation}4", "fc3"]


def test_classic_is_sigmoid_and_average() -> None:
    """How the net of the 1990s differs from today's: activation and pooling, nothing else."""
    kinds = {type(layer) for layer in MODELS["lenet5-classic"].build()}
    assert {nn.Sigmoid, nn.AvgPool2d} <= kinds
    assert not {nn.ReLU, nn.MaxPool2d} & kinds


def test_no_layer_works_in_place() -> None:
    """An in-place activation would overwrite the map of the layer before it, which the Layers page shows."""
    for spec in MODELS.values():
        assert not [layer for layer in spec.build() if getattr(layer, "inplace", False)]


def test_unknown_names_are_answered_with_the_names() -> None:
    """Asking for a network that is not there lists those that are."""
    with pytest.raises(ConfigurationError, match=r"lenet5, lenet5-valid, lenet5-classic.*Got lenet6"):
        model_spec("lenet6")
    with pytest.raises(ConfigurationError, match="lenet5 has no option depth"):
        MODELS["lenet5"].build(depth=3)

"""The rearranged network is the network: the same answers, the same gradients, the same weights."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from cnnviz.engine.cpu_layout import optimize_forward
from cnnviz.models.registry import MODELS
from cnnviz.models.zoo import TRAINABLE_NAMES

OPTIONS = [{}, {"activation": "sigmoid"}, {"activation": "tanh", "pooling": "average"}, {"activation": "leaky_relu"}]


def gradients(model: nn.Module, forward: object, x: torch.Tensor) -> list[torch.Tensor]:
    torch.manual_seed(1)  # dropout
    loss = F.cross_entropy(forward(x), torch.arange(len(x)) % 10)  # type: ignore[operator]
    return [loss, *torch.autograd.grad(loss, list(model.parameters()))]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("name", TRAINABLE_NAMES)
def test_same_answers_and_gradients(name: str, options: dict[str, object]) -> None:
    """For every network of the lessons, with ties (a blank half of the picture) and without."""
    spec = MODELS[name]
    if not {option.name for option in spec.options} >= set(options):
        pytest.skip("not an option of this network")
    torch.manual_seed(0)
    model = spec.build(**options).train()
    x = torch.rand(16, *spec.input_size)
    x[:, :, : spec.input_size[1] // 2] = 0
    for expected, got in zip(gradients(model, model, x), gradients(model, optimize_forward(model), x), strict=True):
        assert torch.allclose(expected, got, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("name", ["lenet5", "cifar-cnn"])
def test_six_maps_become_eight(name: str) -> None:
    """LeNet's first convolution gives 8 maps, its second reads 8 and gives its own 16."""
    model = MODELS[name].build()
    first = next(iter(optimize_forward(model).children()))  # type: ignore[attr-defined]
    assert first(torch.rand(1, *MODELS[name].input_size)).shape[1] == 8
    assert sum(weight.numel() for weight in model.parameters()) == sum(
        w.numel() for w in MODELS[name].build().parameters()
    )


def test_batch_norm_keeps_its_maps() -> None:
    """Where a layer looks at the maps one by one with weights of its own, none are added."""
    model = MODELS["lenet5"].build(batch_norm=True)
    assert torch.allclose(optimize_forward(model.eval())(x := torch.rand(2, 1, 28, 28)), model(x), atol=1e-6)


def test_average_pooling_keeps_its_place() -> None:
    """The mean of activations is not the activation of the mean."""
    kinds = [type(layer) for layer in optimize_forward(MODELS["lenet5"].build(pooling="average")).children()]  # type: ignore[attr-defined]
    assert kinds.index(nn.ReLU) < kinds.index(nn.AvgPool2d)


def test_other_networks_are_left_alone() -> None:
    """Networks with branches, and subclasses of Sequential that may do more, are computed as they are."""
    for model in (MODELS["resnet18"].build(), MODELS["googlenet"].build()):
        assert optimize_forward(model) is model

    class Twice(nn.Sequential):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return super().forward(x) * 2

    assert optimize_forward(twice := Twice(nn.Linear(2, 2))) is twice

"""Random weights: a network of its own, the same each time, whose values neither fade nor grow."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from cnnviz.inspection.random_weights import with_random_weights
from cnnviz.models.registry import MODELS


@pytest.mark.parametrize("name", ["lenet5", "resnet-small", "vgg-small"])
def test_every_weight_is_drawn_again(name: str) -> None:
    """None is the network's own, which stays as it was; the same seed gives the same ones, another gives others."""
    torch.manual_seed(0)
    model, size = MODELS[name].build().eval(), MODELS[name].input_size
    before = {key: tensor.clone() for key, tensor in model.state_dict().items()}
    twin, again, other = (with_random_weights(model, size, seed) for seed in (1, 1, 2))
    own = {id(tensor) for tensor in (*model.parameters(), *model.buffers())}
    assert not own & {id(tensor) for tensor in (*twin.parameters(), *twin.buffers())}
    assert all(torch.equal(tensor, before[key]) for key, tensor in model.state_dict().items())
    for key, weight in twin.named_parameters():
        assert torch.equal(weight, again.get_parameter(key))
        if weight.dim() > 1:
            assert not torch.allclose(weight, before[key])
            assert not torch.allclose(weight, other.get_parameter(key))
    assert not twin.training
    assert not any(module._forward_pre_hooks for module in twin.modules())


def test_values_neither_fade_nor_grow() -> None:
    """Through 34 layers with batch norm, answers to noise are of the size of numbers."""
    model = MODELS["resnet34"].outline(3, 10).eval()
    twin = with_random_weights(model, (3, 64, 64))
    with torch.no_grad():
        answers = twin(torch.randn(4, 3, 64, 64, generator=torch.Generator().manual_seed(9)))
    assert 0.05 < float(answers.std()) < 50


def test_what_draws_no_weights_stays() -> None:
    """A module's own constants are not random in the twin."""

    class Scaled(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc = nn.Linear(4, 2)
            self.register_buffer("scale", torch.tensor(3.0))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.scale * self.fc(x.flatten(1))  # type: ignore[no-any-return, operator]

    twin = with_random_weights(Scaled(), (1, 2, 2))
    assert float(twin.scale) == 3  # type: ignore[arg-type]
    assert not twin.fc.weight.is_meta  # type: ignore[union-attr]

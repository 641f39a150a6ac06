"""Initial weights are drawn as said, from the seed alone."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from cnnviz.data.registry import DATASETS
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.events import EpochEnd
from cnnviz.engine.hyperparameters import HYPERPARAMETERS
from cnnviz.engine.network import build_network
from cnnviz.engine.train import train


def built(kind: str, seed: int = 0) -> nn.Module:
    return build_network(
        TrainConfig(initialization=kind, seed=seed, model_options='{"batch_norm": true}'), DATASETS["digits"]
    )


@pytest.mark.parametrize(
    ("kind", "deviation"),
    [("kaiming", math.sqrt(2 / 400)), ("xavier", math.sqrt(2 / 520)), ("normal", 0.01), ("zeros", 0.0)],
)
def test_deviation(kind: str, deviation: float) -> None:
    """fc1 has 400 inputs and 120 outputs; its biases begin at 0, and batch norm with scale 1."""
    model = built(kind)
    assert isinstance(model.fc1, nn.Linear)
    assert model.fc1.weight.std().item() == pytest.approx(deviation, rel=0.02)
    assert not model.fc1.bias.any()
    assert bool((model.norm1.weight == 1).all())  # type: ignore[union-attr, operator]


@pytest.mark.parametrize("kind", HYPERPARAMETERS["initialization"].choices)
def test_the_seed_decides(kind: str) -> None:
    """The same seed gives the same weights, another other ones, except zeros."""
    first, again, other = built(kind), built(kind), built(kind, seed=1)
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), again.parameters(), strict=True))
    differs = any(not torch.equal(a, b) for a, b in zip(first.parameters(), other.parameters(), strict=True))
    assert differs == (kind != "zeros")


def test_symmetry_stays() -> None:
    """From zeros a network learns nothing but how frequent the classes are: it names one class for every picture."""
    ends = [e for e in train(TrainConfig(initialization="zeros", epochs=2, device="cpu")) if isinstance(e, EpochEnd)]
    assert sum(any(column) for column in zip(*ends[-1].confusion, strict=True)) == 1

"""Learning rates are torch's own; the optimizer's memory can be put away and back."""

from __future__ import annotations

import warnings

import pytest
import torch
from torch import nn

from cnnviz.engine.config import OPTIMIZERS, SCHEDULES, TrainConfig
from cnnviz.engine.optimizer import (
    learning_rate,
    make_optimizer,
    restore_state,
    set_learning_rate,
    state_tensors,
)


@pytest.mark.parametrize("steps", [10, 37, 1000])
def test_one_cycle_is_torchs(steps: int) -> None:
    """Every step has the rate torch's OneCycleLR gives it."""
    config = TrainConfig(learning_rate=0.1)
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], 0.1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=steps, cycle_momentum=False)
    for step in range(steps):
        assert learning_rate(config, step, steps) == pytest.approx(schedule.get_last_lr()[0], rel=1e-9)
        optimizer.step()
        if step < steps - 1:
            schedule.step()


def test_cosine_is_torchs() -> None:
    """Half a cosine from the peak to nothing."""
    config = TrainConfig(learning_rate=0.1, schedule="cosine")
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], 0.1)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=50)
    for step in range(50):
        assert learning_rate(config, step, 50) == pytest.approx(schedule.get_last_lr()[0], rel=1e-9)
        optimizer.step()
        schedule.step()


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("steps", [1, 2, 3, 4, 5])
def test_short_runs_have_rates_too(schedule: str, steps: int) -> None:
    """However few steps there are, every one has a rate above 0 and at most the peak."""
    config = TrainConfig(learning_rate=0.1, schedule=schedule)
    for step in range(steps):
        assert 0 < learning_rate(config, step, steps) <= 0.1


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_memory_is_put_back_exactly(name: str) -> None:
    """Ten steps in a row, or five, put away, restored elsewhere and five more: the same weights, bit for bit."""
    config = TrainConfig(optimizer=name, weight_decay=0.01)

    def fresh() -> tuple[nn.Module, torch.optim.Optimizer]:
        torch.manual_seed(0)
        model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(4 * 36, 5))
        model = model.to(memory_format=torch.channels_last)
        return model, make_optimizer(model, config)

    def steps(model: nn.Module, optimizer: torch.optim.Optimizer, first: int, last: int) -> None:
        for step in range(first, last):
            x = torch.rand(6, 3, 8, 8, generator=torch.Generator().manual_seed(step))
            set_learning_rate(optimizer, 0.01 / (step + 1))
            optimizer.zero_grad()
            model(x).square().mean().backward()
            optimizer.step()

    straight, optimizer = fresh()
    steps(straight, optimizer, 0, 10)
    first, first_optimizer = fresh()
    steps(first, first_optimizer, 0, 5)
    second, second_optimizer = fresh()
    second.load_state_dict(first.state_dict())
    restore_state(second_optimizer, {key: tensor.clone() for key, tensor in state_tensors(first_optimizer).items()})
    steps(second, second_optimizer, 5, 10)
    for expected, got in zip(straight.parameters(), second.parameters(), strict=True):
        assert torch.equal(expected, got)


def test_adam_is_fused() -> None:
    """One kernel for all weights where torch has it."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        optimizer = make_optimizer(nn.Linear(2, 2), TrainConfig())
    assert optimizer.param_groups[0]["fused"]

"""The learning rate of every step is torch's own, a pure function of the configuration."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch
from torch import nn

from cnnviz.engine.config import TrainConfig
from cnnviz.engine.hyperparameters import HYPERPARAMETERS
from cnnviz.engine.learning_rate import learning_rate


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


@pytest.mark.parametrize("schedule", HYPERPARAMETERS["schedule"].choices)
@pytest.mark.parametrize("steps", [1, 2, 3, 4, 5])
def test_short_runs_have_rates_too(schedule: str, steps: int) -> None:
    """However few steps there are, every one has a rate above 0 and at most the peak."""
    config = TrainConfig(learning_rate=0.1, schedule=schedule)
    for step in range(steps):
        assert 0 < learning_rate(config, step, steps) <= 0.1


@pytest.mark.parametrize("warm_up", [0.0, 0.1, 0.5, 1.0])
@pytest.mark.parametrize("schedule", HYPERPARAMETERS["schedule"].choices)
def test_warm_up(schedule: str, warm_up: float) -> None:
    """The rate rises over that share of the steps to its peak, and never rises after."""
    config = TrainConfig(learning_rate=0.1, schedule=schedule, warm_up=warm_up)
    rates = [learning_rate(config, step, 200) for step in range(200)]
    top = rates.index(max(rates))
    assert abs(top - max(0, 200 * warm_up - 1)) <= 1
    assert max(rates) == pytest.approx(0.1, rel=1e-3)
    assert rates[: top + 1] == sorted(rates[: top + 1])
    assert rates[top:] == sorted(rates[top:], reverse=True)


@pytest.mark.parametrize("share", [0.1, 0.25])
def test_one_cycle_with_another_warm_up_is_torchs(share: float) -> None:
    """As OneCycleLR with pct_start."""
    config = TrainConfig(learning_rate=0.1, warm_up=share)
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], 0.1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, 0.1, total_steps=80, pct_start=share, cycle_momentum=False
    )
    for step in range(80):
        assert learning_rate(config, step, 80) == pytest.approx(schedule.get_last_lr()[0], rel=1e-9)
        optimizer.step()
        if step < 79:
            schedule.step()


def test_steps_are_torchs() -> None:
    """Every 3 epochs of 7 steps a factor of 0.5, as StepLR."""
    config = TrainConfig(learning_rate=0.1, schedule="step", epochs=10, step_size=3, gamma=0.5)
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], 0.1)
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, 3, 0.5)
    for step in range(70):
        assert learning_rate(config, step, 70) == pytest.approx(schedule.get_last_lr()[0], rel=1e-9)
        optimizer.step()
        if step % 7 == 6:
            schedule.step()


def test_needs_no_torch() -> None:
    """A page draws the curve before torch is in."""
    modules = ", ".join(
        f"cnnviz.engine.{name}" for name in ("learning_rate", "hyperparameters", "presets", "form", "speed")
    )
    code = f"import sys, {modules}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

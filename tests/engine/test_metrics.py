"""Epoch metrics: they add up what an epoch cost and got right, and find the step whose loss is no number."""

from __future__ import annotations

import math

import pytest
import torch

from cnnviz.engine.metrics import EpochMetrics

NEAR, FAR = torch.device("cpu"), torch.device("cuda")  # only the kind is asked: no card is needed


def batch(loss: float, right: int, size: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """A loss, logits of which `right` of `size` are right, labels."""
    labels = torch.zeros(size, dtype=torch.int64)
    answers = torch.ones(size, dtype=torch.int64)
    answers[:right] = 0
    return torch.tensor(loss), torch.nn.functional.one_hot(answers, 3).float(), labels


@pytest.mark.parametrize("device", [NEAR, FAR])
def test_means_are_over_pictures(device: torch.device) -> None:
    """A small last batch counts as little as it has pictures; a read tells of what came since the last."""
    metrics = EpochMetrics(device)
    metrics.add(*batch(1.0, 3, 6))
    metrics.add(*batch(4.0, 2, 2))
    assert metrics.read() == (pytest.approx((6 * 1 + 2 * 4) / 8), 8)
    metrics.add(*batch(2.0, 0, 4))
    assert metrics.read() == (2.0, 4)
    assert metrics.read() == (0.0, 0)
    assert metrics.loss() == pytest.approx((6 + 8 + 8) / 12)
    assert metrics.accuracy() == pytest.approx(5 / 12)
    assert metrics.images == 12


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_on_the_cpu_it_is_known_at_once(bad: float) -> None:
    """Before anything is read."""
    metrics = EpochMetrics(NEAR)
    metrics.add(*batch(1.0, 1, 2))
    assert metrics.bad_step is None
    metrics.add(*batch(bad, 1, 2))
    assert metrics.bad_step == 2


def test_elsewhere_it_is_known_when_it_is_read() -> None:
    """The first bad step is named, though others came after it, and steps of earlier reads are counted."""
    metrics = EpochMetrics(FAR)
    for loss in (1.0, 2.0):
        metrics.add(*batch(loss, 1, 2))
    metrics.read()
    for loss in (1.0, math.nan, math.inf):
        metrics.add(*batch(loss, 1, 2))
    assert metrics.bad_step is None
    metrics.read()
    assert metrics.bad_step == 4

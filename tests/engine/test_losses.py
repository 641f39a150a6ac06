"""Each loss is what its name says."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from cnnviz.engine.config import TrainConfig
from cnnviz.engine.events import EpochEnd, RunEnd
from cnnviz.engine.hyperparameters import HYPERPARAMETERS
from cnnviz.engine.losses import criterion
from cnnviz.engine.train import train

LOGITS = torch.tensor([[2.0, 0.5, -1.0], [0.0, 3.0, 3.5]])
LABELS = torch.tensor([0, 1])


def of(loss: str, **values: float) -> torch.Tensor:
    return criterion(TrainConfig(loss=loss, **values))(LOGITS, LABELS)  # type: ignore[arg-type]


def test_nll_is_cross_entropy() -> None:
    """Log-softmax and NLL give the number cross-entropy gives."""
    assert torch.allclose(of("nll"), of("cross-entropy"))
    assert torch.allclose(of("nll"), F.cross_entropy(LOGITS, LABELS))


def test_label_smoothing() -> None:
    """Of three classes, 0.3 asks for 0.8, 0.1 and 0.1."""
    target = torch.tensor([[0.8, 0.1, 0.1], [0.1, 0.8, 0.1]])
    expected = -(target * LOGITS.log_softmax(dim=1)).sum(dim=1).mean()
    assert torch.allclose(of("cross-entropy", label_smoothing=0.3), expected)


def test_hinge_by_hand() -> None:
    """First row: a lead of 1.5 and of 3, nothing. Second: 0 and 1.5 over 3 classes. Mean over two pictures: 0.25."""
    assert of("hinge") == pytest.approx(0.25)


def test_squared_by_hand() -> None:
    """(1 + 0.25 + 1) and (0 + 4 + 12.25), mean 9.25."""
    assert of("squared") == pytest.approx(9.25)


def test_absolute_is_twice_what_the_right_class_lacks() -> None:
    """2 (1 - p) of the right class, mean."""
    right = LOGITS.softmax(dim=1)[torch.arange(2), LABELS]
    assert torch.allclose(of("absolute"), 2 * (1 - right).mean())


@pytest.mark.parametrize("loss", HYPERPARAMETERS["loss"].choices)
def test_every_loss_learns(loss: str) -> None:
    """Five epochs of small digits: far above chance, and training and test loss fall on one scale."""
    events = list(train(TrainConfig(loss=loss, epochs=5, device="cpu")))
    ends = [event for event in events if isinstance(event, EpochEnd)]
    assert isinstance(events[-1], RunEnd)
    assert ends[-1].test_accuracy > 0.7
    assert ends[-1].test_loss < ends[0].test_loss
    assert 0.3 < ends[-1].test_loss / ends[-1].train_loss < 3

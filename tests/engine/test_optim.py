"""Optimizers are torch's own, their memory can be put away and back; each loss is what its name says."""

from __future__ import annotations

import warnings

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from cnnviz.engine.config import TrainConfig
from cnnviz.engine.events import EpochEnd, RunEnd
from cnnviz.engine.hyperparameters import HYPERPARAMETERS
from cnnviz.engine.optim import criterion, make_optimizer, restore_state, set_learning_rate, state_tensors
from cnnviz.engine.train import train


@pytest.mark.parametrize("name", HYPERPARAMETERS["optimizer"].choices)
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


@pytest.mark.parametrize(
    ("name", "kind", "group"),
    [
        ("sgd", torch.optim.SGD, {"momentum": 0.0, "nesterov": False}),
        ("momentum", torch.optim.SGD, {"momentum": 0.8, "nesterov": False}),
        ("nesterov", torch.optim.SGD, {"momentum": 0.8, "nesterov": True}),
        ("rmsprop", torch.optim.RMSprop, {"momentum": 0.8}),
        ("adam", torch.optim.Adam, {"betas": (0.8, 0.999)}),
        ("adamw", torch.optim.AdamW, {"betas": (0.8, 0.999)}),
    ],
)
def test_names_are_torchs_optimizers(name: str, kind: type, group: dict[str, object]) -> None:
    """Each name is the optimizer it says, with rate, momentum and weight decay where they belong."""
    momentum = None if name == "sgd" else 0.8
    config = TrainConfig(optimizer=name, learning_rate=0.01, momentum=momentum, weight_decay=0.002)
    optimizer = make_optimizer(nn.Linear(2, 2), config)
    assert type(optimizer) is kind
    values = optimizer.param_groups[0]
    assert {"lr": 0.01, "weight_decay": 0.002, **group}.items() <= values.items()


def test_no_look_ahead_without_momentum() -> None:
    """Nesterov with momentum 0 is plain SGD, not an error of torch's."""
    optimizer = make_optimizer(nn.Linear(2, 2), TrainConfig(optimizer="nesterov", momentum=0.0))
    assert not optimizer.param_groups[0]["nesterov"]


# ---- losses


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

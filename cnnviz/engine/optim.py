"""Optimizer and loss of a training; the optimizer's state as plain tensors for an exact resume.

Its learning rate at every step: learning_rate.py.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from cnnviz.engine.config import TrainConfig

Weights = list[nn.Parameter]
Criterion = Callable[[Tensor, Tensor], Tensor]  # logits (n, k), classes int64 (n,) -> a number
_FUSED = ("cpu", "cuda")  # one kernel for all weights: LeNet's step on one CPU core takes 0.23 ms, not 0.66
_SECOND_MOMENT = 0.999  # Adam's beta 2
# Of the learning rate, for layers that thaw: they are nearly right already. Howard, Ruder 2018 (section 3.2) take 1/2.6
# for each layer down, which for LeNet's third is 1/18; a tenth for all of them is the habit of fine-tuning.
THAWED = 0.1
_SHARE = "rate_share"  # of the learning rate, in a group of the optimizer's weights


def criterion(config: TrainConfig, class_weights: Tensor | None = None) -> Criterion:
    """The loss of `config`, as a function of logits and labels. Cross-entropy alone takes them smoothed.

    With `class_weights` (k,) a mistake about a picture costs as many times more as its class weighs; the mean is then
    over the weights, as torch's cross-entropy has it.
    """
    loss = _LOSSES[config.loss]
    loss = partial(loss, label_smoothing=config.label_smoothing) if config.label_smoothing else loss
    return loss if class_weights is None else partial(_weighted, loss, class_weights)


def _weighted(loss: Criterion, class_weights: Tensor, logits: Tensor, labels: Tensor) -> Tensor:
    """The mean over a batch, each picture by the weight of its class: class by class, as a loss gives means only."""
    present, counts = labels.unique(return_counts=True)
    shares = class_weights[present] * counts
    means = torch.stack([loss(logits[labels == label], labels[labels == label]) for label in present])
    return (shares * means).sum() / shares.sum()


def nll(logits: Tensor, labels: Tensor) -> Tensor:
    """Negative log-likelihood behind a log-softmax: cross-entropy in two steps, as the lesson writes it."""
    return F.nll_loss(F.log_softmax(logits, dim=1), labels)


def hinge(logits: Tensor, labels: Tensor) -> Tensor:
    """Multi-class margin: sum over the wrong classes of max(0, 1 - right + wrong), over the number of classes."""
    return F.multi_margin_loss(logits, labels)


def squared(logits: Tensor, labels: Tensor) -> Tensor:
    """Squared distance of the outputs to 1 for the right class and 0 for the others, summed over the classes.

    Of the outputs themselves, not of their softmax: its gradient does not die where softmax saturates (Hui, Belkin,
    "Evaluation of Neural Architectures Trained with Square Loss vs Cross-Entropy", 2020). Measured, lenet5-valid on
    MNIST, one epoch: 98.3% with AdamW and 97.2% with Nesterov; of the softmax 97.6% and 94.5%.
    """
    return (logits - _one_hot(logits, labels)).square().sum(dim=1).mean()


def absolute(logits: Tensor, labels: Tensor) -> Tensor:
    """Absolute distance of the probabilities to 1 for the right class and 0 for the others, summed over the classes.

    Of the softmax, where it is 2 (1 - p) of the right class (Ghosh, Kumar, Sastry 2017). Of the outputs themselves the
    best answer without looking is the median, 0 for every class. Measured as above: 78.8% with AdamW and 67.6% with
    Nesterov; of the outputs 51.9% and 10.6%.
    """
    return (logits.softmax(dim=1) - _one_hot(logits, labels)).abs().sum(dim=1).mean()


def _one_hot(logits: Tensor, labels: Tensor) -> Tensor:
    return F.one_hot(labels, logits.shape[1]).to(logits.dtype)


# the choices of the hyperparameter "loss" -> a function of logits and labels; one that smooths labels, by a keyword too
_LOSSES: dict[str, Callable[..., Tensor]] = {
    "cross-entropy": F.cross_entropy,
    "nll": nll,
    "hinge": hinge,
    "squared": squared,
    "absolute": absolute,
}


def make_optimizer(model: nn.Module, config: TrainConfig) -> torch.optim.Optimizer:
    """What `config` asks for, fused where torch can (RMSprop is not)."""
    assert config.learning_rate is not None
    assert config.weight_decay is not None
    assert config.momentum is not None
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    fused = weights[0].device.type in _FUSED
    return _OPTIMIZERS[config.optimizer](weights, config.learning_rate, config.momentum, config.weight_decay, fused)


def _adam(
    kind: type[torch.optim.Adam], weights: Weights, rate: float, momentum: float, decay: float, fused: bool
) -> torch.optim.Optimizer:
    return kind(weights, rate, betas=(momentum, _SECOND_MOMENT), weight_decay=decay, fused=fused)


def _rmsprop(weights: Weights, rate: float, momentum: float, decay: float, fused: bool) -> torch.optim.Optimizer:
    return torch.optim.RMSprop(weights, rate, momentum=momentum, weight_decay=decay)


def _sgd(
    weights: Weights, rate: float, momentum: float, decay: float, fused: bool, nesterov: bool = False
) -> torch.optim.Optimizer:
    nesterov = nesterov and momentum > 0  # torch refuses to look ahead without any
    return torch.optim.SGD(weights, rate, momentum=momentum, nesterov=nesterov, weight_decay=decay, fused=fused)


# the choices of the hyperparameter "optimizer" -> what makes it of weights, learning rate, momentum, decay, fused
_OPTIMIZERS: dict[str, Callable[[Weights, float, float, float, bool], torch.optim.Optimizer]] = {
    "adamw": partial(_adam, torch.optim.AdamW),
    "adam": partial(_adam, torch.optim.Adam),
    "rmsprop": _rmsprop,
    "nesterov": partial(_sgd, nesterov=True),
    "momentum": _sgd,
    "sgd": _sgd,
}


def set_learning_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """From the next step on."""
    for group in optimizer.param_groups:
        group["lr"] = rate * group.get(_SHARE, 1.0)


def add_thawed(optimizer: torch.optim.Optimizer, weights: Weights) -> None:
    """Have these weights learn too, at `THAWED` of the learning rate."""
    optimizer.add_param_group({"params": weights, _SHARE: THAWED})


def state_tensors(optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    """The optimizer's memory: "3.exp_avg" is that of the fourth weight."""
    state: dict[int, dict[str, Any]] = optimizer.state_dict()["state"]
    return {
        f"{index}.{name}": value.detach().cpu().contiguous()
        for index, values in state.items()
        for name, value in values.items()
        if isinstance(value, Tensor)
    }


def restore_state(optimizer: torch.optim.Optimizer, tensors: dict[str, Tensor]) -> None:
    """The inverse of `state_tensors`, in the memory layout of the weights, which the fused kernels rely on."""
    weights = [weight for group in optimizer.param_groups for weight in group["params"]]
    state: dict[int, dict[str, Tensor]] = {}
    for key, tensor in tensors.items():
        index, name = key.split(".", 1)
        weight = weights[int(index)]
        laid_out = torch.empty_like(weight).copy_(tensor) if tensor.shape == weight.shape else tensor
        state.setdefault(int(index), {})[name] = laid_out.detach()
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})

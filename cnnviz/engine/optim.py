"""The optimizer, and its state as plain tensors for an exact resume. Its learning rate at every step: schedule.py."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from cnnviz.engine.config import TrainConfig

_FUSED = ("cpu", "cuda")  # one kernel for all weights: LeNet's step on one CPU core takes 0.23 ms, not 0.66
_SECOND_MOMENT = 0.999  # Adam's beta 2


def make_optimizer(model: nn.Module, config: TrainConfig) -> torch.optim.Optimizer:
    """What `config` asks for, fused where torch can (RMSprop is not)."""
    assert config.learning_rate is not None
    assert config.weight_decay is not None
    assert config.momentum is not None
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    fused = weights[0].device.type in _FUSED
    rate, decay, momentum = config.learning_rate, config.weight_decay, config.momentum
    if config.optimizer in ("adamw", "adam"):
        kind = torch.optim.AdamW if config.optimizer == "adamw" else torch.optim.Adam
        return kind(weights, rate, betas=(momentum, _SECOND_MOMENT), weight_decay=decay, fused=fused)
    if config.optimizer == "rmsprop":
        return torch.optim.RMSprop(weights, rate, momentum=momentum, weight_decay=decay)
    nesterov = config.optimizer == "nesterov" and momentum > 0  # torch refuses to look ahead without any
    return torch.optim.SGD(weights, rate, momentum=momentum, nesterov=nesterov, weight_decay=decay, fused=fused)


def set_learning_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    for group in optimizer.param_groups:
        group["lr"] = rate


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
    weights = optimizer.param_groups[0]["params"]
    state: dict[int, dict[str, Tensor]] = {}
    for key, tensor in tensors.items():
        index, name = key.split(".", 1)
        weight = weights[int(index)]
        laid_out = torch.empty_like(weight).copy_(tensor) if tensor.shape == weight.shape else tensor
        state.setdefault(int(index), {})[name] = laid_out.detach()
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})

"""The optimizer, its learning rate at every step, and its state as plain tensors for an exact resume."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn

from cnnviz.engine.config import TrainConfig

_MOMENTUM = 0.9
_FUSED = ("cpu", "cuda")  # one kernel for all weights: LeNet's step on one CPU core takes 0.23 ms, not 0.66
_WARM_UP = 0.3  # share of the steps until the peak; as torch's OneCycleLR
_START = 1 / 25  # of the peak
_END = 1 / 25e4


def make_optimizer(model: nn.Module, config: TrainConfig) -> torch.optim.Optimizer:
    """What `config` asks for, fused where torch can."""
    assert config.learning_rate is not None
    assert config.weight_decay is not None
    weights = list(model.parameters())
    fused = weights[0].device.type in _FUSED
    rate, decay = config.learning_rate, config.weight_decay
    if config.optimizer == "sgd":
        return torch.optim.SGD(weights, rate, momentum=_MOMENTUM, nesterov=True, weight_decay=decay, fused=fused)
    kind = torch.optim.AdamW if config.optimizer == "adamw" else torch.optim.Adam
    return kind(weights, rate, weight_decay=decay, fused=fused)


def learning_rate(config: TrainConfig, step: int, steps: int) -> float:
    """The rate of `step` (from 0) of `steps` in all: a pure function, so that a resumed run needs no memory of it.

    "one-cycle" is L. Smith's policy as torch's OneCycleLR has it: cosines from peak / 25 up, then down to nearly 0.
    """
    assert config.learning_rate is not None
    peak = config.learning_rate
    if config.schedule == "constant":
        return peak
    if config.schedule == "cosine":
        return _cosine(peak, 0.0, step / steps)
    top = _WARM_UP * steps - 1
    if step <= top:
        return _cosine(peak * _START, peak, step / top)
    return _cosine(peak, peak * _END, (step - top) / (steps - 1 - top)) if steps > 1 else peak


def _cosine(start: float, end: float, share: float) -> float:
    return end + (start - end) * (1 + math.cos(math.pi * share)) / 2


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

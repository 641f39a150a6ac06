"""Training mode: what a layer does to a picture while the network learns, with dropout and batch norm. No UI, no disk.

On a copy, so that nobody's running statistics move; what dropout draws depends on the seed alone.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from cnnviz.engine.evaluate import LOCK
from cnnviz.inspection.capture import Maps, no_layer, watched_pass
from cnnviz.inspection.survey import Seen


@dataclass(frozen=True, eq=False)
class InTraining:
    """The first picture of a batch, as one layer saw it in training."""

    seen: Seen
    logits: Maps
    mean: NDArray[np.float32]  # (c,): of what the layer read, over the whole batch; batch norm's own in training
    variance: NDArray[np.float32]  # (c,), divided by the count

    def statistics(self, index: int) -> tuple[float, float]:
        """Mean and variance of what the layer read as map `index`."""
        return float(self.mean[index]), float(self.variance[index])


def differs_in_training(model: nn.Module) -> bool:
    """Whether the network answers otherwise in training: it has batch norm, or dropout that drops something."""
    return any(
        isinstance(module, nn.modules.batchnorm._BatchNorm)
        or (isinstance(module, nn.modules.dropout._DropoutNd) and module.p > 0)
        for module in model.modules()
    )


def in_training(model: nn.Module, batch: Tensor, layer: str, seed: int = 0) -> InTraining:
    """What `layer` makes of the first of `batch` (n, c, h, w) in training mode; `model` is left as it was.

    Raises ConfigurationError if there is no such layer, and torch's ValueError where batch norm gets a single value for
    each map: take more than one picture.
    """
    found: dict[str, InTraining] = {}

    def see(name: str, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        if name == layer:
            read = inputs[0].double().flatten(2) if inputs[0].dim() > 2 else inputs[0].double()[:, :, None]
            variance, mean = torch.var_mean(read, dim=(0, 2), correction=0)
            kept = tuple(each[0].float().numpy().copy() for each in inputs)
            seen = Seen(kept, output[0].float().numpy().copy())
            found[name] = InTraining(seen, np.empty(0, np.float32), mean.float().numpy(), variance.float().numpy())

    with LOCK, torch.random.fork_rng(devices=[]), torch.no_grad():
        own = _copy(model)
        torch.manual_seed(seed)
        answer = watched_pass(own, batch, see)
    if layer not in found:
        raise no_layer(layer)
    one = found[layer]
    return InTraining(one.seen, answer[0].float().numpy().copy(), one.mean, one.variance)


def _copy(model: nn.Module) -> nn.Module:
    """In training mode: the same weights, under modules and with running statistics of its own."""
    same: dict[int, object] = {id(weight): weight for weight in model.parameters()}
    return copy.deepcopy(model, same).train()

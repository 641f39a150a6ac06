"""Effective receptive field: the gradient of the layer's middle value with respect to the picture.

W. Luo, Y. Li, R. Urtasun, R. Zemel, "Understanding the Effective Receptive Field in Deep Convolutional Neural
Networks", 2016: far fewer pixels matter much than theory allows, and those in the middle most.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from cnnviz.inspection.capture import InspectedModel

Pictures = NDArray[np.float32]  # (n, channels, height, width), as the network gets them


def influence(
    inspected: InspectedModel, layer: str, pictures: Pictures, unit: int | None = None
) -> NDArray[np.float32]:
    """(height, width): how much each pixel moves the middle value of `layer`, all its maps together; at most 1.

    Where positions are flattened away, all values of the layer; with `unit` that map or value alone. `layer` is a name
    of `summarize`, additions and concatenations among them. Added up over `pictures`. Raises ConfigurationError if
    there is no such layer.
    """
    total = torch.zeros(pictures.shape[2:])
    with inspected.running():
        for picture in torch.from_numpy(pictures):
            total += _gradient(inspected, layer, picture[None].clone().requires_grad_(), unit).abs().sum(dim=(0, 1))
    highest = float(total.max())
    return (total / highest if highest > 0 else total).numpy()


def random_pictures(input_size: tuple[int, int, int], seed: int = 0) -> Pictures:
    """A few pictures of nothing but noise, normal: what shows the network itself, not a picture."""
    count = _SMALL_PICTURES if max(input_size[1:]) <= _SMALL else 1
    return np.random.default_rng(seed).normal(size=(count, *input_size)).astype(np.float32)


_SMALL = 64  # pixels a side: of such pictures several, since one alone leaves holes where a ReLU is silent
_SMALL_PICTURES = 4


def _gradient(inspected: InspectedModel, layer: str, x: torch.Tensor, unit: int | None) -> torch.Tensor:
    with torch.enable_grad():
        output = inspected.capture(layer, x).output
        output = output if unit is None else output[:, unit : unit + 1]
        if output.dim() == 4:
            output = output[..., output.shape[2] // 2, output.shape[3] // 2]
        return torch.autograd.grad(output.abs().sum(), x)[0]

"""What every layer of a network answers to one picture, all at once: what a survey's glances are held to."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from cnnviz.inspection.capture import capture


def layer_outputs(model: nn.Module, x: Tensor) -> dict[str, NDArray[np.float32]]:
    """Layer name -> its output without the batch axis, for one picture x (1, c, h, w); `model` is in eval mode."""
    with torch.inference_mode():
        captured = capture(model, x)
    return {name: each.output[0].numpy() for name, each in captured.items()}

"""What every layer answers to one picture. Knows nothing of the UI or of disk.

The layers of a sequential network are called one after the other, so there is no hook to leave behind and nothing to
trace: tracing breaks other threads' forward passes, and another visitor's hook changes one's own result.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from cnnviz.engine import predict

Maps = NDArray[np.float32]


def layer_outputs(model: nn.Sequential, x: torch.Tensor) -> dict[str, Maps]:
    """Layer name -> its output without the batch axis, for one picture x (1, c, h, w); `model` is in eval mode.

    Each output is copied before the next layer sees it: an in-place ReLU would otherwise overwrite it.
    """
    outputs = {}
    with predict.LOCK, torch.inference_mode():
        value = x
        for name, layer in model.named_children():
            value = layer(value)
            outputs[name] = value[0].float().cpu().numpy().copy()
    return outputs

"""What every layer answers to one picture. Knows nothing of the UI or of disk.

The hooks that listen are on the network only while the lock is held that every forward pass of the server holds, and
they are gone afterwards; tracing with torch.fx would break other threads' forward passes.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from cnnviz.engine.evaluate import LOCK
from cnnviz.models import tracing

Maps = NDArray[np.float32]


def layer_outputs(model: nn.Module, x: torch.Tensor) -> dict[str, Maps]:
    """Layer name -> its output without the batch axis, for one picture x (1, c, h, w); `model` is in eval mode.

    The names are those of `summarize`, additions and concatenations among them. Each output is copied before the next
    layer sees it: an in-place ReLU would otherwise overwrite it.
    """
    with LOCK:
        outputs = tracing.answers(model, x)
    return {name: value[0].float().cpu().numpy() for name, value in outputs.items()}

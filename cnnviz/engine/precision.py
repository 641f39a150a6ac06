"""With how many digits the multiplications are done: float32, TF32 or bfloat16 under autocast.

The paths for CUDA were written without one at hand: nobody has run them yet.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

import torch


def allow_tf32(precision: str) -> None:
    """Let CUDA's matrix multiplications and convolutions drop 13 digits, or forbid it. Elsewhere without effect."""
    torch.backends.cuda.matmul.allow_tf32 = precision == "tf32"
    torch.backends.cudnn.allow_tf32 = precision == "tf32"


def arithmetic(precision: str, device: torch.device) -> AbstractContextManager[object]:
    """The context for a forward pass. The loss, weights, their gradients and the optimizer stay float32."""
    if precision == "bfloat16":
        return torch.autocast(device.type, torch.bfloat16)
    return nullcontext()

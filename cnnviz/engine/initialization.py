"""How the weights are drawn before the first step. Knows no network: it looks for convolutions and linear layers."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor, nn

_NARROW = 0.01  # deviation of "normal", as in AlexNet (Krizhevsky, Sutskever, Hinton 2012, section 5)


def initialize(model: nn.Module, kind: str) -> None:
    """Draw the weights of every convolution and linear layer again, biases 0; "default" leaves PyTorch's own.

    Batch norm keeps its scale 1 and shift 0. The numbers come from torch's global generator: seed it before.
    """
    if kind == "default":
        return
    for layer in model.modules():
        if isinstance(layer, (nn.Conv1d, nn.Conv2d, nn.Linear)):
            _FILL[kind](layer.weight)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


_FILL: dict[str, Callable[[Tensor], object]] = {
    "kaiming": lambda weight: nn.init.kaiming_normal_(weight, nonlinearity="relu"),
    "xavier": nn.init.xavier_uniform_,
    "normal": lambda weight: nn.init.normal_(weight, std=_NARROW),
    "zeros": nn.init.zeros_,
}

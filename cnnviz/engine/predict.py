"""A trained network's answer to one picture."""

from __future__ import annotations

import threading

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from cnnviz.engine.answers import probabilities
from cnnviz.engine.card import Card
from cnnviz.engine.device import device_of
from cnnviz.engine.preprocessing import Preprocessing

# Networks are shared by all visitors of a server, and torch's tracing and hooks are not safe beside a forward pass:
# whoever runs a network in the web server's process holds this.
LOCK = threading.RLock()


def prepare(card: Card, pictures: NDArray[np.uint8]) -> Tensor:
    """uint8 (n, c, h, w) -> float32 (n, c, H, W): resized and normalised exactly as in training."""
    return Preprocessing.of(card)(torch.from_numpy(np.ascontiguousarray(pictures)))


def predict(model: nn.Module, card: Card, picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Probabilities (k,) for `picture` (c, h, w), as the data set of the card has its pictures.

    Raises AnswerError if the answer is not a number.
    """
    with LOCK, torch.inference_mode():
        logits = model(prepare(card, picture[None]).to(device_of(model)))
        return probabilities(logits)[0].cpu().numpy()

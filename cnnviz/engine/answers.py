"""Answers: a network's logits as long as they are numbers. What is none is refused, never counted as a class."""

from __future__ import annotations

import torch
from torch import Tensor

from cnnviz.base.errors import AnswerError
from cnnviz.base.locale import N_
from cnnviz.base.locale.typesetting import Listed

_NAMED = 3  # pictures

_ONE = N_(
    "The network's answer to this picture is not a number, so there is nothing to show: its weights are no numbers, or "
    "so large that they overflow. Take an earlier epoch, or train again with a smaller learning rate."
)
_SOME = N_(
    "For {count} of {total} pictures (numbers {numbers}) the network's answer is not a number, so nothing was counted: "
    "its weights are no numbers, or so large that they overflow. Take an earlier epoch, or train again with a smaller "
    "learning rate."
)


def checked(logits: Tensor) -> Tensor:
    """`logits` (n, k) as they are. Raises AnswerError, which names the pictures with an answer that is no number."""
    wrong = (~torch.isfinite(logits).all(dim=1)).nonzero().flatten().tolist()
    if not wrong:
        return logits
    if len(logits) == 1:
        raise AnswerError(_ONE)
    raise AnswerError(
        _SOME,
        count=f"{len(wrong):,}",
        total=f"{len(logits):,}",
        numbers=Listed.first((index + 1 for index in wrong), _NAMED),  # people count from 1
    )


def probabilities(logits: Tensor) -> Tensor:
    """(n, k), each row summing to 1. Raises AnswerError."""
    return checked(logits).softmax(dim=1)

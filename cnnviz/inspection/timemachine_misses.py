"""Which test picture a run gets wrong most often, over some moments of its training. Knows nothing of the UI."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from cnnviz.data.dataset_spec import Split
from cnnviz.engine.card import Card
from cnnviz.engine.evaluate import LOCK, prepare, probabilities

_BATCH = 100  # pictures: between two batches others may run their networks
_MOST = 1000


@dataclass(frozen=True)
class Missed:
    """The picture, and how often it was wrong."""

    index: int  # in the test set
    wrong: int
    moments: int
    pictures: int  # of the test set that were looked at, the first ones


def most_missed(moments: Sequence[tuple[nn.Module, Card]], test: Split, seconds: float = 1.5) -> Missed:
    """Of the first pictures of `test` the one that most networks of `moments` get wrong.

    Of equals the one whose right class got least. The first batch says how many pictures fit into about `seconds`.
    Raises AnswerError if an answer is not a number.
    """
    pictures = min(_BATCH, len(test))
    right = np.zeros(0)
    wrong = np.zeros(0, np.int64)
    for number, (model, card) in enumerate(moments):
        if number == 0:
            start = time.perf_counter()
            _probabilities(model, card, test, 0, pictures)
            a_batch = max(1e-4, time.perf_counter() - start)
            batches = int(seconds / (a_batch * len(moments)))
            pictures = min(len(test), _MOST, max(pictures, batches * _BATCH))
            right, wrong = np.zeros(pictures), np.zeros(pictures, np.int64)
        given = np.concatenate(
            [_probabilities(model, card, test, at, min(at + _BATCH, pictures)) for at in range(0, pictures, _BATCH)]
        )
        labels = test.labels[:pictures]
        right += given[np.arange(pictures), labels]
        wrong += given.argmax(axis=1) != labels
    index = int(np.lexsort((right, -wrong))[0])
    return Missed(index, int(wrong[index]), len(moments), pictures)


def _probabilities(model: nn.Module, card: Card, test: Split, start: int, end: int) -> NDArray[np.float32]:
    with LOCK, torch.inference_mode():
        return probabilities(model(prepare(card, test.images[start:end])).float()).numpy()

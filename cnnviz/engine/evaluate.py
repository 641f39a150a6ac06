"""Evaluation: a trained network's answers, to one picture or to a whole data set, and how right they are by class.

An answer is a network's logits as long as they are numbers. What is none is refused, never counted as a class.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from cnnviz.base.errors import AnswerError, ConfigurationError, DataError
from cnnviz.base.locale import N_
from cnnviz.base.locale.typesetting import Listed
from cnnviz.data.registry import DATASETS, dataset
from cnnviz.engine import scores
from cnnviz.engine.card import Card
from cnnviz.engine.checkpoint import load
from cnnviz.engine.cpu_layout import Forward, for_cpu
from cnnviz.engine.device import choose_device, device_of
from cnnviz.engine.loader import DeviceDataset, Preprocessing
from cnnviz.engine.optim import Criterion

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
# Networks are shared by all visitors of a server, and torch's tracing and hooks are not safe beside a forward pass:
# whoever runs a network in the web server's process holds this.
LOCK = threading.RLock()
_BATCH_SIZE = 1000  # LeNet's largest maps then take 19 MB
_PIXELS = 1 << 20  # and fewer of larger pictures: VGG-16's largest maps of 20 pictures take 257 MB
_NO_PICTURE = N_(
    "There is no picture to test the network on, and of none no share is right. Choose a data set whose test half has "
    "pictures."
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


@dataclass(frozen=True, eq=False)
class Evaluation:
    """k classes, n pictures. All NumPy."""

    confusion: NDArray[np.int64]  # (k, k) true x predicted
    loss: float  # mean cross-entropy
    labels: NDArray[np.int64]  # (n,) true classes
    predictions: NDArray[np.int64]  # (n,) the most probable class of each picture
    probabilities: NDArray[np.float32]  # (n, k)
    objective: float  # mean of the loss that was trained with; cross-entropy unless told otherwise

    @property
    def support(self) -> NDArray[np.int64]:
        """Pictures of each class, (k,)."""
        return self.confusion.sum(axis=1)

    @property
    def correct(self) -> int:
        return int(self.confusion.trace())

    @property
    def total(self) -> int:
        return int(self.confusion.sum())

    @property
    def accuracy(self) -> float:
        """0..1"""
        return self.correct / self.total

    @property
    def precision(self) -> NDArray[np.float64]:
        """Of what was called class k, the share that is; 0 if nothing was. (k,)"""
        return scores.precision(self.confusion)

    @property
    def recall(self) -> NDArray[np.float64]:
        """Of what is class k, the share that was called so: the accuracy of the class; 0 if there is none. (k,)"""
        return scores.recall(self.confusion)

    @property
    def f1(self) -> NDArray[np.float64]:
        """Harmonic mean of precision and recall. (k,)"""
        return scores.f1(self.confusion)

    def per_class(self) -> tuple[tuple[int, int], ...]:
        """(correct, total) for each class."""
        return scores.per_class(self.confusion)

    def rows(self) -> tuple[tuple[int, ...], ...]:
        """The confusion matrix as plain numbers."""
        return tuple(tuple(row) for row in self.confusion.tolist())

    def lesson_lines(self, classes: Sequence[str]) -> list[str]:
        """The lesson's report: a line for each class and one for all."""
        return scores.lesson_lines(self.confusion, classes)


def evaluate(model: nn.Module, data: DeviceDataset, criterion: Criterion = F.cross_entropy) -> Evaluation:
    """`model` (on the device of `data`) on every picture of `data`, in eval mode; its mode is put back.

    The logits leave the device once, at the end. Raises DataError if there is no picture, AnswerError for answers that
    are no numbers.
    """
    if not len(data):
        raise DataError(_NO_PICTURE)
    was_training, forward = model.training, for_cpu(model)
    size = data.prepare.batch_size(_BATCH_SIZE, _PIXELS)
    model.eval()
    try:
        with torch.inference_mode():
            logits = checked(torch.cat([_answer(forward, x) for x, _ in data.in_order(size)]).float().cpu())
            labels = data.labels.cpu()
            loss, objective = (float(each(logits.double(), labels)) for each in (F.cross_entropy, criterion))
    finally:
        model.train(was_training)
    predictions = logits.argmax(dim=1).numpy()
    confusion = count_confusion(labels.numpy(), predictions, data.num_classes)
    return Evaluation(confusion, loss, labels.numpy(), predictions, logits.softmax(dim=1).numpy(), objective)


def evaluate_checkpoint(path: Path | str, data_name: str | None = None, device: str = "cpu") -> Evaluation:
    """The checkpoint on the test half of its own data set, or of another with the same classes.

    On the CPU unless asked otherwise: there the counts are the same on every machine.
    Raises CheckpointError, ConfigurationError, AnswerError, or what loading the data raises.
    """
    model, card = load(path)
    spec = dataset(data_name or card.data)
    if spec.classes != card.classes or spec.image_size[0] != card.input_size[0]:
        raise ConfigurationError(
            N_(
                "This checkpoint knows the classes {known} in pictures of {channels} channels; {data} is not like "
                "that. Choose test images with the same classes."
            ),
            known=Listed(card.classes),
            channels=card.input_size[0],
            data=spec.name,
        )
    place = choose_device(device)
    margin = spec.margin if spec.name in DATASETS else card.margin  # a folder does not say: as the network was trained
    preprocessing = replace(Preprocessing.of(card), margin=margin)
    return evaluate(model.to(place), DeviceDataset.load(spec, "test", preprocessing, place))


def _answer(forward: Forward, x: Tensor) -> Tensor:
    """One batch under the lock: between two, other visitors of the server get their turn."""
    with LOCK:
        logits: Tensor = forward(x)
        return logits


def count_confusion(labels: NDArray[np.int64], predictions: NDArray[np.int64], num_classes: int) -> NDArray[np.int64]:
    """(k, k) true x predicted, by one bincount."""
    return np.bincount(labels * num_classes + predictions, minlength=num_classes**2).reshape(num_classes, num_classes)

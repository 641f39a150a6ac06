"""Training set: a data set's training half, bent as an experiment asks: fewer pictures, a rare class, wrong labels ...

NumPy only. Every experiment draws by numbers of its own from the run's seed, so that turning one does not change what
another draws; and of one seed the smaller is part of the larger: the 100 pictures of `train_images=100` are among those
of 1,000, the labels that are wrong at 10% among those at 30%. Without an experiment the half is given as it lies.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.data.dataset_spec import DatasetSpec, Split
from cnnviz.engine import corrected_labels
from cnnviz.engine.config import TrainConfig

Places = NDArray[np.int64]
LEAKED = -1  # place of a picture that is not of the training half
BALANCED = "balanced"  # the sampler that draws classes evenly
_STREAM = 2**31 + 1  # where an epoch stands in a seed's numbers; 2**31 draws the held-out pictures
_FEWER, _RARER, _WRONG, _LEAKED, _SAMPLER = range(5)

_NO_PLACE = N_(
    "corrected_labels names place {place}, and {data} has the training pictures 0 to {last}. Correct pictures of this "
    "data set."
)
_NO_CLASS = N_(
    "corrected_labels names class {label} for place {place}, and {data} has the classes 0 to {last}. "
    "Choose one of these."
)


@dataclass(frozen=True, eq=False)
class TrainingSet:
    """What is trained on, n pictures, and where each comes from."""

    split: Split
    places: Places  # (n,) index in the files' training half; LEAKED for a picture of the test half
    is_wrong: NDArray[np.bool_]  # (n,) whether its label was replaced by another on purpose, corrected since or not

    def only(self, chosen: Places) -> TrainingSet:
        """These of its pictures, in this order."""
        split = Split(self.split.images[chosen], self.split.labels[chosen])
        return TrainingSet(split, self.places[chosen], self.is_wrong[chosen])


def training_set(config: TrainConfig, data: DatasetSpec) -> TrainingSet:
    """The half that a run of `config` trains on, what it holds out included; the test half stays as it is.

    Raises MissingDataError, CorruptDataError, and ConfigurationError for a correction of what is not there.
    """
    half = data.load("train")
    classes = len(data.classes)
    corrections = corrections_of(config.corrected_labels, data)
    found = TrainingSet(half, np.arange(len(half)), np.zeros(len(half), bool))
    if 0 < config.train_images < len(half):
        found = found.only(evenly(found.split.labels, config.train_images, _draws(config, _FEWER, len(half))))
    if config.imbalance > 1:
        draws = _draws(config, _RARER, len(half))[found.places]
        found = found.only(long_tailed(found.split.labels, config.imbalance, classes, draws))
    if config.label_noise:
        found = _with_wrong_labels(found, config, classes, len(half))
    if corrections:
        found = _corrected(found, corrections)
    if config.leakage:
        found = _with_leaked(found, config, data.load("test"))
    return found.only(np.argsort(found.split.labels, kind="stable")) if config.sort_by_class else found


def corrections_of(text: str, data: DatasetSpec) -> dict[int, int]:
    """Place -> class as `corrected_labels` has them. Raises ConfigurationError for what `data` does not have."""
    found = corrected_labels.parse(text)
    for place, label in found.items():
        if place >= data.train_images:
            raise ConfigurationError(_NO_PLACE, place=place, data=data.name, last=data.train_images - 1)
        if label >= len(data.classes):
            raise ConfigurationError(_NO_CLASS, label=label, place=place, data=data.name, last=len(data.classes) - 1)
    return found


def evenly(labels: Places, count: int, draws: NDArray[np.float64]) -> Places:
    """Places of `count` pictures, as many of each class as of any other, as far as there are; the files' order.

    Those of a class with the smallest `draws` (n,) are taken first.
    """
    rank = _rank_in_class(labels, draws)
    order = np.lexsort((draws, rank))  # every class's first, then every class's second ...
    return np.sort(order[:count])


def long_tailed(labels: Places, ratio: float, classes: int, draws: NDArray[np.float64]) -> Places:
    """Places of what is left if the first class keeps all, the last one of `ratio`, those between on a geometric
    series, as CIFAR-LT has it (Cui and others, "Class-Balanced Loss", 2019). Of every class at least one stays.
    """
    most = int(np.bincount(labels, minlength=classes).max())
    kept = np.maximum(1, np.round(most * ratio ** (-np.arange(classes) / max(1, classes - 1))))
    return np.flatnonzero(_rank_in_class(labels, draws) < kept[labels])


def balanced_order(labels: Places, seed: int, epoch: int) -> Places:
    """As many places as there are pictures, each class equally likely, pictures again and again where it has few."""
    numbers = np.random.default_rng(np.random.SeedSequence([seed, _STREAM + _SAMPLER, epoch]))
    present, counts = np.unique(labels, return_counts=True)
    first = np.cumsum(counts) - counts  # of each class, among the pictures in the order of their classes
    chosen = (numbers.random(len(labels)) * len(present)).astype(np.int64)
    within = (numbers.random(len(labels)) * counts[chosen]).astype(np.int64)
    order: Places = np.argsort(labels, kind="stable")[first[chosen] + within]
    return order


def class_weights(labels: Places, classes: int) -> NDArray[np.float32]:
    """(classes,) one over the number of pictures of each class, their mean 1; 0 for a class that has none."""
    counts = np.bincount(labels, minlength=classes)
    inverse = np.divide(1.0, counts, out=np.zeros(classes), where=counts > 0)
    return (inverse * (counts > 0).sum() / inverse.sum()).astype(np.float32)


def _draws(config: TrainConfig, experiment: int, count: int) -> NDArray[np.float64]:
    """`count` numbers in [0, 1), an experiment's own."""
    return np.random.default_rng(np.random.SeedSequence([config.seed, _STREAM + experiment])).random(count)


def _rank_in_class(labels: Places, draws: NDArray[np.float64]) -> Places:
    """0 for the picture of its class with the smallest draw, and so on."""
    order = np.lexsort((draws, labels))
    _present, counts = np.unique(labels, return_counts=True)
    rank = np.empty(len(labels), np.int64)
    rank[order] = np.arange(len(labels)) - np.repeat(np.cumsum(counts) - counts, counts)
    return rank


def _with_wrong_labels(found: TrainingSet, config: TrainConfig, classes: int, count: int) -> TrainingSet:
    """`label_noise` of the labels replaced, each by one of the other classes."""
    if classes < 2:
        return found
    draws = _draws(config, _WRONG, 2 * count).reshape(2, count)[:, found.places]
    wrong = np.argsort(draws[0], kind="stable")[: round(config.label_noise * len(found.places))]
    labels, is_wrong = found.split.labels.copy(), found.is_wrong.copy()
    labels[wrong] = (labels[wrong] + 1 + (draws[1, wrong] * (classes - 1)).astype(np.int64)) % classes
    is_wrong[wrong] = True
    return replace(found, split=Split(found.split.images, labels), is_wrong=is_wrong)


def _corrected(found: TrainingSet, corrections: dict[int, int]) -> TrainingSet:
    """Each picture that is named and still there has the class that is said."""
    labels = found.split.labels.copy()
    for index in np.flatnonzero(np.isin(found.places, list(corrections))):
        labels[index] = corrections[int(found.places[index])]
    return replace(found, split=Split(found.split.images, labels))


def _with_leaked(found: TrainingSet, config: TrainConfig, test: Split) -> TrainingSet:
    """A `leakage` of the test pictures at the end, with their right labels."""
    leaked = np.sort(np.argsort(_draws(config, _LEAKED, len(test)), kind="stable")[: round(config.leakage * len(test))])
    return TrainingSet(
        Split(
            np.concatenate([found.split.images, test.images[leaked]]),
            np.concatenate([found.split.labels, test.labels[leaked]]),
        ),
        np.concatenate([found.places, np.full(len(leaked), LEAKED)]),
        np.concatenate([found.is_wrong, np.zeros(len(leaked), bool)]),
    )

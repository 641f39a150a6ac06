"""Suspects: labels that may be wrong, ranked by what networks that never saw them say. NumPy only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ORDERS = ("loss", "confident")
_SMALLEST = 1e-7  # probability: a loss is a number


@dataclass(frozen=True, eq=False)
class Suspects:
    """n pictures of a training set in its order, each with its given label and k probabilities from outside."""

    places: NDArray[np.int64]  # (n,) in the files' training half
    given: NDArray[np.int64]  # (n,)
    probabilities: NDArray[np.float32]  # (n, k)

    @property
    def answers(self) -> NDArray[np.int64]:
        """(n,) the most probable class."""
        answers: NDArray[np.int64] = self.probabilities.argmax(axis=1)
        return answers

    @property
    def own(self) -> NDArray[np.float32]:
        """(n,) the probability of the given label."""
        return self.probabilities[np.arange(len(self.given)), self.given]

    @property
    def losses(self) -> NDArray[np.float64]:
        """(n,) held-out cross-entropy of the given label."""
        return -np.log(np.maximum(self.own.astype(np.float64), _SMALLEST))

    def ranked(self, order: str = "loss") -> NDArray[np.int64]:
        """Indices of the pictures whose answer is another class, the most suspicious first.

        "loss": by the held-out loss. "confident": first those whose answer is at least as sure as networks usually are
        of that class (the off-diagonal of the confident joint), then the others; within each by how far the answer
        leads the label (Northcutt, Jiang, Chuang, "Confident Learning", 2021).
        """
        differing = np.flatnonzero(self.answers != self.given)
        if order == "loss":
            return differing[np.argsort(-self.losses[differing], kind="stable")]
        lead = self.probabilities.max(axis=1) - self.own
        unsure = ~self._is_confident()
        return differing[np.lexsort((-lead[differing], unsure[differing]))]

    def _is_confident(self) -> NDArray[np.bool_]:
        """(n,) whether the answer's probability reaches the mean of what pictures labelled so get for their label."""
        classes = self.probabilities.shape[1]
        counts = np.bincount(self.given, minlength=classes)
        sums = np.bincount(self.given, weights=self.own, minlength=classes)
        usual = np.divide(sums, counts, out=np.ones(classes), where=counts > 0)
        confident: NDArray[np.bool_] = self.probabilities.max(axis=1) >= usual[self.answers]
        return confident

    def below(self, threshold: float, order: str = "loss") -> NDArray[np.int64]:
        """Those of `ranked` whose given label has a probability under `threshold`."""
        found = self.ranked(order)
        return found[self.own[found] < threshold]


@dataclass(frozen=True)
class Score:
    """How good a search was where it is known which labels are wrong."""

    found: int  # suspects that are wrong
    suspected: int
    wrong: int  # labels that are

    @property
    def precision(self) -> float:
        """Of the suspected ones the share that is wrong; 0 of none."""
        return self.found / self.suspected if self.suspected else 0.0

    @property
    def recall(self) -> float:
        """Of the wrong ones the share that is suspected; 0 of none."""
        return self.found / self.wrong if self.wrong else 0.0


def score(suspected: NDArray[np.int64], is_wrong: NDArray[np.bool_]) -> Score:
    """Of the indices `suspected` among n pictures, of which `is_wrong` (n,) says the truth."""
    return Score(int(is_wrong[suspected].sum()), len(suspected), int(is_wrong.sum()))

"""Label search: wrong labels are found by networks that never saw them, the same each time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cnnviz.data.registry import DATASETS
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.label_search import Answers, folds_of, search
from cnnviz.engine.suspects import Suspects, score
from cnnviz.engine.training_set import training_set

SMALL = TrainConfig(data="digits", epochs=8, batch_size=32, label_noise=0.1, train_images=600, device="cpu")


def test_folds() -> None:
    """Each picture in one fold, as many in each, others for another seed."""
    fold = folds_of(103, 4, 0)
    assert sorted(np.bincount(fold.numpy()).tolist()) == [25, 26, 26, 26]
    assert fold.tolist() != folds_of(103, 4, 1).tolist()
    assert fold.tolist() == folds_of(103, 4, 0).tolist()


@pytest.mark.slow
def test_labels_made_wrong_are_found() -> None:
    """A tenth made wrong: most of the most suspicious are, few are missed; progress rises to the end."""
    said = list(search(SMALL))
    shares, (answers,) = [each for each in said if isinstance(each, float)], [x for x in said if isinstance(x, Answers)]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len(shares) == 4 * SMALL.epochs
    half = training_set(SMALL, DATASETS["digits"])
    found = Suspects(half.places, half.split.labels, answers.probabilities)
    assert found.probabilities.sum(axis=1) == pytest.approx(np.ones(600), abs=1e-4)
    wrong = int(half.is_wrong.sum())
    assert wrong == 60
    assert score(found.ranked()[:wrong], half.is_wrong).precision > 0.8
    assert score(found.below(0.2), half.is_wrong).recall > 0.7


def test_fewer_pictures_than_folds() -> None:
    """Each is asked of a network that learned the others."""
    found = list(search(replace(SMALL, epochs=1, train_images=3)))[-1]
    assert isinstance(found, Answers)
    assert found.probabilities.sum(axis=1) == pytest.approx(np.ones(3), abs=1e-4)


@pytest.mark.slow
def test_the_same_search_gives_the_same_answers() -> None:
    """Bit for bit, whatever was computed before."""
    config = replace(SMALL, epochs=1, train_images=100)
    one, two = (list(search(config, folds=2))[-1] for _ in range(2))
    assert isinstance(one, Answers)
    assert isinstance(two, Answers)
    assert np.array_equal(one.probabilities, two.probabilities)

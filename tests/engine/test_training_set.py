"""Training set: each experiment bends what it says, by numbers of its own, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from cnnviz.base.errors import ConfigurationError
from cnnviz.data.dataset_spec import Split
from cnnviz.data.registry import DATASETS
from cnnviz.engine.card import load_arrays, load_card
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.events import EpochEnd, RunStarted
from cnnviz.engine.loader import DeviceDataset, LoaderConfig, Preprocessing
from cnnviz.engine.optim import criterion
from cnnviz.engine.train import train
from cnnviz.engine.training_set import LEAKED, balanced_order, class_weights, training_set

DIGITS = DATASETS["digits"]
HALF = DIGITS.load("train")
COUNTS = np.bincount(HALF.labels)


def bent(seed: int = 0, **config: Any) -> Any:
    return training_set(TrainConfig(data="digits", seed=seed, **config), DIGITS)


def test_nothing_asked_for_changes_nothing() -> None:
    """The half as it lies in the files, bit for bit; every picture in its place."""
    found = bent()
    assert np.array_equal(found.split.images, HALF.images)
    assert np.array_equal(found.split.labels, HALF.labels)
    assert np.array_equal(found.places, np.arange(len(HALF)))
    assert not found.is_wrong.any()


@pytest.mark.parametrize(
    "config",
    [
        {"train_images": 100},
        {"imbalance": 20.0},
        {"label_noise": 0.3},
        {"leakage": 0.5},
        {"sort_by_class": True},
        {"corrected_labels": "0:5,7:1"},
        {"train_images": 300, "imbalance": 5.0, "label_noise": 0.1, "leakage": 0.1, "sort_by_class": True},
    ],
    ids=str,
)
def test_each_picture_is_what_its_place_says(config: dict[str, Any]) -> None:
    """By `places` every picture can be traced back, and only labels said to be wrong are other than the files'."""
    found = bent(**config)
    own = found.places != LEAKED
    assert np.array_equal(found.split.images[own], HALF.images[found.places[own]])
    assert len(set(found.places[own])) == own.sum()
    is_other = found.split.labels[own] != HALF.labels[found.places[own]]
    corrected = np.isin(found.places[own], [0, 7]) if "corrected_labels" in config else np.zeros(own.sum(), bool)
    assert np.array_equal(is_other & ~corrected, found.is_wrong[own] & ~corrected)
    again = bent(**config)
    assert np.array_equal(again.split.images, found.split.images)
    assert np.array_equal(again.split.labels, found.split.labels)


def test_fewer_pictures_evenly_over_the_classes() -> None:
    """100 of ten classes are ten of each; of one seed they are among the 1,000; another seed draws others."""
    few, many, others = bent(train_images=100), bent(train_images=1000), bent(1, train_images=100)
    assert np.bincount(few.split.labels).tolist() == [10] * 10
    assert len(many.places) == 1000
    assert set(few.places) < set(many.places)
    assert set(few.places) != set(others.places)
    assert np.all(np.diff(few.places) > 0), "not in the files' order"
    assert len(bent(train_images=7).places) == 7
    assert len(bent(train_images=10**6).places) == len(HALF)


def test_where_a_class_has_too_few_the_others_give_more() -> None:
    """5 of a class of 5, and the rest evenly from the others."""
    labels = np.repeat([0, 1, 2], [5, 100, 100])
    spec = replace(DIGITS, classes=("a", "b", "c"), files=_Files(labels))
    found = training_set(TrainConfig(data="digits", train_images=65), spec)
    assert np.bincount(found.split.labels).tolist() == [5, 30, 30]


def test_a_long_tail() -> None:
    """The first class keeps all, the last one of twenty, geometric between (Cui and others 2019)."""
    counts = np.bincount(bent(imbalance=20.0).split.labels)
    wanted = np.minimum(COUNTS, np.round(COUNTS.max() * 20.0 ** (-np.arange(10) / 9)))
    assert counts.tolist() == wanted.tolist()
    assert counts[0] / counts[9] == pytest.approx(20, rel=0.05)
    assert np.bincount(bent(imbalance=1000.0).split.labels).min() == 1


def test_wrong_labels() -> None:
    """Exactly the share, never the right class, all other classes; 10% are among the 30%, and fewer pictures do not
    change which of them are wrong."""
    some, more = bent(label_noise=0.1), bent(label_noise=0.3)
    assert some.is_wrong.sum() == round(0.1 * len(HALF))
    assert np.all(more.split.labels[more.is_wrong] != HALF.labels[more.is_wrong])
    assert len(set((more.split.labels - HALF.labels)[more.is_wrong] % 10)) == 9
    assert np.all(more.is_wrong[some.is_wrong])
    assert np.array_equal(more.split.labels[some.is_wrong], some.split.labels[some.is_wrong])


def test_leaked_pictures_are_the_test_set_s() -> None:
    """A share of the test half at the end, right labels, marked as of no place; the wrong labels are not among them."""
    test = DIGITS.load("test")
    found = bent(leakage=0.5, label_noise=0.5)
    leaked = found.places == LEAKED
    assert leaked.sum() == round(0.5 * len(test))
    of = {image.tobytes(): label for image, label in zip(test.images, test.labels, strict=True)}
    for image, label in zip(found.split.images[leaked], found.split.labels[leaked], strict=True):
        assert of[image.tobytes()] == label
    assert len(bent(leakage=1.0).places) == len(HALF) + len(test)


def test_sorted_by_class() -> None:
    """One class after the other, each in the files' order."""
    found = bent(sort_by_class=True)
    assert np.all(np.diff(found.split.labels) >= 0)
    for label in range(10):
        assert np.all(np.diff(found.places[found.split.labels == label]) > 0)


def test_corrections_come_last_and_by_the_files_places() -> None:
    """What was made wrong is put right; of pictures that were not drawn nothing is said; others keep their labels."""
    noisy = bent(label_noise=0.2)
    wrong = np.flatnonzero(noisy.is_wrong)
    right = ",".join(f"{place}:{HALF.labels[place]}" for place in wrong)
    mended = bent(label_noise=0.2, corrected_labels=right)
    assert np.array_equal(mended.split.labels, HALF.labels)
    assert np.array_equal(mended.is_wrong, noisy.is_wrong)
    few = bent(train_images=10, corrected_labels=right)
    assert len(few.places) == 10


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1437:0", r"corrected_labels names place 1,?437"),
        ("0:10", "corrected_labels names class 10 for place 0"),
    ],
)
def test_corrections_of_what_is_not_there(text: str, said: str) -> None:
    """One sentence that names the place."""
    with pytest.raises(ConfigurationError, match=said):
        bent(corrected_labels=text)


@pytest.mark.parametrize(
    "text", ["x", "1", "1:", ":1", "1:2;3:4", "-1:2", "1:2,,3:4", "1:2,1:3", "٣:1", "1:2" * 9999, ",".join("1:2" * 9)]
)
def test_what_is_no_correction_is_refused(text: str) -> None:
    """By the configuration, before anything is read."""
    with pytest.raises(ConfigurationError, match="corrected_labels"):
        TrainConfig(corrected_labels=text)


def test_two_thousand_corrections_and_no_more() -> None:
    """Bounded; equal is equal, whatever the order."""
    most = ",".join(f"{place}:1" for place in range(2000))
    assert TrainConfig(corrected_labels=most).corrected_labels == most
    assert TrainConfig(corrected_labels="9:1, 2:3") == TrainConfig(corrected_labels="2:3,9:1")
    with pytest.raises(ConfigurationError, match=r"at most 2,?000"):
        TrainConfig(corrected_labels=most + ",2000:1")


def test_experiments_draw_independently() -> None:
    """Turning one on does not change what another draws."""
    both, noise = bent(label_noise=0.2, leakage=0.3), bent(label_noise=0.2)
    own = both.places != LEAKED
    assert np.array_equal(both.is_wrong[own], noise.is_wrong)
    assert np.array_equal(both.split.labels[own], noise.split.labels)
    assert set(bent(train_images=100, label_noise=0.2).places) == set(bent(train_images=100).places)


def test_the_balanced_sampler_draws_classes_evenly() -> None:
    """1 : 99, and half of the draws are of the rare class; another epoch draws anew, the same epoch the same."""
    labels = np.repeat([0, 2], [990, 10])
    order = balanced_order(labels, 0, 1)
    assert len(order) == 1000
    assert 430 < (labels[order] == 2).sum() < 570
    assert set(order[labels[order] == 2]) == set(range(990, 1000))
    assert not np.array_equal(order, balanced_order(labels, 0, 2))
    assert np.array_equal(order, balanced_order(labels, 0, 1))
    split = Split(np.arange(1000, dtype=np.int64).astype(np.uint8).reshape(-1, 1, 1, 1), labels)
    data = DeviceDataset.of(split, Preprocessing((1, 1, 1), (0.0,), (1.0,)), 3, torch.device("cpu"))
    seen = torch.cat([batch for _x, batch in data.batches(LoaderConfig(64, sampler="balanced"), 1)])
    assert seen.tolist() == labels[order].tolist()


def test_class_weights_are_inverse_counts_with_mean_one() -> None:
    """And a class without a picture weighs nothing."""
    weights = class_weights(np.repeat([0, 1, 3], [80, 20, 10]), 4)
    assert weights[[0, 1, 3]].mean() == pytest.approx(1)
    assert weights[1] / weights[0] == pytest.approx(4)
    assert weights[3] / weights[0] == pytest.approx(8)
    assert weights[2] == 0


@pytest.mark.parametrize("loss", ["cross-entropy", "nll", "hinge", "squared", "absolute"])
def test_the_weighted_loss_is_torch_s(loss: str) -> None:
    """The weighted mean of each picture's own loss; for cross-entropy torch's own `weight`."""
    torch.manual_seed(0)
    logits, labels = torch.randn(40, 5), torch.randint(0, 4, (40,))
    weights = torch.tensor([0.5, 1.0, 2.0, 0.25, 3.0])
    config = TrainConfig(loss=loss)
    plain = criterion(config)
    each = torch.stack([plain(logits[i : i + 1], labels[i : i + 1]) for i in range(40)])
    wanted = (each * weights[labels]).sum() / weights[labels].sum()
    torch.testing.assert_close(criterion(config, weights)(logits, labels), wanted)
    if loss == "cross-entropy":
        theirs = torch.nn.functional.cross_entropy(logits, labels, weight=weights)
        torch.testing.assert_close(criterion(config, weights)(logits, labels), theirs)


def events(**config: Any) -> list[Any]:
    return list(train(TrainConfig(data="digits", epochs=1, batch_size=32, **config), threads=1))


def test_a_run_says_what_it_trains_on() -> None:
    """After the held-out pictures are split off."""
    started = next(
        each for each in events(train_images=200, leakage=0.1, held_out=0.25) if isinstance(each, RunStarted)
    )
    assert (started.train_images, started.held_out_images) == (177, 59)


@pytest.mark.slow
@pytest.mark.parametrize("config", [{"sampler": "balanced"}, {"class_weights": True}, {"label_noise": 0.5}], ids=str)
def test_a_run_is_changed_and_repeatable(config: dict[str, Any]) -> None:
    """Each has an effect on a long tail, the same each time."""
    plain, one, two = (
        [each.train_loss for each in events(imbalance=10.0, **values) if isinstance(each, EpochEnd)]
        for values in ({}, config, config)
    )
    assert one == two
    assert one != plain


class _Files:
    """Blank pictures with these labels."""

    download_bytes = 0

    def __init__(self, labels: np.ndarray) -> None:
        self.labels = labels

    def load(self, split: str, root: object, image_size: tuple[int, int, int], classes: int) -> Split:
        return Split(np.zeros((len(self.labels), *image_size), np.uint8), self.labels)


@pytest.mark.slow
def test_a_bent_run_resumes_exactly(tmp_path: Path) -> None:
    """Broken off after its first epoch and gone on with, it ends with the very weights of one that was not."""
    config = TrainConfig(
        data="digits",
        epochs=2,
        train_images=200,
        imbalance=4.0,
        label_noise=0.2,
        leakage=0.1,
        sort_by_class=True,
        sampler="balanced",
        class_weights=True,
        corrected_labels="0:5,7:1",
        held_out=0.1,
    )
    list(train(config, directory=tmp_path / "whole", threads=1))
    broken = train(config, directory=tmp_path / "broken", threads=1)
    next(each for each in broken if isinstance(each, EpochEnd))
    broken.close()
    list(train(config, directory=tmp_path / "broken", resume=True, threads=1))
    one, two = (load_arrays(tmp_path / name / "epoch-0002") for name in ("whole", "broken"))
    assert all(one[name].tobytes() == two[name].tobytes() for name in one)
    assert load_card(tmp_path / "whole" / "epoch-0002").config["corrected_labels"] == "0:5,7:1"

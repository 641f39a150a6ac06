"""Statistics of a data set: equal NumPy's over all pixels, exactly, in pieces or at once."""

from __future__ import annotations

import numpy as np
import pytest

from cnnviz.data import statistics
from cnnviz.data.dataset_spec import Split
from cnnviz.data.registry import DATASETS
from cnnviz.data.statistics import adding_up, twins


@pytest.fixture
def split() -> Split:
    """57 noisy pictures of four classes, of which the last has none."""
    random = np.random.default_rng(3)
    return Split(random.integers(0, 256, (57, 3, 5, 4), dtype=np.uint8), random.integers(0, 3, 57))


@pytest.fixture(params=[1, 10, 4096])
def piece(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """However many pictures are added up at a time."""
    monkeypatch.setattr(statistics, "_PIECE", request.param)
    return int(request.param)


def test_everything_is_numpys(split: Split, piece: int) -> None:
    """Histogram, sums, mean and deviation of each channel, pictures of each class."""
    found = statistics.statistics(split, 4)
    values = split.images / 255
    assert found.is_whole
    assert found.of_class.tolist() == np.bincount(split.labels, minlength=4).tolist()
    for channel in range(3):
        counted = np.bincount(split.images[:, channel].ravel(), minlength=256)
        assert found.histogram[channel].tolist() == counted.tolist()
        assert found.totals[channel] == split.images[:, channel].sum()
        assert found.mean[channel] == pytest.approx(values[:, channel].mean(), rel=1e-12)
        assert found.std[channel] == pytest.approx(values[:, channel].std(), rel=1e-12)
    for index in range(3):
        pictures = split.images[split.labels == index].astype(float)
        assert np.allclose(found.mean_pictures()[index], pictures.mean(axis=0), rtol=0, atol=1e-9)
        assert np.allclose(found.deviation_pictures()[index], pictures.std(axis=0), rtol=0, atol=1e-6)
    assert not found.mean_pictures()[3].any(), "a class without pictures is black, not NaN"


def test_what_is_told_on_the_way_is_true_of_what_was_seen(split: Split, monkeypatch: pytest.MonkeyPatch) -> None:
    """After every piece the statistics are those of the pictures so far, and stay as they were told."""
    monkeypatch.setattr(statistics, "_PIECE", 20)
    told = list(adding_up(split, 4))
    assert [each.seen for each in told] == [20, 40, 57]
    assert [each.is_whole for each in told] == [False, False, True]
    assert told[0].totals[0] == split.images[:20, 0].sum()


def test_squares_of_many_pictures_do_not_overflow() -> None:
    """70,000 white pictures: the sum of squares is larger than 32 bits."""
    white = np.broadcast_to(np.uint8(255), (70_000, 1, 1, 1))
    found = statistics.statistics(Split(white, np.zeros(70_000, np.int64)), 1)
    assert found.squares.item() == 70_000 * 255**2 > 2**32
    assert (found.mean, found.std) == ((1.0,), (0.0,))


@pytest.mark.parametrize(
    "name", ["digits", *(pytest.param(name, marks=pytest.mark.complete) for name in ("mnist", "fashion-mnist"))]
)
def test_normalize_has_the_registrys_figures(name: str, request: pytest.FixtureRequest) -> None:
    """What the page works out is what networks are trained with, to four digits."""
    if name != "digits":
        request.getfixturevalue("complete_data")
    spec = DATASETS[name]
    found = statistics.statistics(spec.load("train"), len(spec.classes))
    assert found.mean == pytest.approx(spec.mean, abs=5e-5)
    assert found.std == pytest.approx(spec.std, abs=6e-5)


def test_twins_are_found_to_the_last_pixel(split: Split) -> None:
    """Test pictures that are trained on too, with the first they equal; one pixel apart is another picture."""
    test = split.images[[5, 5, 6]].copy()
    test[1, 0, 0, 0] ^= 1
    found = twins(split, Split(test, np.zeros(3, np.int64)))
    assert found == [(0, 5), (2, 6)]
    assert twins(
        Split(np.concatenate([split.images, test]), np.zeros(60, np.int64)), Split(test, split.labels[:3])
    ) == [
        (0, 5),
        (1, 58),
        (2, 6),
    ]

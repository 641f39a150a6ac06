"""Pictures reach the network in one way only, whoever brings them."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from cnnviz.data.registry import DATASETS
from cnnviz.engine.card import Card
from cnnviz.engine.loader import DeviceDataset, LoaderConfig
from cnnviz.engine.predict import prepare
from cnnviz.engine.preprocessing import Preprocessing
from cnnviz.models.registry import MODELS


def test_right_size_is_only_normalised() -> None:
    """28 x 28 stays 28 x 28: (value / 255 - mean) / std, exactly where it was."""
    picture = torch.zeros(1, 1, 28, 28, dtype=torch.uint8)
    picture[0, 0, 3, 5] = 255
    x = Preprocessing((1, 28, 28), (0.25,), (0.5,))(picture)
    assert x.dtype == torch.float32
    assert x[0, 0, 3, 5] == 1.5
    assert x.sum() == 1.5 - 0.5 * (28 * 28 - 1)


def test_small_digits_fill_the_middle_as_mnist_does() -> None:
    """8 x 8 become 20 x 20 in the middle of 28 x 28, bright stays bright, and the border is empty."""
    fitted = Preprocessing((1, 28, 28), (0.0,), (1.0,), margin=4 / 28).fit(
        torch.full((2, 1, 8, 8), 255, dtype=torch.uint8)
    )
    assert fitted.shape == (2, 1, 28, 28)
    assert bool((fitted[:, :, 4:24, 4:24] == 1).all())
    assert fitted.sum() == 2 * 400


def test_digits_look_like_mnist(complete_data: object) -> None:
    """Enlarged, the embedded digits have about MNIST's mean ink: what one net learns is of use on the other."""
    spec, mnist = DATASETS["digits"], DATASETS["mnist"]
    fitted = Preprocessing((1, 28, 28), spec.mean, spec.std, spec.margin).fit(
        torch.from_numpy(spec.load("test").images)
    )
    ink = mnist.load("test").images.mean() / 255
    assert float(fitted.mean()) == pytest.approx(ink, rel=0.35)


def test_large_pictures_are_averaged_down() -> None:
    """A fine pattern becomes grey, not the pixels that happen to be hit."""
    stripes = torch.zeros(1, 1, 56, 56, dtype=torch.uint8)
    stripes[..., ::2] = 255
    fitted = Preprocessing((1, 28, 28), (0.0,), (1.0,)).fit(stripes)
    assert bool(((fitted[..., 2:-2] - 0.5).abs() < 0.05).all())


def test_channels_are_normalised_each_on_its_own() -> None:
    """Every channel has its mean and standard deviation."""
    x = Preprocessing((2, 4, 4), (0.0, 1.0), (1.0, 0.5))(torch.full((1, 2, 4, 4), 255, dtype=torch.uint8))
    assert bool((x[:, 0] == 1).all())
    assert bool((x[:, 1] == 0).all())


def test_training_testing_and_drawing_agree() -> None:
    """The same picture is the same input in an epoch, in a test, and from the sketch pad."""
    spec = DATASETS["digits"]
    card = Card("lenet5", "digits", spec.classes, (1, 28, 28), spec.mean, spec.std, spec.margin)
    split = spec.load("test")
    pictures = DeviceDataset.of(split, Preprocessing.of(card), 10, torch.device("cpu"))
    tested = torch.cat([x for x, _ in pictures.in_order(100)])
    batches = list(pictures.batches(LoaderConfig(100), epoch=1))
    assert torch.equal(prepare(card, split.images), tested)
    shuffled = {x.numpy().tobytes() for batch, _ in batches for x in batch}
    assert shuffled == {x.numpy().tobytes() for x in tested}
    assert prepare(card, np.zeros((1, 1, 8, 8), np.uint8)).shape == (1, 1, 28, 28)


def test_not_normalised() -> None:
    """Without normalising, pixels stay within [0, 1]; with it they have the training pictures' mean and deviation."""
    data, network = DATASETS["digits"], MODELS["lenet5"]
    pictures = torch.from_numpy(data.load("test").images)
    plain, normal = (Preprocessing.between(data, network, normalize)(pictures) for normalize in (False, True))
    assert 0 <= plain.min() < plain.max() <= 1
    assert torch.allclose((plain - data.mean[0]) / data.std[0], normal, atol=1e-6)

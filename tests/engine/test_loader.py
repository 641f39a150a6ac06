"""Loader: an epoch shows every picture once, prepared in one way only."""

from __future__ import annotations

import zlib

import numpy as np
import pytest
import torch
from torchvision.transforms.v2.functional import center_crop

from cnnviz.data.dataset_spec import Split
from cnnviz.data.registry import DATASETS
from cnnviz.engine.card import Card
from cnnviz.engine.evaluate import prepare
from cnnviz.engine.loader import DeviceDataset, LoaderConfig, Preprocessing, epoch_order, epoch_seed
from cnnviz.models.registry import MODELS


def numbered(n: int = 10) -> DeviceDataset:
    """n pictures of 2 x 2; the value of picture i is i, its label i too."""
    images = np.broadcast_to(np.arange(n, dtype=np.uint8)[:, None, None, None], (n, 1, 2, 2))
    return DeviceDataset.of(
        Split(images, np.arange(n)), Preprocessing((1, 2, 2), (0.0,), (1.0,)), n, torch.device("cpu")
    )


def order(pictures: DeviceDataset, seed: int, epoch: int) -> list[int]:
    return [int(label) for _, labels in pictures.batches(LoaderConfig(4, seed=seed), epoch) for label in labels]


@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize("sampler", ["each-once", "balanced"])
def test_the_order_that_is_shown_is_the_one_that_is_taken(shuffle: bool, sampler: str) -> None:
    """`epoch_order` names the pictures of the batches, one after the other."""
    labels = np.arange(50) % 3
    images = np.broadcast_to(np.arange(50, dtype=np.uint8)[:, None, None, None], (50, 1, 2, 2))
    pictures = DeviceDataset.of(Split(images, labels), Preprocessing((1, 2, 2), (0.0,), (1.0,)), 3, torch.device("cpu"))
    for epoch in (1, 2):
        loader = LoaderConfig(8, seed=5, shuffle=shuffle, sampler=sampler)
        taken = [round(float(value) * 255) for x, _labels in pictures.batches(loader, epoch) for value in x[:, 0, 0, 0]]
        assert epoch_order(labels, loader, epoch).tolist() == taken


def test_an_epoch_is_every_picture_once() -> None:
    """Batches of 4, 4 and the rest; pictures stay with their labels."""
    pictures = numbered()
    batches = list(pictures.batches(LoaderConfig(4), epoch=1))
    assert [len(labels) for _, labels in batches] == [4, 4, 2]
    assert len(batches) == pictures.steps(LoaderConfig(4))
    assert sorted(order(pictures, 0, 1)) == list(range(10))
    for x, labels in batches:
        assert torch.allclose(x[:, 0, 0, 0] * 255, labels.float(), atol=1e-4)


def test_order_depends_on_seed_and_epoch_alone() -> None:
    """The same pair gives the same order, whatever was drawn before; another pair another."""
    pictures = numbered()
    first = order(pictures, 0, 1)
    torch.rand(100)
    assert order(pictures, 0, 1) == first
    assert order(pictures, 0, 2) != first
    assert order(pictures, 1, 1) != first


def test_seed_and_epoch_do_not_add_up() -> None:
    """Epoch 2 of seed 0 is not epoch 1 of seed 1: 10,000 pairs, 10,000 seeds."""
    assert len({epoch_seed(seed, epoch) for seed in range(100) for epoch in range(100)}) == 10_000


def test_in_order() -> None:
    """Tests go through the pictures as they lie."""
    assert [labels.tolist() for _, labels in numbered(5).in_order(2)] == [[0, 1], [2, 3], [4]]


def test_pictures_stay_bytes() -> None:
    """On the device lie bytes, a quarter of floats: MNIST takes 47 MB."""
    assert numbered().images.dtype == torch.uint8


def test_last_batch_dropped() -> None:
    """Batches of 4 and 4: the two pictures that are left out are others in the next epoch."""
    pictures, loading = numbered(), LoaderConfig(4, drop_last=True)
    epochs = [[labels for _, labels in pictures.batches(loading, epoch)] for epoch in (1, 2)]
    assert [[len(labels) for labels in epoch] for epoch in epochs] == [[4, 4], [4, 4]]
    assert pictures.steps(loading) == 2
    assert torch.cat(epochs[0]).sort().values.tolist() != torch.cat(epochs[1]).sort().values.tolist()


def test_not_shuffled() -> None:
    """The order of the files, in every epoch; augmentation still differs from epoch to epoch."""
    pictures = numbered(16)
    plain, changed = LoaderConfig(8, shuffle=False), LoaderConfig(8, "affine", shuffle=False)
    assert torch.cat([labels for _, labels in pictures.batches(plain, 3)]).tolist() == list(range(16))
    images = [torch.cat([x for x, _ in pictures.batches(changed, epoch)]) for epoch in (1, 2)]
    assert not torch.equal(*images)


def test_held_out_pictures() -> None:
    """Every picture is in one half or the other; the draw depends on the seed alone, and is not the first epoch's."""
    halves = [numbered(100).split_off(0.2, seed) for seed in (0, 0, 1)]
    train, held = halves[0]
    assert (len(train), len(held)) == (80, 20)
    assert sorted([*train.labels.tolist(), *held.labels.tolist()]) == list(range(100))
    assert halves[1][1].labels.tolist() == held.labels.tolist() != halves[2][1].labels.tolist()
    assert bool((held.images[:, 0, 0, 0] == held.labels).all())


def test_something_is_always_held_out() -> None:
    """However small the share: a half without pictures could not be asked."""
    assert len(numbered(10).split_off(0.001, 0)[1]) == 1


# ---- preprocessing


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


def test_a_centre_crop_keeps_the_middle() -> None:
    """As torchvision's CenterCrop, then as large as before; nothing is cut from a picture of 1."""
    pictures = torch.from_numpy(np.random.default_rng(0).integers(0, 256, (2, 3, 25, 32), dtype=np.uint8))
    prepare = Preprocessing((3, 12, 16), (0.5,) * 3, (0.25,) * 3, center_crop=0.5)
    assert torch.equal(prepare.fit(pictures), center_crop(pictures, [12, 16]).float() / 255)
    whole = Preprocessing((3, 25, 32), (0.5,) * 3, (0.25,) * 3)
    assert torch.equal(whole.fit(pictures), pictures.float() / 255)


def test_a_centre_crop_is_on_the_card() -> None:
    """So that every picture that is asked about is cut as well."""
    card = Card("lenet5", "digits", DATASETS["digits"].classes, (1, 28, 28), (0.3,), (0.4,), center_crop=0.75)
    assert Preprocessing.of(card).center_crop == 0.75


@pytest.mark.parametrize(("recipe", "total"), [("none", 2162057339), ("shift", 538828332), ("crop-flip", 2534138595)])
def test_an_epoch_of_before(recipe: str, total: int) -> None:
    """Order and draws as recorded before there were pipelines: a resumed run goes on to the same bits."""
    random = np.random.default_rng(0)
    for channels, size in ((1, 28), (3, 32)):
        random.random((16, channels, size, size), dtype=np.float32)
        random.random((16, 6), dtype=np.float32)
    images = random.integers(0, 256, (40, 3, 16, 16), dtype=np.uint8)
    prepare = Preprocessing((3, 24, 24), (0.5,) * 3, (0.25,) * 3, 4 / 28)
    pictures = DeviceDataset.of(Split(images, np.arange(40) % 10), prepare, 10, torch.device("cpu"))
    x = torch.cat([batch[0] for batch in pictures.batches(LoaderConfig(16, recipe, seed=3), 2)])
    assert zlib.crc32(x.contiguous(memory_format=torch.contiguous_format).numpy().tobytes()) == total

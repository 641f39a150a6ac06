"""Loader: an epoch shows every picture once, prepared in one way only, each with a change of its own as augmented."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from cnnviz.data.dataset_spec import Split
from cnnviz.data.registry import DATASETS
from cnnviz.engine.card import Card
from cnnviz.engine.evaluate import prepare
from cnnviz.engine.loader import (
    NUMBERS,
    SHIFT,
    DeviceDataset,
    LoaderConfig,
    Preprocessing,
    affine,
    augment,
    crop,
    cut_out,
    epoch_seed,
    mirror,
    shift,
)
from cnnviz.models.registry import MODELS


def numbered(n: int = 10) -> DeviceDataset:
    """n pictures of 2 x 2; the value of picture i is i, its label i too."""
    images = np.broadcast_to(np.arange(n, dtype=np.uint8)[:, None, None, None], (n, 1, 2, 2))
    return DeviceDataset.of(
        Split(images, np.arange(n)), Preprocessing((1, 2, 2), (0.0,), (1.0,)), n, torch.device("cpu")
    )


def order(pictures: DeviceDataset, seed: int, epoch: int) -> list[int]:
    return [int(label) for _, labels in pictures.batches(LoaderConfig(4, seed=seed), epoch) for label in labels]


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


# ---- augmentation


def dots(n: int) -> torch.Tensor:
    """(n, 1, 28, 28): one bright pixel at (14, 10)."""
    images = torch.zeros(n, 1, 28, 28)
    images[:, :, 14, 10] = 1
    return images


def test_shift_moves_down_and_right() -> None:
    """Row i goes where row i of `by` says; what leaves is gone, what enters is zero."""
    images = dots(3)
    images[:, :, 0, 0] = 1
    moved = shift(images, torch.tensor([[0, 0], [2, -1], [-2, 2]]))
    assert [tuple(position) for position in moved[1, 0].nonzero().tolist()] == [(16, 9)]
    assert [tuple(position) for position in moved[2, 0].nonzero().tolist()] == [(12, 12)]
    assert torch.equal(moved[0], images[0])


def test_shift_draws_every_whole_step_equally() -> None:
    """-2 ... 2 pixels in each direction, a fifth of the pictures each."""
    noise = torch.rand(5000, NUMBERS, generator=torch.Generator().manual_seed(0)) * 2 - 1
    moved = augment(dots(5000), "shift", noise)
    rows = moved.flatten(1).argmax(dim=1) // 28 - 14
    counts = torch.bincount(rows + SHIFT, minlength=5)
    assert moved.sum() == 5000
    assert counts.sum() == 5000
    assert bool(((counts - 1000).abs() < 120).all())


def test_affine_without_noise_changes_nothing() -> None:
    """Zero noise is the identity, up to rounding."""
    images = torch.rand(4, 1, 28, 28)
    assert torch.allclose(augment(images, "affine", torch.zeros(4, NUMBERS)), images, atol=1e-5)


def test_affine_by_hand() -> None:
    """A matrix that reads 3 pixels to the right moves the picture 3 pixels to the left."""
    matrix = torch.tensor([[[1.0, 0.0, 3 * 2 / 28], [0.0, 1.0, 0.0]]])
    moved = affine(dots(1), matrix)
    assert moved[0, 0].argmax() == 14 * 28 + 7


def test_affine_differs_from_picture_to_picture() -> None:
    """One random value for the whole batch, as torchvision's transforms draw, would give equal pictures."""
    noise = torch.rand(64, NUMBERS, generator=torch.Generator().manual_seed(0)) * 2 - 1
    moved = augment(dots(64), "affine", noise)
    assert len({picture.numpy().tobytes() for picture in moved}) == 64


def test_affine_stays_near() -> None:
    """A pixel 4 from the middle moves at most 2.8 (translation) and about 2 (the rest) pixels either way."""
    noise = torch.rand(500, NUMBERS, generator=torch.Generator().manual_seed(1)) * 2 - 1
    moved = augment(dots(500), "affine", noise)
    grid = torch.arange(28.0)
    ink = moved.sum(dim=(1, 2, 3))
    rows = (moved.sum(dim=3)[:, 0] * grid).sum(dim=1) / ink
    columns = (moved.sum(dim=2)[:, 0] * grid).sum(dim=1) / ink
    assert float((rows - 14).abs().max()) < 5
    assert float((columns - 10).abs().max()) < 5


def test_none_is_none() -> None:
    """Without augmentation the pictures are the very same."""
    images = torch.rand(2, 1, 28, 28)
    assert augment(images, "none", torch.rand(2, NUMBERS)) is images


def test_crop_moves_by_an_eighth_at_most() -> None:
    """32 x 32 pictures move by -4 ... 4 pixels, each as often; a picture as high as 28 by 3."""
    noise = torch.rand(9000, NUMBERS, generator=torch.Generator().manual_seed(0)) * 2 - 1
    images = torch.zeros(9000, 1, 32, 32)
    images[:, :, 16, 16] = 1
    rows = crop(images, noise[:, :2]).flatten(1).argmax(dim=1) // 32 - 16
    counts = torch.bincount(rows + 4, minlength=9)
    assert len(counts) == 9
    assert bool(((counts - 1000).abs() < 150).all())
    moved = crop(dots(500), noise[:500, :2]).flatten(1).argmax(dim=1) // 28 - 14
    assert (int(moved.min()), int(moved.max())) == (-3, 3)


def test_mirror_is_left_to_right() -> None:
    """Only the pictures that are told to, and only sideways."""
    images = torch.rand(2, 3, 4, 5)
    mirrored = mirror(images, torch.tensor([True, False]))
    assert torch.equal(mirrored[0, :, :, 0], images[0, :, :, 4])
    assert torch.equal(mirrored[1], images[1])


def test_cutout_blots_out_a_square() -> None:
    """At most 8 x 8 pixels of 32 x 32 have the picture's own mean; the others are as they were; places differ."""
    images = torch.rand(200, 3, 32, 32)
    noise = torch.rand(200, 2, generator=torch.Generator().manual_seed(0)) * 2 - 1
    changed = (cut_out(images, noise) != images).all(dim=1)  # (n, h, w)
    sizes = changed.sum(dim=(1, 2))
    assert int(sizes.max()) == 64
    assert int(sizes.min()) < 64
    assert len({mask.numpy().tobytes() for mask in changed}) > 150
    middle = cut_out(images[:1], torch.zeros(1, 2))
    assert torch.allclose(middle[0, :, 12:20, 12:20], images[0].mean(dim=(1, 2))[:, None, None])


def test_crop_flip_differs_from_picture_to_picture() -> None:
    """One draw for each picture, none for the batch; a second of 162 combinations is rare among 8."""
    noise = torch.rand(8, NUMBERS, generator=torch.Generator().manual_seed(0)) * 2 - 1
    picture = torch.rand(1, 1, 32, 32).expand(8, 1, 32, 32)
    assert len({one.numpy().tobytes() for one in augment(picture, "crop-flip", noise)}) > 5
    assert len({one.numpy().tobytes() for one in augment(picture, "crop-flip-cutout", noise)}) == 8

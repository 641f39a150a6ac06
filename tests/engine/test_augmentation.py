"""Every picture of a batch gets a change of its own, no larger than stated."""

from __future__ import annotations

import torch

from cnnviz.engine.loader import NUMBERS, SHIFT, affine, augment, crop, cut_out, mirror, shift


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

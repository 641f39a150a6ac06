"""Augmentation of tensors: each picture by its own draw; recipes as they always were, steps as torchvision's."""

from __future__ import annotations

import zlib

import numpy as np
import pytest
import torch
import torchvision.transforms.v2.functional as tv
from torch.nn import functional
from torchvision.transforms import InterpolationMode

from cnnviz.engine.augmentation.color import hue
from cnnviz.engine.augmentation.pipeline import RECIPE_DRAWS as NUMBERS
from cnnviz.engine.augmentation.pipeline import RECIPES, consists_of, parse
from cnnviz.engine.augmentation.spread import color_axes
from cnnviz.engine.augmentation.tensors import SHIFT, affine, augment, cut_out, grain, mirror, normal, shift
from cnnviz.engine.augmentation.tensors import crop as crop_by

BILINEAR = InterpolationMode.BILINEAR


def crop(images: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
    """As the recipes crop: by an eighth of the longer side."""
    return crop_by(images, noise, max(images.shape[2:]) // 8)


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


# ---- the recipes are what they were before there were pipelines


@pytest.mark.parametrize(
    ("recipe", "side", "total"),
    [("shift", 28, 3252818811), ("crop-flip", 28, 56911746), ("shift", 32, 732641567), ("crop-flip", 32, 193504783)],
)
def test_recipes_give_the_bits_of_before(recipe: str, side: int, total: int) -> None:
    """Checksums of 16 pictures, recorded with the functions of before. (Of those that only move pixels: how others are
    rounded, the processor says.)"""
    random = np.random.default_rng(0)
    pictures = {}
    for channels, size in ((1, 28), (3, 32)):
        images = torch.from_numpy(random.random((16, channels, size, size), dtype=np.float32))
        noise = torch.from_numpy(random.random((16, NUMBERS), dtype=np.float32)) * 2 - 1
        pictures[size] = images, noise
    assert zlib.crc32(augment(pictures[side][0], recipe, pictures[side][1]).contiguous().numpy().tobytes()) == total


def test_the_affine_recipe_is_one_sampling_through_the_old_matrix() -> None:
    """Turn 12 degrees, shear 0.15, each side by 12%, move by 10%: written out for one row of noise."""
    noise = torch.tensor([[0.5, -0.4, 0.3, -0.2, 0.1, 0.9]])
    angle, slant = 0.5 * np.radians(12), -0.4 * 0.15
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    linear = turn @ np.array([[1, slant], [0, 1]]) @ np.diag([1 + 0.3 * 0.12, 1 - 0.2 * 0.12])
    matrix = torch.from_numpy(np.column_stack([linear, [0.1 * 0.2, 0.9 * 0.2]])[None]).float()
    images = torch.rand(1, 1, 28, 28)
    assert torch.allclose(augment(images, "affine", noise), affine(images, matrix), atol=1e-5)


@pytest.mark.parametrize("recipe", ["shift", "crop-flip", "crop-flip-cutout"])
def test_a_recipe_is_what_it_consists_of(recipe: str) -> None:
    """Bit for bit, draws included: the bench may show its steps."""
    images, noise = torch.rand(50, 3, 32, 32), uniform(50)
    steps = consists_of(recipe, 32).write()
    assert steps not in RECIPES
    assert torch.equal(augment(images, recipe, noise), augment(images, steps, noise))


# ---- the steps, against torchvision's, with the draw pinned


def uniform(n: int, draws: int = NUMBERS, seed: int = 0) -> torch.Tensor:
    """(n, draws) in [-1, 1)."""
    return torch.rand(n, draws, generator=torch.Generator().manual_seed(seed)) * 2 - 1


def pinned(*values: float) -> torch.Tensor:
    """Noise of two pictures that begins so."""
    return functional.pad(torch.tensor([values, values]), (0, max(0, NUMBERS - len(values))))


@pytest.mark.parametrize(
    ("text", "draw", "theirs"),
    [
        ("rotation=30", (0.5,), lambda x: tv.rotate(x, 15, interpolation=BILINEAR)),
        ("scale=0.2", (0.5,), lambda x: tv.affine(x, 0, [0, 0], 1.1, [0, 0], interpolation=BILINEAR)),
        ("shear=20", (0.5,), lambda x: tv.affine(x, 0, [0, 0], 1.0, [10, 0], interpolation=BILINEAR)),
        ("flip=0.5", (-0.1,), tv.hflip),
        ("flip=0", (-1.0,), lambda x: x),
        ("flip=1", (0.999,), tv.hflip),
        ("random-crop=4", (1.0, -1.0), lambda x: tv.crop(tv.pad(x, [4]), 0, 8, 20, 28)),
        ("shift=3", (0.0, 0.0), lambda x: x),
        ("color-jitter=0.4:0:0:0", (0.5,), lambda x: tv.adjust_brightness(x, 1.2)),
        ("color-jitter=0:0.4:0:0", (0.0, -0.5), lambda x: tv.adjust_contrast(x, 0.8)),
        ("color-jitter=0:0:0.4:0", (0.0, 0.0, 0.5), lambda x: tv.adjust_saturation(x, 1.2)),
        ("color-jitter=0:0:0:0.2", (0.0, 0.0, 0.0, 0.5), lambda x: tv.adjust_hue(x, 0.1)),
        ("blur=2", (0.0,), lambda x: tv.gaussian_blur(x, [13, 13], [1.0, 1.0])),
        ("rotation=30,flip=1", (0.5, 0.0), lambda x: tv.hflip(tv.rotate(x, 15, interpolation=BILINEAR))),
    ],
)  # fmt: skip
def test_a_step_does_what_torchvision_does(text: str, draw: tuple[float, ...], theirs) -> None:
    """Also of pictures that are no squares."""
    images = torch.rand(2, 3, 20, 28, generator=torch.Generator().manual_seed(1))
    assert torch.allclose(augment(images, text, pinned(*draw)), theirs(images), atol=1e-5)


def test_neighbours_sample_once_in_their_order() -> None:
    """Rotation then shear is one matrix; the other order another one. Of a smooth picture twice sampled is near."""
    torch.manual_seed(0)
    smooth = tv.gaussian_blur(torch.rand(2, 1, 40, 40), [21, 21], [4.0, 4.0])
    noise = pinned(0.5, 0.5)
    one, other = (augment(smooth, text, noise) for text in ("rotation=60,shear=40", "shear=40,rotation=60"))
    twice = tv.affine(tv.rotate(smooth, 30, interpolation=BILINEAR), 0, [0, 0], 1.0, [20, 0], interpolation=BILINEAR)
    inner = (..., slice(12, 28), slice(12, 28))
    assert torch.allclose(one[inner], twice[inner], atol=0.01)
    assert not torch.allclose(one[inner], other[inner], atol=0.01)


@pytest.mark.parametrize("channels", [1, 3])
def test_all_steps_together_give_pictures(channels: int) -> None:
    """Every step, grey and colour: finite, from 0 to 1, of the same shape, each picture another."""
    text = "color-jitter=0.4:0.4:0.4:0.1,rgb-jitter,blur,noise,erasing,rotation,scale,shear,flip,shift,random-crop"
    draws = parse(text).draws
    picture = torch.rand(1, channels, 17, 23).expand(30, -1, -1, -1)
    axes = torch.eye(channels) * 0.2
    changed = augment(picture, text, uniform(30, draws), axes)
    assert changed.shape == picture.shape
    assert 0 <= float(changed.min()) <= float(changed.max()) <= 1
    assert len({one.numpy().tobytes() for one in changed.contiguous()}) == 30


def test_a_picture_does_not_depend_on_its_batch() -> None:
    """Of its own row of noise alone: so the bench may show it alone."""
    text = "color-jitter,rgb-jitter,blur,noise,erasing,rotation,random-crop"
    draws = parse(text).draws
    images, noise, axes = torch.rand(8, 3, 16, 16), uniform(8, draws), torch.eye(3) * 0.2
    together = augment(images, text, noise, axes)
    alone = torch.cat([augment(images[i : i + 1], text, noise[i : i + 1], axes) for i in range(8)])
    assert torch.allclose(together, alone, atol=1e-6)


def test_flip_takes_its_share() -> None:
    """Of 10,000 pictures about 30% for 0.3."""
    images = torch.tensor([0.0, 1.0]).expand(10000, 1, 1, 2)
    share = augment(images, "flip=0.3", uniform(10000))[:, 0, 0, 0].mean()
    assert abs(float(share) - 0.3) < 0.02


def test_erasing_covers_its_share() -> None:
    """In the middle a square of a fifth of the area; half of the pictures for a probability of 0.5."""
    images = torch.rand(1, 1, 100, 100)
    changed = augment(images, "erasing=0.2", torch.zeros(1, NUMBERS)) != images
    assert abs(float(changed.float().mean()) - 0.2) < 0.01
    many = torch.rand(2000, 1, 9, 9)
    untouched = (augment(many, "erasing=0.5:0.4", uniform(2000)) == many).flatten(1).all(dim=1)
    assert abs(float(untouched.float().mean()) - 0.6) < 0.04


def test_grain_is_normal_and_each_pictures_own() -> None:
    """Mean 0, deviation 1; the same for the same draw, another for another."""
    images = torch.zeros(100, 3, 32, 32)
    noise = uniform(100)[:, 0]
    drawn = grain(images, noise)
    assert abs(float(drawn.mean())) < 0.02
    assert abs(float(drawn.std()) - 1) < 0.02
    assert torch.equal(drawn, grain(images, noise))
    assert len({one.numpy().tobytes() for one in drawn}) == 100


def test_uniform_becomes_normal() -> None:
    """By the quantiles of 100,000; the ends stay finite."""
    drawn = normal(uniform(100000)[:, 0])
    quantiles = torch.quantile(drawn, torch.tensor([0.1587, 0.5, 0.8413]))
    assert torch.allclose(quantiles, torch.tensor([-1.0, 0.0, 1.0]), atol=0.03)
    assert torch.isfinite(normal(torch.tensor([-1.0, 1.0]))).all()


def test_rgb_jitter_moves_along_the_axes() -> None:
    """All pixels of a picture by the same vector, whose spread is a tenth of the colours' own."""
    random = np.random.default_rng(0)
    grey = random.normal(128, 40, (200, 1, 8, 8))
    colors = np.clip(grey + random.normal(0, 5, (200, 3, 8, 8)), 0, 255).astype(np.uint8)
    axes = torch.from_numpy(color_axes(colors))
    assert torch.allclose(axes[0] / axes[0].norm(), torch.full((3,), 3**-0.5), atol=0.02)
    assert abs(float(axes[0].norm()) - 40 * 3**0.5 / 255) < 0.01
    moved = augment(torch.full((5000, 3, 2, 2), 0.5), "rgb-jitter=0.1", uniform(5000), axes) - 0.5
    assert torch.allclose(moved[:, :, 0, 0], moved[:, :, 1, 1])
    along = moved[:, :, 0, 0] @ axes[0] / axes[0].norm()
    assert abs(float(along.std()) - 0.1 * float(axes[0].norm())) < 0.001


def test_axes_are_those_of_the_covariance() -> None:
    """As NumPy's eigenvectors, in whatever order the pictures come; grey has one, its deviation."""
    pictures = np.random.default_rng(1).integers(0, 256, (50, 3, 6, 6), dtype=np.uint8)
    axes = color_axes(pictures).astype(np.float64)
    values = pictures.transpose(1, 0, 2, 3).reshape(3, -1) / 255
    assert np.allclose(axes.T @ axes, np.cov(values, bias=True), atol=1e-6)
    assert np.allclose(axes, color_axes(pictures[::-1].copy()), atol=1e-6)
    assert np.isclose(color_axes(pictures[:, :1])[0, 0], (pictures[:, :1] / 255).std(), atol=1e-6)


def test_a_whole_turn_of_the_wheel_changes_nothing() -> None:
    """And a third of it takes red to green."""
    images = torch.rand(4, 3, 5, 5)
    assert torch.allclose(hue(images, torch.ones(4, 1, 1, 1)), images, atol=1e-5)
    red = torch.tensor([1.0, 0.0, 0.0]).view(1, 3, 1, 1)
    assert torch.allclose(
        hue(red, torch.full((1, 1, 1, 1), 1 / 3))[0, :, 0, 0], torch.tensor([0.0, 1.0, 0.0]), atol=1e-5
    )

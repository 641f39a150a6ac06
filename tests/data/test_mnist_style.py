"""A user's picture as a data set's own: MNIST's recipe, traced by hand and held against MNIST itself."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from cnnviz.data.mnist_style import area_average, centre_like_mnist, for_dataset
from cnnviz.data.registry import DATASETS


def box(picture: np.ndarray) -> tuple[int, int, int, int]:
    """Top, bottom, left, right of what is not black, ends included."""
    ys, xs = np.nonzero(picture)
    return int(ys.min()), int(ys.max()), int(xs.min()), int(xs.max())


def mass(picture: np.ndarray) -> tuple[float, float]:
    """The centre of mass in pixel indices."""
    weights = picture.astype(float) / picture.sum(dtype=float)
    return float((weights.sum(axis=1) * np.arange(28)).sum()), float((weights.sum(axis=0) * np.arange(28)).sum())


def test_blank_stays_blank() -> None:
    """Nothing, and ink as faint as paper, gives zeros."""
    for level in (0, 12):
        framed = centre_like_mnist(np.full((280, 280), level, dtype=np.uint8))
        assert framed.shape == (28, 28)
        assert framed.dtype == np.uint8
        assert not framed.any()
    assert centre_like_mnist(np.full((280, 280), 13, dtype=np.uint8)).any()


def test_a_square_fills_the_box() -> None:
    """A white square anywhere becomes 20 x 20 white pixels with index 14 in the middle: 4.5 is rounded to 5."""
    ink = np.zeros((280, 280), dtype=np.uint8)
    ink[13:113, 150:250] = 255
    framed = centre_like_mnist(ink)
    assert box(framed) == (5, 24, 5, 24)
    assert (framed[5:25, 5:25] == 255).all()


def test_a_bar_keeps_its_proportions() -> None:
    """200 high and 30 wide becomes 20 x 3."""
    ink = np.zeros((280, 280), dtype=np.uint8)
    ink[40:240, 10:40] = 255
    assert box(centre_like_mnist(ink)) == (5, 24, 13, 15)


def test_a_hair_does_not_vanish() -> None:
    """A line one pixel wide, 200 long, is still a pixel wide."""
    ink = np.zeros((280, 280), dtype=np.uint8)
    ink[40:240, 10] = 255
    framed = centre_like_mnist(ink)
    assert framed[5:25, 14].tolist() == [255] * 20
    assert framed.sum(dtype=int) == 20 * 255


def test_a_dot_fills_the_box() -> None:
    """A single pixel is enlarged like anything else."""
    ink = np.zeros((28, 28), dtype=np.uint8)
    ink[0, 27] = 200
    assert (centre_like_mnist(ink)[5:25, 5:25] == 200).all()


def test_mass_not_box_is_centred() -> None:
    """A heavy foot pulls an L up: its centre of mass comes within half a pixel of index 14, the box does not."""
    ink = np.zeros((100, 100), dtype=np.uint8)
    ink[20:70, 30:35] = 255
    ink[60:80, 30:70] = 255
    framed = centre_like_mnist(ink)
    assert mass(framed) == (pytest.approx(14, abs=0.5), pytest.approx(14, abs=0.5))
    assert box(framed)[0] < 4


def test_the_box_stays_inside() -> None:
    """A mass far off the middle never pushes the box over the edge: it is clipped at 0 and 28."""
    ink = np.zeros((200, 200), dtype=np.uint8)
    ink[:20, :] = 255
    ink[:, 100] = 13
    framed = centre_like_mnist(ink)
    assert framed[8:28].any(axis=1).sum() == 20
    assert box(framed) == (8, 27, 5, 24)


def test_area_average_by_hand() -> None:
    """Three pixels to two: each output covers one and a half."""
    assert area_average(np.array([[30, 60, 90]], dtype=np.uint8), 1, 2).tolist() == [[40, 80]]
    assert area_average(np.array([[0, 255]], dtype=np.uint8), 2, 3).tolist() == [[0, 128, 255]] * 2
    assert area_average(np.array([[1, 2], [3, 5]], dtype=np.uint8), 1, 1).tolist() == [[3]]


def test_area_average_of_whole_factors_is_the_mean() -> None:
    """280 to 28 is the mean over squares of 10 x 10."""
    picture = np.random.default_rng(0).integers(0, 256, (280, 280), dtype=np.uint8)
    expected = np.floor(picture.reshape(28, 10, 28, 10).mean(axis=(1, 3)) + 0.5)
    assert np.abs(area_average(picture, 28, 28) - expected).max() == 0


def test_mnist_is_left_as_it_is(complete_data: object) -> None:
    """On MNIST's own test digits the recipe changes next to nothing: 9,991 of 10,000 keep their place and size.

    The mean change is 0.02 of 255 grey levels (faint ink outside the box); with the mass at 13.5 instead of index 14
    it would be 14.8.
    """
    digits = DATASETS["mnist"].load("test").images[:, 0]
    change = np.array([np.abs(digit.astype(int) - centre_like_mnist(digit)).mean() for digit in digits])
    assert change.mean() < 0.02
    assert (change < 0.2).sum() >= 9_991
    assert (change == 0).mean() > 0.93


def test_a_drawn_digit_becomes_an_mnist_digit(complete_data: object) -> None:
    """Digits enlarged tenfold, moved and put dark on paper come back as themselves."""
    for digit in DATASETS["mnist"].load("test").images[:100, 0]:
        drawn = np.full((340, 400), 255, dtype=np.uint8)
        drawn[30:310, 90:370] -= digit.repeat(10, axis=0).repeat(10, axis=1)
        framed = for_dataset(drawn, DATASETS["mnist"])
        assert framed.shape == (1, 28, 28)
        assert np.abs(framed[0].astype(int) - digit).mean() < 1


def test_digits_of_8x8_fill_the_picture() -> None:
    """The small digits keep their place and shape when framed again: nine of ten are the same to the last pixel."""
    spec = DATASETS["digits"]
    images = spec.load("train").images
    same = [
        np.array_equal(for_dataset(image[0].repeat(9, axis=0).repeat(9, axis=1), spec), image) for image in images[:300]
    ]
    assert np.mean(same) > 0.85


def test_clothes_fill_the_picture(complete_data: object) -> None:
    """A bag on white, in colour, becomes 28 wide, bright on black."""
    spec = DATASETS["fashion-mnist"]
    photo = np.full((300, 420, 3), 250, dtype=np.uint8)
    photo[100:200, 60:340] = (40, 60, 90)
    framed = for_dataset(photo, spec)
    assert framed.shape == (1, 28, 28)
    assert box(framed[0]) == (9, 18, 0, 27)


def test_colour_nets_get_the_middle_square() -> None:
    """Three channels: the middle square, resized, colours kept."""
    spec = dataclasses.replace(DATASETS["cifar10"], image_size=(3, 4, 4))
    photo = np.zeros((8, 16, 3), dtype=np.uint8)
    photo[:, 2:14] = (10, 20, 70)
    photo[:4, 2:14] = (90, 20, 70)
    assert for_dataset(photo, spec).shape == (3, 4, 4)
    assert for_dataset(photo, spec)[:, 3, 0].tolist() == [10, 20, 70]
    assert for_dataset(photo[:, :, 0], spec)[2, 3].tolist() == [10] * 4

"""Maps become pictures whose colours mean the same everywhere, and whose pixels stay crisp."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from PIL import Image

from cnnviz.figures.maps import Limits, data_uri, enlarge, grey, limits, paint, png, row, zoom_for
from cnnviz.figures.theme import BACKGROUND, diverging, sequential


def hexes(picture: np.ndarray) -> list[str]:
    return ["#{:02X}{:02X}{:02X}".format(*pixel) for pixel in picture.reshape(-1, 3)]


def test_signed_values_are_symmetric_around_zero() -> None:
    """A scale with a negative value reaches as far up as down."""
    assert limits(np.array([-2.0, 0.5, 1.0])) == Limits(-2.0, 2.0, signed=True)
    assert limits(np.array([-1.0, 3.0])) == Limits(-3.0, 3.0, signed=True)


def test_values_that_are_never_negative_start_at_zero() -> None:
    """After a ReLU the scale goes from zero to the largest value."""
    assert limits(np.array([0.0, 4.0])) == Limits(0.0, 4.0, signed=False)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_ends_and_middle_have_the_scales_own_colours(theme: str) -> None:
    """The lowest value, zero and the highest are painted with the first, middle and last stop."""
    signed = np.array([[-2.0, 0.0, 2.0]])
    painted = hexes(paint(signed, limits(signed), theme))
    assert (painted[0], painted[2]) == (diverging(theme)[0], diverging(theme)[4])
    middle = np.array([int(diverging(theme)[2][i : i + 2], 16) for i in (1, 3, 5)])
    np.testing.assert_allclose(paint(signed, limits(signed), theme)[0, 1], middle, atol=2)
    positive = np.array([[0.0, 3.0]])
    assert hexes(paint(positive, limits(positive), theme)) == [sequential(theme)[0], sequential(theme)[4]]


@pytest.mark.parametrize(
    "values", [np.zeros((2, 2)), np.full((2, 2), np.nan), np.array([[np.inf, 1.0]]), np.empty((0, 2))]
)
def test_flat_and_broken_maps_are_painted(values: np.ndarray) -> None:
    """A map of zeros, of no numbers, or none at all divides by nothing and warns of nothing."""
    painted = paint(values, limits(values), "light")
    assert painted.shape == (*values.shape, 3)
    assert painted.dtype == np.uint8


def test_enlarging_repeats_pixels() -> None:
    """Four times as large is each pixel sixteen times, no colour in between."""
    picture = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    large = enlarge(picture, 4)
    assert large.shape == (8, 8, 3)
    assert (large[:4, 4:] == picture[0, 1]).all()


def test_row_separates_with_the_page() -> None:
    """Channels stand side by side with one pixel of the background between them."""
    line = row(np.zeros((3, 5, 5, 3), np.uint8), "light")
    assert line.shape == (5, 17, 3)
    assert hexes(line[:1, 5:6]) == [BACKGROUND["light"]]
    assert not line[:, 6:11].any()


def test_zoom_is_whole_and_at_least_one() -> None:
    """28 pixels fit five times in 140; what is larger than the room is not made smaller."""
    assert zoom_for(28, 28, 140) == 5
    assert zoom_for(10, 10, 112) == 11
    assert zoom_for(300, 200, 140) == 1


def test_png_carries_the_picture() -> None:
    """What was painted comes out of the PNG, byte for byte, also as a link."""
    picture = np.random.default_rng(0).integers(0, 256, (6, 4, 3)).astype(np.uint8)
    with Image.open(io.BytesIO(png(picture))) as image:
        np.testing.assert_array_equal(np.asarray(image), picture)
    head, body = data_uri(picture).split(",")
    assert head == "data:image/png;base64"
    assert base64.b64decode(body) == png(picture)


def test_grey_repeats_one_channel() -> None:
    """(1, h, w) becomes (h, w, 3) of equal channels; three channels stay what they are."""
    one = np.arange(6, dtype=np.uint8).reshape(1, 2, 3)
    assert (grey(one) == one[0][:, :, None]).all()
    three = np.arange(18, dtype=np.uint8).reshape(3, 2, 3)
    np.testing.assert_array_equal(grey(three), three.transpose(1, 2, 0))

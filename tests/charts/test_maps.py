"""Maps become pictures whose colours mean the same everywhere."""

from __future__ import annotations

import numpy as np
import pytest

from cnnviz.charts.maps import Limits, limits, paint
from cnnviz.charts.theme import diverging, sequential


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

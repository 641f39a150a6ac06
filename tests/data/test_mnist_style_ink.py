"""Ink is found on any paper, in any light."""

from __future__ import annotations

import numpy as np
import pytest

from cnnviz.data.mnist_style import as_ink


def cross(paper: float, ink: float, side: int = 40) -> np.ndarray:
    """A plus sign in the middle of a sheet."""
    sheet = np.full((side, side), paper)
    sheet[side // 2 - 2 : side // 2 + 2, side // 4 : -side // 4] = ink
    sheet[side // 4 : -side // 4, side // 2 - 2 : side // 2 + 2] = ink
    return sheet


@pytest.mark.parametrize(("paper", "ink"), [(255, 0), (0, 255), (230, 60), (40, 90), (110, 20), (140, 250)])
def test_ink_is_bright_whatever_its_colour(paper: int, ink: int) -> None:
    """Pen on paper, chalk on a board, grey on grey: ink 255, paper 0."""
    found = as_ink(cross(paper, ink).astype(np.uint8))
    assert np.array_equal(found, (cross(0, 255)).astype(np.uint8))


def test_colour_counts_by_its_lightness() -> None:
    """Blue ink on yellow paper is ink."""
    sheet = np.empty((40, 40, 3), dtype=np.uint8)
    sheet[...] = (250, 240, 120)
    sheet[cross(0, 1) == 1] = (20, 30, 160)
    assert np.array_equal(as_ink(sheet) == 255, cross(0, 1) == 1)


def test_an_empty_sheet_has_no_ink() -> None:
    """A plain or a noisy empty sheet, of any grey, gives zeros."""
    for paper in (0, 128, 255):
        assert not as_ink(np.full((40, 40), paper, dtype=np.uint8)).any()
    noise = np.random.default_rng(0).normal(200, 3, (200, 200)).clip(0, 255).astype(np.uint8)
    assert not as_ink(noise).any()


def test_light_from_one_side_and_noise_are_no_ink() -> None:
    """A photo darker on one side by 80 levels, with noise: paper 0, and the strokes where they were."""
    side = 200
    shade = 150 + 80 * np.linspace(0, 1, side)[None, :] * np.ones((side, 1))
    strokes = cross(0, 1, side) == 1
    photo = shade * np.where(strokes, 0.3, 1.0) + np.random.default_rng(0).normal(0, 4, (side, side))
    found = as_ink(photo.clip(0, 255).astype(np.uint8))
    grown = strokes.copy()
    for axis in (0, 1):  # smoothing spreads ink by a pixel
        grown |= np.roll(grown, 1, axis) | np.roll(grown, -1, axis)
    assert not found[~grown].any()
    assert (found[strokes] > 90).mean() > 0.95


def test_ink_over_the_edge_is_still_ink() -> None:
    """A line right across the sheet does not become paper."""
    sheet = np.full((60, 60), 255, dtype=np.uint8)
    sheet[25:35, :] = 0
    assert np.array_equal(as_ink(sheet) == 255, sheet == 0)


@pytest.mark.parametrize(
    ("paper", "ink"),
    [
        ((0, 102, 0), (200, 0, 0)),  # of one lightness: luma 60
        ((255, 255, 255), (255, 255, 0)),  # which a grey picture hardly shows
        ((20, 40, 120), (255, 255, 0)),
        ((255, 200, 200), (0, 0, 200)),
    ],
)
def test_a_coloured_pen_on_coloured_paper(paper: tuple[int, int, int], ink: tuple[int, int, int]) -> None:
    """What differs in colour is ink, also where it is as light as the paper."""
    sheet = np.empty((40, 40, 3), dtype=np.uint8)
    sheet[...] = paper
    sheet[cross(0, 1) == 1] = ink
    assert np.array_equal(as_ink(sheet), (cross(0, 255)).astype(np.uint8))


@pytest.mark.parametrize(("paper", "ink"), [(0, 255), (255, 0)])
def test_a_thing_that_covers_most_of_the_edge(paper: int, ink: int) -> None:
    """A bag that fills the picture: purely black or white paper is found within."""
    sheet = np.full((40, 40), paper, dtype=np.uint8)
    sheet[:, :6] = sheet[:, -6:] = sheet[:6, :30] = ink
    assert np.array_equal(as_ink(sheet) == 255, sheet == ink)


def test_noise_alone_is_no_ink() -> None:
    """Small sheets are not averaged, so that single pixels stand out further; still nothing is written on them."""
    chance = np.random.default_rng(0)
    for shape in ((28, 28), (100, 100), (100, 100, 3), (300, 300)):
        for _again in range(5):
            assert not as_ink(chance.normal(128, 9, shape).clip(0, 255).astype(np.uint8)).any()

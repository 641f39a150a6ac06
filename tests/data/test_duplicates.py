"""Duplicates: pictures of both halves, byte for byte."""

from __future__ import annotations

import numpy as np

from cnnviz.data.duplicates import Duplicate, in_both_halves
from cnnviz.data.registry import DATASETS


def test_the_same_picture_in_both_halves() -> None:
    """By its place in each, the first one where it lies there twice; one other pixel is another picture."""
    pictures = np.random.default_rng(0).integers(0, 256, (6, 3, 4, 4), np.uint8)
    train = np.concatenate([pictures, pictures[2:3]])
    other = pictures[5:6].copy()
    other[0, 0, 0, 0] ^= 1
    test = np.concatenate([other, pictures[2:3], pictures[0:1]])
    assert in_both_halves(train, test) == [Duplicate(2, 1), Duplicate(0, 2)]
    assert in_both_halves(train, test[:0]) == []


def test_what_a_transposed_view_holds_counts() -> None:
    """Not how it lies in memory."""
    pictures = np.arange(32, dtype=np.uint8).reshape(2, 1, 4, 4)
    view = np.ascontiguousarray(pictures.transpose(0, 1, 3, 2)).transpose(0, 1, 3, 2)
    assert in_both_halves(pictures, view) == [Duplicate(0, 0), Duplicate(1, 1)]


def test_digits_have_none() -> None:
    """What the page says of the set that comes with the app."""
    digits = DATASETS["digits"]
    assert in_both_halves(digits.load("train").images, digits.load("test").images) == []

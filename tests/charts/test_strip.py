"""The strip's picture: every layer in its own square, in colours that mean the same as everywhere."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from PIL import Image

from cnnviz.charts.maps import limits, paint
from cnnviz.charts.strip import COLUMNS, SIDE, square, strip_uri


def squares(uri: str, count: int) -> list[np.ndarray]:
    with Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2]))) as image:
        sheet = np.asarray(image.convert("RGB"))
    places = [divmod(number, COLUMNS) for number in range(count)]
    return [sheet[row * SIDE : (row + 1) * SIDE, column * SIDE : (column + 1) * SIDE] for row, column in places]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_map_is_in_its_square(theme: str) -> None:
    """Signed maps and others, over several rows of the picture, painted as a sheet would paint them."""
    chance = np.random.default_rng(0)
    maps = [chance.normal(size=(20, 20)) if number % 2 else chance.random((8, 5)) for number in range(30)]
    for found, values in zip(squares(strip_uri(maps, theme), 30), maps, strict=True):
        rows, columns = (np.arange(SIDE) * side // SIDE for side in values.shape)
        expected = paint(values, limits(values), theme)[np.ix_(rows, columns)]
        assert np.abs(found.astype(int) - expected).max() <= 6  # half as many colours


def test_bars_are_as_long_as_their_values() -> None:
    """Ten values, signed: zero is in the middle, the largest magnitude reaches the edge."""
    values = np.array([1.0, -1.0, 0.5, 0.0, 0, 0, 0, 0, 0, -0.25])
    shown = square(values)
    ground = shown[0, 12]
    inked = [(shown[:, 4 * number] != ground).sum() for number in range(10)]
    assert inked == [20, 20, 10, 0, 0, 0, 0, 0, 0, 5]
    assert (shown[:20, 0] != ground).all()
    assert (shown[20:, 4] != ground).all()
    assert shown[5, 0] != shown[30, 4]


def test_more_values_than_pixels() -> None:
    """Of a thousand the largest of each few is a bar: one strong answer among them is seen."""
    values = np.zeros(1000)
    values[517] = 3.0
    assert (square(values)[:, 517 * SIDE // 1000] != square(values)[0, 0]).all()


@pytest.mark.parametrize("values", [np.zeros((3, 3)), np.full(7, np.nan), np.zeros(1)])
def test_nothing_at_all_is_no_error(values: np.ndarray) -> None:
    """What is zero everywhere, or no number, is painted as zero."""
    assert len(np.unique(square(values))) == 1

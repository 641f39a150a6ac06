"""Pictures of a batch: each in its class's colour, in order, as many in a line as can be told apart."""

from __future__ import annotations

import numpy as np
import pytest

from cnnviz.charts.batches import batch_picture, class_colors, columns_of
from cnnviz.charts.theme import BACKGROUND


def color(text: str) -> list[int]:
    return [int(text[i : i + 2], 16) for i in (1, 3, 5)]


def test_pictures_in_frames_of_their_classes() -> None:
    """Row by row; what is inside is the picture; what is left over is the page's background."""
    random = np.random.default_rng(0)
    pictures = random.integers(0, 256, (5, 1, 28, 28), dtype=np.uint8)
    colors = class_colors(3, "light")
    whole = batch_picture(pictures, np.array([0, 1, 2, 1, 0]), colors, 3, "light")
    step = 28 + 2 * 2 + 2
    assert whole.shape == (2 * step - 2, 3 * step - 2, 3)
    for index, label in enumerate((0, 1, 2, 1, 0)):
        y, x = divmod(index, 3)
        tile = whole[y * step : y * step + 32, x * step : x * step + 32]
        assert tile[0, 0].tolist() == tile[31, 31].tolist() == color(colors[label])
        assert np.array_equal(tile[2:-2, 2:-2, 1], pictures[index, 0])
    assert whole[-1, -1].tolist() == color(BACKGROUND["light"])


def test_small_pictures_are_enlarged_and_large_ones_shrunk() -> None:
    """So that a frame is no half of a picture, and no more is sent than is seen."""
    colors = class_colors(1, "dark")
    assert batch_picture(np.zeros((1, 1, 8, 8), np.uint8), np.zeros(1, int), colors, 1, "dark").shape[0] == 8 * 3 + 4
    assert batch_picture(np.zeros((1, 3, 224, 224), np.uint8), np.zeros(1, int), colors, 1, "dark").shape[0] == 32 + 4


@pytest.mark.parametrize(("size", "columns"), [(1, 10), (12, 12), (32, 16), (33, 32), (128, 32), (512, 64)])
def test_columns(size: int, columns: int) -> None:
    """Few lines for each batch, at most eight."""
    assert columns_of(size) == columns
    assert -(-size // columns) <= 8


def test_more_classes_than_colours() -> None:
    """They come again."""
    colors = class_colors(26, "light")
    assert len(colors) == 26
    assert colors[:3] == colors[10:13]

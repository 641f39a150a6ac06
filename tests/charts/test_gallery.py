"""Many pictures as one: every pixel where it belongs."""

from __future__ import annotations

import base64
import io

import numpy as np
from PIL import Image

from cnnviz.charts.gallery import channels_last, data_uri, enlarge, enlargement, grid, rgb, zoom_for


def test_enlarging_keeps_pixels_square_and_sharp() -> None:
    """2 x 2 to 4 x 4, no value that was not there before."""
    assert enlarge(np.array([[1, 2], [3, 4]], dtype=np.uint8), 2).tolist() == [
        [1, 1, 2, 2],
        [1, 1, 2, 2],
        [3, 3, 4, 4],
        [3, 3, 4, 4],
    ]


def test_whole_enlargements_reach_the_size_wanted() -> None:
    """28 x 4 = 112, 8 x 12 = 96; large pictures stay as they are."""
    assert [enlargement(side) for side in (28, 8, 96, 97, 224)] == [4, 12, 1, 1, 1]


def test_zoom_is_whole_and_at_least_one() -> None:
    """28 pixels fit five times in 140; what is larger than the room is not made smaller."""
    assert zoom_for(28, 28, 140) == 5
    assert zoom_for(10, 10, 112) == 11
    assert zoom_for(300, 200, 140) == 1


def test_rgb_repeats_one_channel() -> None:
    """(1, h, w) becomes (h, w, 3) of equal channels; three channels stay what they are."""
    one = np.arange(6, dtype=np.uint8).reshape(1, 2, 3)
    assert (rgb(one) == one[0][:, :, None]).all()
    three = np.arange(18, dtype=np.uint8).reshape(3, 2, 3)
    np.testing.assert_array_equal(rgb(three), three.transpose(1, 2, 0))


def test_grid_places_pictures_row_by_row() -> None:
    """Three 1 x 1 pictures in two columns with a gap of one: 3 x 3, the fourth place left as background."""
    pictures = np.array([[[10]], [[20]], [[30]]], dtype=np.uint8)
    whole = grid(pictures, columns=2, gap=1, background="#010203")
    assert whole.shape == (3, 3, 3)
    paper = [1, 2, 3]
    assert whole.tolist() == [[[10] * 3, paper, [20] * 3], [paper, paper, paper], [[30] * 3, paper, paper]]


def test_grid_of_colour_enlarged() -> None:
    """Colour pictures of 2 x 3, twice as large: 4 high, 6 + 4 + 6 wide, colours kept."""
    pictures = np.zeros((2, 2, 3, 3), dtype=np.uint8)
    pictures[1] = (9, 8, 7)
    whole = grid(pictures, columns=5, factor=2)
    assert whole.shape == (4, 16, 3)
    assert whole[3, 15].tolist() == [9, 8, 7]
    assert whole[0, 7].tolist() == [0, 0, 0]


def test_channels_last() -> None:
    """One channel loses its axis, three move to the end."""
    assert channels_last(np.zeros((5, 1, 8, 9), dtype=np.uint8)).shape == (5, 8, 9)
    assert channels_last(np.zeros((5, 3, 8, 9), dtype=np.uint8)).shape == (5, 8, 9, 3)


def test_data_uri_is_the_picture() -> None:
    """What the browser decodes is what was put in."""
    picture = np.random.default_rng(0).integers(0, 256, (5, 7, 3), dtype=np.uint8)
    head, packed = data_uri(picture).split(",")
    assert head == "data:image/png;base64"
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(base64.b64decode(packed)))), picture)

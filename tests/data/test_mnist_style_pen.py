"""A drawing with a thin pen is read like one with a thick one; what is thick enough is left as it is."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from cnnviz.base import paths
from cnnviz.data.mnist_style import for_dataset, stroke_width, with_pen
from cnnviz.data.registry import DATASETS
from cnnviz.engine.checkpoint import load
from cnnviz.engine.evaluate import predict

STROKES = {  # of each digit, in a square of side 1
    2: [[(0.1, 0.25), (0.3, 0.03), (0.65, 0.03), (0.85, 0.25), (0.75, 0.5), (0.1, 0.97), (0.9, 0.97)]],
    3: [[(0.2, 0.1), (0.5, 0), (0.8, 0.2), (0.45, 0.48), (0.8, 0.58), (0.85, 0.85), (0.5, 1), (0.15, 0.9)]],
    4: [[(0.2, 0), (0.1, 0.6), (0.9, 0.6)], [(0.65, 0.2), (0.6, 1)]],
    5: [[(0.85, 0), (0.25, 0.02), (0.2, 0.45), (0.6, 0.42), (0.85, 0.65), (0.7, 0.92), (0.15, 0.97)]],
    7: [[(0.1, 0.05), (0.9, 0.05), (0.4, 1)]],
}


def written(digit: int, height: int, pen: int) -> NDArray[np.uint8]:
    """Black on a white sheet twice as high."""
    sheet = Image.new("L", (2 * height, 2 * height), 255)
    draw = ImageDraw.Draw(sheet)
    for stroke in STROKES[digit]:
        line = [(height * (0.5 + 0.8 * x), height * (0.5 + y)) for x, y in stroke]
        draw.line(line, fill=0, width=pen, joint="curve")
    return np.asarray(sheet)


@pytest.mark.parametrize(
    ("height", "pen"),
    [
        (420, 1),
        (420, 2),
        (420, 3),
        (420, 6),
        (420, 12),
        (420, 30),
        (420, 60),
        (120, 1),
        (120, 4),
        (60, 1),
        pytest.param(700, 1, marks=pytest.mark.slow),
    ],
)
def test_the_shipped_network_reads_any_pen(height: int, pen: int) -> None:
    """From a hair, 1/700 of the digit's height, to a marker of a seventh: the digits that were written."""
    model, card = load(paths.shipped_checkpoints() / "lenet5-mnist")
    model.eval()
    shown = (for_dataset(written(digit, height, pen), DATASETS["mnist"]) for digit in STROKES)
    assert [int(predict(model, card, picture).argmax()) for picture in shown] == list(STROKES)


def test_stroke_width() -> None:
    """Of long bars their width, of a blank sheet none."""
    for width in (1, 4, 10):
        ink = np.zeros((200, 200), np.uint8)
        ink[10:190, 50 : 50 + width] = 255
        assert stroke_width(ink) == pytest.approx(4 / np.pi * width, rel=0.07)
    assert stroke_width(np.zeros((9, 9), np.uint8)) == 0


def test_what_is_thick_enough_is_left() -> None:
    """The very same array; a blank sheet, too."""
    for ink in (255 - written(4, 200, 20), np.zeros((50, 50), np.uint8)):
        assert with_pen(ink, 20, 2.7) is ink


def test_a_hair_becomes_a_stroke() -> None:
    """As wide as the data set's pen, once the longer side is 20 pixels."""
    ink = with_pen(255 - written(7, 400, 2), 20, 2.7)
    assert stroke_width(ink) * 20 / max(ink.shape) == pytest.approx(2.7, rel=0.25)


@pytest.mark.complete
def test_mnist_itself_is_written_thickly_enough(complete_data: object) -> None:
    """Of its first 2,000 test digits, enlarged, at most 1 in 200 is thin enough to be written over."""
    digits = DATASETS["mnist"].load("test").images[:2000, 0]
    thin = sum(with_pen(digit, 20, 2.7) is not digit for digit in digits)
    assert thin <= 10

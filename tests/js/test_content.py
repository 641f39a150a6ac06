"""What lies on the convolution stage, by the browser's own modules in Node: pixels and kernels against NumPy."""

from __future__ import annotations

import base64
import math
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from cnnviz.base.paths import shipped_checkpoints
from cnnviz.engine.card import load_arrays
from cnnviz.ui.convolution.content import content
from tests.js.node import call

NETWORK = "lenet5-mnist"
CONTENT = "convolution/component/content/content.js"
DEFAULTS = {
    "mode": "conv",
    "flat": False,
    "input": "numbers",
    "pick": 1,
    "channels": 1,
    "kernel": "random",
    "filter": 1,
    "flip": False,
    "pixels": None,
    "weights": None,
}

SOBEL = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
TEXTBOOK = {
    "identity": np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]]),
    "blur": np.full((3, 3), 1 / 9),
    "sharpen": np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
    "sobel-x": SOBEL,
    "sobel-y": SOBEL.T,
    "laplacian": np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]]),
    "emboss": np.array([[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]),
}


@cache
def sent() -> dict[str, Any]:
    """What the server sends, without the photos: only a browser can decode them."""
    return {**content(), "photos": []}


SIZES = [(1, 1), (1, 3), (3, 1), (2, 2), (4, 4), (5, 5), (1, 7), (7, 2), (11, 11)]


def pixels(size: tuple[int, int], **setting: Any) -> NDArray[np.float64]:
    """(channels, h, w) of a setting."""
    return _planes("pixelsOf", size, setting)


def weights(size: tuple[int, int], **setting: Any) -> NDArray[np.float64]:
    """(channels, kh, kw) of a setting."""
    return _planes("weightsOf", size, setting)


def _planes(name: str, size: tuple[int, int], setting: dict[str, Any]) -> NDArray[np.float64]:
    return _many(name, size, [setting])[0]


def _many(name: str, size: tuple[int, int], settings: list[dict[str, Any]]) -> list[NDArray[np.float64]]:
    """The same of several settings, at the price of one start of Node."""
    body = f"""const [content, settings, size] = given;
        const library = m.createLibrary(content);
        return settings.map((s) => m.{name}(s, library, size).map((one) => [...one]));"""
    served = {one.get("input") for one in settings} | {one.get("kernel") for one in settings}
    needed = sent() if served & {"digit", NETWORK} else {}
    found = call(CONTENT, body, [needed, [DEFAULTS | one for one in settings], size])
    return [np.array(one).reshape(-1, *size) for one in found]


def hashed(row: int, column: int, stream: int) -> int:
    """The number that row, column and stream decide, as it was before there were seeds and channels."""

    def mul(a: int, b: int) -> int:
        return (a * b) & 0xFFFFFFFF

    h = mul(row + 1, 0x9E3779B1) ^ mul(column + 1, 0x85EBCA6B) ^ mul(stream + 3, 0xC2B2AE35)
    h = mul(h ^ (h >> 15), 0x2C1B3C6D)
    h = mul(h ^ (h >> 12), 0x297A2D39)
    return h ^ (h >> 15)


def area_average(picture: NDArray[Any], size: tuple[int, int]) -> NDArray[np.float64]:
    """The mean of exactly the area that each of `size` pixels covers."""

    def shares(length: int, cells: int) -> NDArray[np.float64]:
        edges = np.arange(cells + 1)[:, None] * length / cells
        covered = np.clip(edges[1:], np.arange(length), np.arange(length) + 1)
        covered -= np.clip(edges[:-1], np.arange(length), np.arange(length) + 1)
        return covered / (length / cells)

    height, width = picture.shape
    return shares(height, size[0]) @ picture @ shares(width, size[1]).T


def test_the_numbers_of_the_lesson_stay() -> None:
    """The first numbers and weights are those of every picture made before; other seeds and channels give others."""
    expected = [[hashed(y, x, 1) % 6 for x in range(9)] for y in range(7)]
    assert pixels((7, 9))[0].tolist() == expected
    assert weights((3, 5))[0].tolist() == [[hashed(y, x, 2) % 4 - 1 for x in range(5)] for y in range(3)]
    rgb = pixels((7, 9), channels=3)
    assert rgb[0].tolist() == expected
    assert len({each.tobytes() for each in [*rgb, pixels((7, 9), pick=2)[0]]}) == 4
    assert len({each.tobytes() for each in [*weights((3, 3), channels=3), *weights((3, 3), filter=2)]}) == 4


def test_pixels_stay_when_the_input_grows() -> None:
    """A larger input has the same numbers at the same places."""
    assert (pixels((20, 30))[0, :6, :6] == pixels((6, 6))[0]).all()


@pytest.mark.parametrize("size", [(28, 28), (7, 7), (12, 20), (40, 40)])
def test_a_digit_is_averaged_by_area(size: tuple[int, int]) -> None:
    """At 28 x 28 a digit is the data set's own bytes, at other sizes the mean of what each pixel covers."""
    seven = np.frombuffer(base64.b64decode(sent()["digits"]["pixels"]), np.uint8).reshape(10, 28, 28)[7]
    found = pixels(size, input="digit", pick=8)[0]
    fine = np.kron(seven, np.ones((10, 1)))  # so that the middle of another shape ends between two rows
    cut = round(28 * 10 * (1 - size[0] / size[1]) / 2)  # rows above and below
    assert np.abs(found - area_average(fine[cut : len(fine) - cut], size)).max() <= 0.5 + 1e-6
    assert size != (28, 28) or (found == seven).all()


def test_typed_numbers_keep_their_places() -> None:
    """Typed rows stay in rows: a larger input has zeros beside them, a smaller one cuts them off."""
    typed = [[[1, 2, 3], [4, 5, 6]]]
    setting = {"input": "typed", "pixels": typed}
    assert pixels((2, 3), **setting).tolist() == typed
    assert pixels((3, 4), **setting)[0].tolist() == [[1, 2, 3, 0], [4, 5, 6, 0], [0, 0, 0, 0]]
    assert pixels((1, 2), **setting)[0].tolist() == [[1, 2]]
    assert (pixels((2, 3), channels=3, **setting) == np.array(typed)).all()


def test_signals() -> None:
    """A tone repeats after its period, a step is 0 and then 8, a chirp begins slow; all are small whole numbers."""
    flat = {"flat": True}
    tone = pixels((1, 40), input="tone", **flat)[0, 0]
    assert (tone[8:] == tone[:-8]).all()
    assert tone[:5].tolist() == [0, 6, 8, 6, 0]
    assert pixels((1, 10), input="step", **flat)[0, 0].tolist() == [0] * 5 + [8] * 5
    chirp = pixels((1, 64), input="chirp", **flat)[0, 0]
    crossings = np.flatnonzero(np.diff(np.sign(chirp)))
    assert (crossings < 32).sum() < (crossings >= 32).sum()
    for name in ("numbers", "tone", "step", "chirp", "noise"):
        found = pixels((1, 64), input=name, **flat)
        assert (found == np.round(found)).all()
        assert np.abs(found).max() <= 8


@pytest.mark.parametrize("name", TEXTBOOK)
def test_kernels_are_the_textbooks(name: str) -> None:
    """At 3 x 3 every named kernel has the weights of the textbooks, the same in all three channels."""
    found = weights((3, 3), kernel=name, channels=3)
    assert np.allclose(found, TEXTBOOK[name], atol=1e-15)


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_kernels_of_any_size_mean_the_same(size: tuple[int, int]) -> None:
    """At any size blur, sharpen and emboss keep even areas, Laplacian and Sobel answer them with 0."""
    found = _many("weightsOf", size, [{"kernel": name} for name in TEXTBOOK])
    total = {name: one.sum() for name, one in zip(TEXTBOOK, found, strict=True)}
    for name in ("identity", "blur", "sharpen", "emboss"):
        assert math.isclose(total[name], 1, abs_tol=1e-12), name
    assert total["laplacian"] == 0
    if size[1] > 1:
        assert total["sobel-x"] == 0
    if size[0] > 1:
        assert total["sobel-y"] == 0


def test_larger_sobel_kernels() -> None:
    """Sobel is a smoothing across and a difference along, at 5 x 5 as OpenCV has it; 1 x 3 is the factor itself."""
    smooth, slope = np.array([1, 4, 6, 4, 1]), np.array([-1, -2, 0, 2, 1])
    assert (weights((5, 5), kernel="sobel-x")[0] == np.outer(smooth, slope)).all()
    assert (weights((5, 5), kernel="sobel-y")[0] == np.outer(slope, smooth)).all()
    assert weights((1, 3), kernel="sobel-x")[0].tolist() == [[-1, 0, 1]]
    assert weights((3, 1), kernel="sobel-x")[0].tolist() == [[1], [2], [1]]


def test_a_networks_filter() -> None:
    """A shipped network's filters are the file's own numbers, cut or filled with zeros around their middle."""
    filters = load_arrays(shipped_checkpoints() / NETWORK)["conv1.weight"].astype(float)  # (6, 1, 5, 5)
    setting = {"kernel": NETWORK, "filter": 4}
    assert (weights((5, 5), **setting)[0] == filters[3, 0]).all()
    assert (weights((3, 3), **setting)[0] == filters[3, 0, 1:4, 1:4]).all()
    assert (weights((7, 5), **setting)[0] == np.pad(filters[3, 0], ((1, 1), (0, 0)))).all()


def test_typed_weights_stay_around_the_middle() -> None:
    """Edited weights keep their place in the kernel when its size changes."""
    setting = {"kernel": "typed", "weights": [[[1, 2, 3], [4, 5, 6], [7, 8, 9]]]}
    assert weights((5, 5), **setting)[0, 1:4, 1:4].tolist() == setting["weights"][0]
    assert weights((1, 3), **setting)[0].tolist() == [[4, 5, 6]]
    assert weights((1, 1), **setting)[0].tolist() == [[5]]


def test_flipped_is_turned_by_half() -> None:
    """True convolution reverses both axes of the kernel."""
    plain = weights((3, 4), channels=3)
    assert (weights((3, 4), channels=3, flip=True) == plain[:, ::-1, ::-1]).all()


def test_same_question_same_arrays() -> None:
    """Arrays are made again only when something they depend on has changed."""
    body = """const [content, s] = given;
        const library = m.createLibrary(content);
        return [
            m.pixelsOf(s, library, [9, 9]) === m.pixelsOf({ ...s, kernel: "blur", bias: 3 }, library, [9, 9]),
            m.weightsOf(s, library, [3, 3]) === m.weightsOf({ ...s, input: "noise" }, library, [3, 3]),
            m.pixelsOf(s, library, [9, 9]) === m.pixelsOf(s, library, [9, 8]),
        ];"""
    assert call(CONTENT, body, [{}, DEFAULTS]) == [True, True, False]

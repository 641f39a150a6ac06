"""The padded row shows what is padding, and where each window starts."""

from __future__ import annotations

from xml.etree import ElementTree

from cnnviz.charts.padding_strip import Strip, strip_svg
from cnnviz.charts.theme import palette

COLORS = palette("light")


def drawn(strip: Strip, left: int, right: int) -> tuple[list[float], list[float], str]:
    """Where padding pixels and pixels lie, in pixels, and the path of the windows."""
    tree = ElementTree.fromstring(strip_svg(strip, left, right, COLORS))
    groups = [element for element in tree.iter() if element.tag.endswith("}g")]
    places = [[(float(rect.attrib["x"]) - 1.5) / 20 + left for rect in group] for group in groups]  # 20 a pixel
    path = next((element.attrib["d"] for element in tree.iter() if element.tag.endswith("path")), "")
    return places[0] + places[1], places[2], path


def test_padding_stands_around_the_pixels() -> None:
    """One in front, two behind, five between; on a wider paper they keep their places."""
    padding, pixels, _path = drawn(Strip(1, 5, 2, 3, 2, 3), -3, 9)
    assert padding == [-1, 5, 6]
    assert pixels == [0, 1, 2, 3, 4]


def test_each_window_has_its_mark() -> None:
    """A bracket for the first, a mark for every later one."""
    strip = Strip(1, 5, 1, 3, 2, 3)
    assert strip.starts == [-1, 1, 3]
    assert drawn(strip, -1, 6)[2].count("M") == 3


def test_a_window_over_the_edge_has_room() -> None:
    """Ceil mode: the last of 3 windows of 2 ends behind 5 pixels."""
    strip = Strip(0, 5, 0, 2, 2, 3)
    assert (strip.left, strip.right) == (0, 6)


def test_no_window_no_mark() -> None:
    """A kernel that does not fit leaves the row alone."""
    assert drawn(Strip(0, 2, 0, 5, 1, -2), 0, 2)[2] == ""


def test_wide_rows_stay_on_the_page() -> None:
    """64 pixels with 33 of padding: narrower pixels, the same height."""
    tree = ElementTree.fromstring(strip_svg(Strip(16, 64, 17, 41, 8, 8), -16, 81, COLORS))
    assert float(tree.attrib["width"]) <= 620
    assert tree.attrib["height"] == "34"

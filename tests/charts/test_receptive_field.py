"""The funnel shows the receptive field that the arithmetic gives."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from cnnviz.arithmetic.conv import ConvSpec
from cnnviz.arithmetic.receptive_field import receptive_field
from cnnviz.charts.receptive_field import Layer, receptive_field_svg, rows
from cnnviz.charts.theme import palette

STACKS = [[(3, 1)], [(3, 1), (3, 1)], [(5, 1), (2, 2), (5, 1), (2, 2)], [(1, 1), (7, 3), (2, 1)]]


@pytest.mark.parametrize("stack", STACKS)
def test_the_bottom_row_is_the_receptive_field(stack: list[tuple[int, int]]) -> None:
    """As many input pixels as the field, one value at the top, and jumps that multiply."""
    found = rows([Layer(k, s) for k, s in stack])
    fields = receptive_field([ConvSpec(k, s) for k, s in stack])
    assert found[0].count == fields[-1].size
    assert found[-1].count == 1
    assert [row.jump for row in found[1:]] == [field.jump for field in fields]
    assert found[-1].centre == found[0].count / 2


@pytest.mark.parametrize("stack", STACKS)
def test_every_value_is_drawn_inside_the_picture(stack: list[tuple[int, int]]) -> None:
    """One square for each, none over the edge."""
    layers = [Layer(k, s) for k, s in stack]
    svg = receptive_field_svg(layers, [("Input", "")] + [("Layer", "")] * len(layers), palette("light"))
    tree = ElementTree.fromstring(svg)
    squares = [element for element in tree.iter() if element.tag.endswith("rect")]
    assert len(squares) == sum(row.count for row in rows(layers))
    width = float(tree.attrib["width"])
    edges = [(float(square.attrib["x"]), float(square.attrib["width"])) for square in squares]
    assert all(x >= 0 and x + side <= width for x, side in edges)


def test_labels_are_text() -> None:
    """Words are put in as text, not as markup; colours are the theme's."""
    svg = receptive_field_svg([Layer(3)], [("<b>&", "5"), ("Layer 1", "3")], palette("dark"))
    assert "&lt;b>&amp;" in svg
    assert palette("dark")["kernel"] in svg
    assert len(re.findall("<text", svg)) == 4

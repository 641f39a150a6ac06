"""The page Layers' geometry in Node: arcs over the strip, and how large tiles are made."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest

from cnnviz.models.registry import MODELS
from cnnviz.models.summary import summarize
from tests.js.node import call

ARCS = "return m.arcs(given);"
SIZES = "return given.map((each) => m.tileSize(...each));"
TILES = "return given.map((each) => m.arranged(...each));"


def reads(name: str) -> list[list[int]]:
    """For each layer of a network those it reads, as the strip gets them."""
    layers = summarize(MODELS[name].outline(), MODELS[name].input_size)
    at = {info.name: index for index, info in enumerate(layers)}
    return [[at.get(source, -1) for source in info.inputs] for info in layers]


def arcs(of: list[list[int]]) -> list[dict[str, int]]:
    found: list[dict[str, int]] = call("layers/component/strip/arcs.js", ARCS, of)
    return found


def test_a_chain_has_no_arcs() -> None:
    """LeNet's layers each read the one before."""
    assert arcs(reads("lenet5")) == []


@pytest.mark.parametrize("name", ["resnet-small", "resnet152", "googlenet", "inception-v3"])
def test_every_way_round_has_an_arc_of_its_own(name: str) -> None:
    """Of every layer that reads another than the last one; and none runs through another, but in the highest lane."""
    of = reads(name)
    found = arcs(of)
    expected = sorted((source, to) for to, sources in enumerate(of) for source in sources if source < to - 1)
    assert sorted((arc["from"], arc["to"]) for arc in found) == expected
    lanes = {arc["lane"] for arc in found}
    assert lanes == set(range(len(lanes)))
    assert len(lanes) <= 4
    for lane in lanes - {3}:
        own = sorted((arc["from"], arc["to"]) for arc in found if arc["lane"] == lane)
        assert all(one[1] <= other[0] for one, other in pairwise(own))


@pytest.mark.parametrize(
    ("count", "side", "captions"), [(6, 28, True), (16, 10, True), (32, 26, True), (64, 16, False), (1, 5, True)]
)
def test_all_tiles_fit_into_the_box(count: int, side: int, captions: bool) -> None:
    """As large as possible: the next whole factor would not fit, or is larger than a tile gets."""
    [zoom] = call("shared/component/maps/size.js", SIZES, [[count, side, side, 370, 318, captions]])
    assert zoom == int(zoom) >= 1
    across, down = (12, 26) if captions else (6, 6)

    def fits(factor: int) -> bool:
        columns = 362 // (side * factor + across)
        return columns > 0 and -(-count // columns) * (side * factor + down) <= 310

    assert fits(zoom)
    assert not fits(zoom + 1) or side * (zoom + 1) > 140


def test_large_maps_are_made_smaller_and_tiny_ones_are_not() -> None:
    """64 maps of 112 x 112 all fit; 512 of 2 x 2 are large enough to be seen, and the sheet scrolls."""
    large, tiny = call(
        "shared/component/maps/size.js", SIZES, [[64, 112, 112, 370, 318, False], [512, 2, 2, 370, 318, False]]
    )
    assert 20 < 112 * large < 112
    assert 2 * tiny >= 12


@pytest.mark.parametrize(
    "given", [[1, 28, 28, 178, 150], [6, 14, 14, 178, 150], [16, 5, 5, 110, 92], [8, 3, 3, 110, 92]]
)
def test_trace_tiles_fit(given: list[int]) -> None:
    """What a value reads is drawn by whole factors inside its room."""
    [found] = call("layers/component/trace/tiles.js", TILES, [given])
    count, height, width, room, most = given
    rows = -(-count // found["columns"])
    assert found["zoom"] == int(found["zoom"]) >= 1
    assert found["columns"] * (width * found["zoom"] + 3) <= room
    assert rows * height * found["zoom"] + 3 * (rows - 1) <= most


def test_a_map_larger_than_its_room_is_drawn_smaller() -> None:
    """224 pixels in 178."""
    found: list[dict[str, Any]] = call("layers/component/trace/tiles.js", TILES, [[1, 224, 224, 178, 150]])
    assert 0.6 < found[0]["zoom"] < 0.7, json.dumps(found)


def test_numbers_of_a_trace() -> None:
    """Three decimals; what they would make nothing of, or far too long, is a power of ten; zero is zero."""
    said = call("layers/component/trace/sums.js", "return given.map(m.number);", [2.4536, -0.133, 0, 3.24e-4, -2e6])
    assert said == ["2.454", "−0.133", "0.000", "3.2×10⁻⁴", "−2.0×10⁶"]

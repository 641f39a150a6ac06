"""Shares as bars and areas: each is what was counted."""

from __future__ import annotations

import json

import pytest

from cnnviz.charts.shares import Half, Part, balance_bars, share_bars, treemap

PARTS = [
    Part("features.0", "Conv2d", "kernel", 100),
    Part("features.1", "ReLU", "muted", 0),
    Part("features.block.conv", "Conv2d", "kernel", 300),
    Part("fc", "Linear", "output", 600),
]


def test_bars_have_their_per_cent() -> None:
    """In the given order from the top, the number at the end, names as text."""
    figure = json.loads(share_bars({"a<b": 0.5, "c": 0.004}, "light").to_json())
    [bars] = figure["data"]
    assert (bars["x"], bars["y"], bars["text"]) == ([0.5, 0.004], ["a&lt;b", "c"], ["50%", "<1%"])
    assert figure["layout"]["yaxis"]["autorange"] == "reversed"
    share_bars({"a": 0.0}, "dark")


def test_balance_is_shares_with_counts() -> None:
    """Both halves on one scale of shares, though one has a tenth of the pictures; the counts stand at the end."""
    train, test = Half("train", (300, 100)), Half("test", (10, 30))
    figure = json.loads(balance_bars(["x", "y"], train, test, "share <of>", "light").to_json())
    thick, thin, numbers = figure["data"]
    assert (thick["x"], thin["x"]) == ([0.75, 0.25], [0.25, 0.75])
    assert thick["customdata"] == [["x", "300", "75.0%"], ["y", "100", "25.0%"]]
    assert ">300<" in numbers["text"][0]
    assert ">10<" in numbers["text"][0]
    assert numbers["x"] == [0.75, 0.75]
    axis, [title] = figure["layout"]["xaxis"], figure["layout"]["annotations"]
    assert (axis["visible"], axis["tickformat"], title["text"]) == (True, ".0%", "share &lt;of&gt;")
    balance_bars(["x"], Half("train", (0,)), Half("test", (0,)), "share", "dark")


def tiles(parts: list[Part]) -> dict[str, dict[str, object]]:
    """A treemap's areas by their ids."""
    [data] = json.loads(treemap(parts, "Net", "light").to_json())["data"]
    columns = zip(data["ids"], data["labels"], data["parents"], data["values"], data["marker"]["colors"], strict=True)
    return {name: {"label": label, "in": parent, "count": n, "color": c} for name, label, parent, n, c in columns}


def test_areas_add_up_to_their_blocks() -> None:
    """Every block is the sum of what its name says is in it; what has nothing is not there."""
    found = tiles(PARTS)
    assert {name: area["count"] for name, area in found.items()} == {
        "Net": 1000,
        "Net/features": 400,
        "Net/features.0": 100,
        "Net/features.block": 300,
        "Net/features.block.conv": 300,
        "Net/fc": 600,
    }
    for name, area in found.items():
        inside = sum(int(str(each["count"])) for each in found.values() if each["in"] == name)
        assert inside in (0, area["count"])
    assert (found["Net/features.0"]["label"], found["Net/fc"]["label"]) == ("Conv2d 0", "fc")
    assert found["Net/features.0"]["color"] == found["Net/features.block.conv"]["color"] != found["Net/fc"]["color"]


def test_a_layer_may_be_called_as_the_network() -> None:
    """No two areas have the same id, or Plotly draws none."""
    assert set(tiles([Part("Net", "Linear", "output", 1)])) == {"Net", "Net/Net"}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_names_are_text(theme: str) -> None:
    """Plotly reads HTML in labels."""
    [data] = json.loads(treemap([Part("a", "X", "kernel", 1)], "<b>", theme).to_json())["data"]
    assert data["labels"] == ["&lt;b&gt;", "a"]

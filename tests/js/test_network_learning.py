"""What the network diagram says of frozen and learning layers, in Node."""

from __future__ import annotations

from typing import Any

import pytest

from tests.js.node import call

FILE = "networks/component/network/learning.js"
STRINGS = {"states": {"frozen": {"sign": "*", "short": "frozen"}, "mixed": {"sign": "*", "short": "{share} frozen"}}}


def layer(state: str | None, params: int = 10) -> dict[str, Any]:
    return {"name": "x", "params": params, **({"state": state} if state else {})}


@pytest.mark.parametrize(
    ("members", "kind"),
    [
        ([layer("frozen"), layer(None), layer("frozen")], "frozen"),
        ([layer("frozen"), layer("learns")], "mixed"),
        ([layer("frozen"), layer("head")], "mixed"),
        ([layer("learns")], "learns"),
        ([layer("learns"), layer("head")], "head"),
    ],
)
def test_a_block_is_what_its_layers_are(members: list[dict[str, Any]], kind: str) -> None:
    """Layers without weights say nothing."""
    assert call(FILE, "return m.learningOf(given).kind", members) == kind


def test_where_nothing_is_frozen_nothing_is_said() -> None:
    """Not of a block, nor of the picture."""
    assert call(FILE, "return m.learningOf(given)", [layer(None), {"name": "@picture"}]) is None


def test_a_folded_block_tells_its_share_of_the_weights() -> None:
    """30 of 40 weights, whatever the number of layers."""
    body = "const found = m.learningOf(given.members); return [found, m.shortly(found, given.strings)];"
    members = [layer("frozen", 30), layer("learns", 5), layer("learns", 5)]
    found, said = call(FILE, body, {"members": members, "strings": STRINGS})
    assert (found["frozen"], found["all"]) == (30, 40)
    assert said == "* 75.0% frozen"


def test_three_lines_below_blocks_need_more_height() -> None:
    """The drawing grows by a line where blocks say what they do, and by nothing else."""
    body = """
        const nodes = [{ name: "a", members: [], layer: {}, inputs: [] }];
        const plan = (label) => m.layOut(nodes, () => [3, 8, 8], () => "convolution", () => label, []);
        return [plan(["a", "b"]).height, plan(["a", "b", "* frozen"]).height];
    """
    two, three = call("networks/component/network/layout.js", body, None)
    assert three == two + 14

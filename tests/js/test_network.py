"""The network diagram's modules in Node: blocks that fold and do not overlap, the summary's receptive field."""

from __future__ import annotations

from typing import Any

import pytest

from cnnviz.models.registry import MODELS
from cnnviz.models.summary import summarize
from cnnviz.ui.networks.choice import plain
from cnnviz.ui.networks.summary import family
from tests.js.node import call

LAID_OUT = """
    const { foldable, folded, openAtFirst } = await load("networks/component/network/folding.js");
    const readable = given.map((layer) => ({
        ...layer, inputs: layer.inputs.length ? layer.inputs.map((name) => name || "@picture") : ["@picture"],
    }));
    const all = [{ name: "@picture", family: "input", shape: [3, 32, 32], inputs: [] }, ...readable];
    const names = foldable(readable);
    const plan = (open) => m.layOut(
        folded(all, names, open),
        (node) => node.members[node.members.length - 1].shape,
        (node) => node.layer?.family ?? "block",
        (node) => [node.name],
        names.filter((name) => open.has(name)),
    );
    const shown = ({ boxes, width, height }) => ({
        boxes: boxes.map(({ node, x, y, width, height }) => ({ name: node.name, x, y, width, height })), width, height,
    });
    const first = openAtFirst(readable, names);
    return { names, open: [...first], first: shown(plan(first)), all: shown(plan(new Set(names))) };
"""


def layers(name: str) -> list[dict[str, Any]]:
    """A network as the component gets it."""
    choice = plain(name)
    return [
        {
            "name": layer.name,
            "family": family(layer),
            "shape": list(layer.output_shape),
            "inputs": list(layer.inputs),
        }
        for layer in summarize(choice.outline(), choice.input_size)
    ]


@pytest.mark.parametrize("name", MODELS)
def test_no_two_blocks_overlap(name: str) -> None:
    """Whatever branches, every block has its own place inside the drawing, at first and with all unfolded."""
    plan = call("networks/component/network/layout.js", LAID_OUT, layers(name))
    for view in ("first", "all"):
        boxes = plan[view]["boxes"]
        for box in boxes:
            assert box["x"] >= 0
            assert box["y"] >= 0
            assert box["x"] + box["width"] <= plan[view]["width"]
            assert box["y"] + box["height"] <= plan[view]["height"]
        for i, one in enumerate(boxes):
            for other in boxes[i + 1 :]:
                beside = one["x"] + one["width"] <= other["x"] or other["x"] + other["width"] <= one["x"]
                above = one["y"] + one["height"] <= other["y"] or other["y"] + other["height"] <= one["y"]
                assert beside or above, (view, one, other)
    assert len(plan["all"]["boxes"]) == len(layers(name)) + 1


def test_what_folds() -> None:
    """Residual blocks fold, 50 of them once more by stages; the first is open so that a branch is seen."""
    small = call("networks/component/network/layout.js", LAID_OUT, layers("resnet18"))
    assert small["names"][:2] == ["layer1.0", "layer1.1"]
    assert small["open"] == ["layer1.0"]
    large = call("networks/component/network/layout.js", LAID_OUT, layers("resnet152"))
    assert large["names"][:4] == ["layer1", "layer2", "layer3", "layer4"]
    assert "layer3" not in large["open"]
    assert call("networks/component/network/layout.js", LAID_OUT, layers("basic-block"))["names"] == []


def test_blocks_counted_by_letters_fold_into_runs() -> None:
    """GoogLeNet folds into as few blocks as AlexNet has layers; a layer is found inside run and block."""
    body = """
        const names = m.foldable(given);
        const around = m.around("inception4b.branch2.0.conv", names);
        const drawn = m.folded(given, names, new Set()).map((node) => node.name);
        return { names, around, drawn, spoken: m.spoken("inception4*", names) };
    """
    given = [{**layer, "inputs": layer["inputs"] or ["@picture"]} for layer in layers("googlenet")]
    found = call("networks/component/network/folding.js", body, given)
    assert found["names"][:4] == ["inception3*", "inception4*", "inception5*", "inception3a"]
    assert found["around"] == ["inception4*", "inception4b"]
    assert found["spoken"] == "inception4a–e"
    assert [name for name in found["drawn"] if name.startswith("inception")] == found["names"][:3]


def test_reach_is_the_summarys() -> None:
    """conv2 of LeNet: value 0 starts two pixels outside the picture; the last ends two outside."""
    body = "return [m.reach(given, 0, 28), m.reach(given, 9, 28), m.margin(given, 10, 28)];"
    first, last, margin = call("networks/component/field/reach.js", body, {"field": 14, "jump": 2, "start": -2})
    assert (first["first"], first["inside"]) == (-2, 12)
    assert (last["last"], last["inside"]) == (29, 12)
    assert margin == 2

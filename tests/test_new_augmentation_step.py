"""A step of augmentation is a row, what it does, and its line of torchvision. Proved by adding one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.recipes import Recipe

pytestmark = pytest.mark.slow

ROW = """        StepKind(
            "invert",
            "Invert",
            (Knob("invert probability", "number", 0.5, 0.0, 1.0, title="Probability"),),
            1,
            "Black for white.",
            "Where paper is always white.",
        ),
"""
CHANGE = """    "invert": lambda images, values, noise, _axes: torch.where(
        _chosen(noise[:, 0], values[0])[:, None, None, None], 1 - images, images
    ),
"""
LINE = """    "invert": lambda values, _shape: f"v2.RandomInvert({values[0]:g}),",
"""
PROGRAM = """
import json
import torch
from streamlit.testing.v1 import AppTest
from cnnviz.engine.augmentation.source import Preparation, torchvision_source
from cnnviz.engine.augmentation.tensors import augment
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.events import EpochEnd
from cnnviz.engine.train import train

config = TrainConfig(augmentation="flip,invert", epochs=1)
assert config.command().endswith("--augmentation flip=0.5,invert=0.5"), config.command()
pictures = torch.rand(4, 1, 8, 8)
assert torch.equal(augment(pictures, "invert=1", torch.zeros(4, 6)), 1 - pictures)
assert any(isinstance(event, EpochEnd) for event in train(config))
names = {}
exec(torchvision_source("invert=1", Preparation((8, 8), (8, 8))), names)
assert float(names["train"](torch.zeros(1, 8, 8, dtype=torch.uint8).numpy().transpose(1, 2, 0)).min()) == 1
page = AppTest.from_file("pages/data.py", default_timeout=PATIENCE)
page.query_params.update({"data_view": "augmentation", "data_augmentation": "invert=0.25"})
page.run()
assert not page.exception and not page.error
(bench,) = [each for each in page.get("bidi_component") if each.proto.id.endswith("data_augmentation_bench")]
steps = {step["name"]: step for step in json.loads(bench.proto.json)[0]["steps"]}
assert steps["invert"]["isOn"] and steps["invert"]["values"] == [0.25]
"""


def test_a_row_a_change_and_a_line_are_enough(tmp_path: Path) -> None:
    """Check, training, command, torchvision's source and the bench know a new step by themselves."""
    recipe = Recipe("A step of augmentation", tmp_path)
    recipe.insert("cnnviz/engine/augmentation/steps.py", '        StepKind(\n            "erasing",\n', ROW)
    recipe.insert("cnnviz/engine/augmentation/tensors.py", '    "erasing": _erasing,\n', CHANGE)
    recipe.insert("cnnviz/engine/augmentation/source.py", '    "erasing": _erasing,\n', LINE)
    recipe.prove(PROGRAM)

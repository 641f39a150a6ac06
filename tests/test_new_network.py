"""A network is one file and one row: everything else follows. Proved by adding one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.recipes import Recipe

pytestmark = pytest.mark.slow

FAMILY = '''"""One convolution and one fully connected layer: the least that is a convolutional network."""

from __future__ import annotations

from torch import nn

from cnnviz.models.families.builder import Stack


def build(name: str, in_channels: int, num_classes: int, **options: object) -> nn.Sequential:
    """The network for (n, in_channels, 28, 28) pictures; its output is (n, num_classes) logits."""
    stack = Stack(in_channels, 28, **options)
    return stack.conv(4, 5).pool(2).flatten().ending_in(num_classes)
'''
ROW = """    Network(
        "tiny", "Tiny", "Tiny, for a test", 2026, "Nobody, 2026", _GREY, 5_874, "tiny", _ALL, is_trainable=True,
    ),
"""
PROGRAM = """
import torch
from streamlit.testing.v1 import AppTest
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.events import EpochEnd
from cnnviz.engine.names import MODELS as READABLE
from cnnviz.engine.train import train
from cnnviz.models.editor.build import blueprint_of, build
from cnnviz.models.export.code import layer_code
from cnnviz.models.export.code import python_source
from cnnviz.models.registry import MODELS
from cnnviz.models.summary import summarize
from cnnviz.models.zoo import TRAINABLE_NAMES
from cnnviz.ui.shared.link_parameters import kinds

model = MODELS["tiny"].build()
assert model(torch.zeros(2, 1, 28, 28)).shape == (2, 10)
rows = list(summarize(model, (1, 28, 28)))
assert sum(row.params for row in rows) == MODELS["tiny"].params == 5_874  # 104 + 5,770
blueprint = blueprint_of("tiny")  # a start for one's own
assert sum(row.params for row in blueprint.check()) == 5_874
build(blueprint).load_state_dict(model.state_dict())
scope = {"__name__": "exported"}
exec(python_source("tiny"), scope)  # what is taken away
scope["build"]().load_state_dict(model.state_dict())
assert layer_code(rows[0], model)["keras"].endswith("layer = layers.Conv2D(4, kernel_size=5)\\ny = layer(x)")
assert "tiny" in TRAINABLE_NAMES and READABLE["tiny"] == "Tiny"  # form and lists
assert kinds()["networks_model"].parse("tiny") == "tiny" and "networks_pooling_tiny" in kinds()  # the link
ends = [event for event in train(TrainConfig(model="tiny", epochs=1)) if isinstance(event, EpochEnd)]
assert ends[0].test_accuracy > 0.5
page = AppTest.from_file("pages/networks.py", default_timeout=PATIENCE)
page.query_params["networks_model"] = "tiny"
page.run()
assert not page.exception and not page.error
assert page.selectbox(key="networks_model").value == "tiny"
"""


def test_one_file_and_one_row_are_enough(tmp_path: Path) -> None:
    """Built, taken apart, a start for rows of one's own, exported, listed, in links, trained, and shown on its page."""
    recipe = Recipe("A network", tmp_path)
    recipe.add("cnnviz/models/families/tiny.py", FAMILY)
    recipe.insert("cnnviz/models/zoo.py", ")  # fmt: skip\n\nZOO", ROW)
    recipe.prove(PROGRAM)

"""A network is one row of the zoo and a file of its family: everything else follows. Proved by adding one."""

from __future__ import annotations

from pathlib import Path

from tests.copied_tree import copied_tree, insert, runs

ROW = """
    Network(
        "tiny", "Tiny", "Tiny CNN", 2026, "Nobody: A Network for a Test, 2026",
        _GREY, 6_810, "tiny", (ACTIVATION, POOLING, DROPOUT, BATCH_NORM), is_trainable=True,
    ),
""".lstrip("\n")
FAMILY = '''
"""Tiny: conv, pool and one fully connected layer."""

from __future__ import annotations

from torch import nn

from cnnviz.models.families.builder import Stack


def build(name: str, in_channels: int, num_classes: int, **options: object) -> nn.Sequential:
    """The network for (n, in_channels, 28, 28) pictures."""
    stack = Stack(in_channels, 28, **options)
    return stack.conv(4, 3).pool(2).flatten().ending_in(num_classes)
'''
PROGRAM = """
import argparse, json
import torch
from streamlit.testing.v1 import AppTest
from cnnviz.commands import train
from cnnviz.commands.output import Output
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.network import network_spec
from cnnviz.models.editor.blueprint import RowShape
from cnnviz.models.editor.build import blueprint_of, build
from cnnviz.models.export.layer_code import layer_code
from cnnviz.models.export.python import python_source
from cnnviz.models.registry import model_spec
from cnnviz.models.summary import summarize
from cnnviz.models.zoo import TRAINABLE_NAMES
from cnnviz.runs.sweeps.plan import sweepable
from cnnviz.ui.shared.names import name_of

spec = model_spec("tiny")  # the registry
network = spec.build(activation="tanh")
assert network(torch.zeros(2, 1, 28, 28)).shape == (2, 10) and spec.trains_on((1, 28, 28))
summary = summarize(network, spec.input_size)  # its cost
assert summary.params == spec.params == 6_810 and summary.macs == 4 * 26 * 26 * 9 + 676 * 10
assert [layer.name for layer in summary] == ["conv1", "tanh1", "pool1", "flatten", "fc1"]
rows = blueprint_of("tiny")  # a start for one's own
assert sum(row.params for row in rows.check() if isinstance(row, RowShape)) == 6_810
build(rows).load_state_dict(spec.build().state_dict())
scope = {"__name__": "exported"}
exec(python_source("tiny"), scope)  # the exports
scope["build"]().load_state_dict(spec.build().state_dict())
assert layer_code(summary[0], network)["keras"].endswith("layer = layers.Conv2D(4, kernel_size=3)\\ny = layer(x)")
assert "tiny" in TRAINABLE_NAMES and name_of("model", "tiny") == "Tiny"  # training, and what it is called
config = TrainConfig(model="tiny", activation="tanh")
assert network_spec(config).name == "tiny" and "activation" in sweepable()
assert config.command().startswith("python -m cnnviz train") and "--model tiny" in config.command()
parser = argparse.ArgumentParser()
train.add_arguments(parser, Output())
assert parser.parse_args(["--model", "tiny"]).model == "tiny"
app = AppTest.from_file("pages/networks.py", default_timeout=300)  # the page
app.query_params.update({"networks_model": "tiny"})
app.run()
assert not app.exception and not app.error
assert app.selectbox(key="networks_model").value == "tiny"
assert "6,810" in " ".join(block.proto.body for block in app.get("html"))
(drawing,) = [block for block in app.get("bidi_component") if block.proto.id.endswith("networks_drawing")]
assert "conv1" in drawing.proto.json and "fc1" in drawing.proto.json
"""


def test_a_row_and_a_file_are_enough(tmp_path: Path) -> None:
    """Registry, cost, rows of one's own, exports, training, command line and the page know it by themselves."""
    tree = copied_tree(tmp_path)
    insert(tree / "cnnviz/models/zoo.py", ")  # fmt: skip\n\nZOO", ROW)
    (tree / "cnnviz/models/families/tiny.py").write_text(FAMILY.lstrip("\n"), encoding="utf-8")
    runs(PROGRAM, tree)

"""A layer kind of the editor is one class, and its place in the menu: everything else follows. Proved by adding one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.recipes import Recipe

pytestmark = pytest.mark.slow

CLASS = """
class GroupNorm(LayerKind):
    name = "group_norm"
    title = "group norm"
    text = "Gives each group of channels mean 0 and variance 1, picture by picture."
    short = "gn"
    options = (Option("num_groups", high=64, is_needed=True, example=2, column=1, text="How many groups."),)
    torch_classes = ("GroupNorm",)
    fixed: ClassVar = {"affine": True, "eps": 1e-5}
    needs_maps = True

    def infer(self, values: Values, shape: Shape, num_classes: int) -> Effect:
        if shape[0] % values["num_groups"]:
            raise ConfigurationError("num_groups must divide {channels} channels.", channels=shape[0])
        return Effect.written(shape, params=2 * shape[0])

    def to_torch(self, values: Values, shape: Shape, num_classes: int) -> Call:
        return Call("GroupNorm", (values["num_groups"], shape[0]))

    def to_keras(self, values: Values, sizes: Sizes | None) -> list[str]:
        return keras_layer(f"GroupNormalization(groups={values['num_groups']}, epsilon=1e-05)")


""".lstrip("\n")
PROGRAM = """
import json
import torch
from streamlit.testing.v1 import AppTest
from cnnviz.engine.config import OWN, TrainConfig
from cnnviz.data.registry import dataset
from cnnviz.engine.network import build_network
from cnnviz.models.editor.blueprint import Blueprint
from cnnviz.models.editor.build import build, rows_of
from cnnviz.models.editor.fixes import first_error, fixes
from cnnviz.models.editor.formats import from_json, from_link, from_table, to_json, to_line, to_link
from cnnviz.models.editor.row import Row
from cnnviz.models.export.code import layer_code
from cnnviz.models.export.code import python_source
from cnnviz.models.summary import summarize

rows = (Row.of("conv", out_channels=6, kernel_size=3), Row.of("group_norm", num_groups=3), Row.of("flatten"),
        Row.of("linear"))
own = Blueprint("mine", (1, 8, 8), 10, rows)
norm = own.check()[1]  # shape, cost and name
assert (norm.name, norm.output_shape, norm.params, norm.macs) == ("gn1", (6, 6, 6), 12, 0) and not own.problem()
assert from_json(to_json(own)) == from_link(to_link(own)) == own  # files and links
typed = json.loads(to_json(own))
typed["rows"][1]["num_groups"] = "3"
assert from_table(json.dumps(typed)) == own
wrong = Blueprint("mine", (1, 8, 8), 10, (rows[0], Row.of("group_norm", num_groups=0), *rows[2:]))
error = first_error(wrong.check())  # what is wrong, and its fix
assert "num_groups must be a whole number from 1 to 64" in str(error)
assert [fix.values for fix in fixes(wrong, error)][0] == {"parameter": "num_groups", "value": "1"}
network = build(own)  # torch, and back
assert isinstance(network.gn1, torch.nn.GroupNorm) and network(torch.zeros(2, 1, 8, 8)).shape == (2, 10)
assert [(row.kind, row.options) for row in rows_of(network)][1] == ("group_norm", {"num_groups": 3})
summary = summarize(network, own.input_size)
assert summary.params == sum(row.params for row in own.check()) and summary[1].params == 12
code = layer_code(summary[1], network)  # the exports
assert code["pytorch"].endswith("layer = nn.GroupNorm(3, 6)\\ny = layer(x)")
assert code["keras"].endswith("layer = layers.GroupNormalization(groups=3, epsilon=1e-05)\\ny = layer(x)")
scope = {"__name__": "exported"}
exec(python_source(own), scope)
scope["build"]().load_state_dict(network.state_dict())
config = TrainConfig(model=OWN, blueprint=to_line(own))  # training
assert isinstance(build_network(config, dataset("digits")).gn1, torch.nn.GroupNorm)
app = AppTest.from_file("pages/networks.py", default_timeout=PATIENCE)  # the page: menu, row, export
app.query_params.update({"networks_view": "own", "networks_own": to_link(own)})
app.run()
assert not app.exception and not app.error
(table,) = [block for block in app.get("bidi_component") if block.proto.id.endswith("networks_rows")]
sent = json.loads(table.proto.json)[0]
(kind,) = [kind for kind in sent["kinds"] if kind["name"] == "group_norm"]
assert kind["title"] == "group norm" and [field["name"] for field in kind["fields"]] == ["num_groups", "name"]
assert sent["found"][1] == {"name": "gn1", "out": "6×6×6", "weights": "12 weights"}
"""


def test_one_class_is_enough(tmp_path: Path) -> None:
    """Table, files, links, fixes, shape and cost, torch, Keras, source and training know it by themselves."""
    recipe = Recipe("A layer of the editor", tmp_path)
    recipe.insert("cnnviz/models/editor/layers/plain.py", "class Dropout(LayerKind):", CLASS)
    recipe.insert(
        "cnnviz/models/editor/layers/__init__.py", "        plain.Dropout(),\n", "        plain.GroupNorm(),\n"
    )
    recipe.prove(PROGRAM)

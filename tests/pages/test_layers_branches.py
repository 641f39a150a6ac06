"""The page Layers opens networks with branches: blocks, additions, batch norm."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from streamlit.testing.v1 import AppTest

from cnnviz.base import paths
from cnnviz.data.registry import dataset
from cnnviz.engine.card import Card
from cnnviz.engine.checkpoint import save
from cnnviz.models.registry import MODELS
from tests.conftest import REPOSITORY
from tests.polling import PATIENCE


@pytest.mark.parametrize(
    "layer", ["conv1", "norm1", "block1.conv2", "block1.add", "block2.downsample.0", "block3.relu2", "pool", "fc"]
)
def test_every_kind_of_layer_can_be_shown(layer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No layer of the small ResNet breaks the page, each value is traced; what has filters shows them."""
    torch.manual_seed(0)
    data = dataset("digits")
    classes = tuple(data.classes)
    card = Card("resnet-small", "digits", classes, (1, 32, 32), data.mean, data.std)
    save(tmp_path / "resnet-small-digits", MODELS["resnet-small"].build(1, len(classes)), card)
    monkeypatch.setattr(paths, "shipped_checkpoints", lambda: tmp_path)
    app = AppTest.from_file(REPOSITORY / "pages" / "layers.py", default_timeout=PATIENCE)
    app.query_params["layers_layer"] = layer
    app.run()
    assert not app.exception
    assert not app.error
    assert app.selectbox(key="layers_layer").value == layer
    assert app.subheader[0].value.startswith(f"{layer}: ")
    traced = [block for block in app.get("bidi_component") if block.proto.id.endswith("layers_trace")]
    assert len(traced) == 1
    app.button_group(key="layers_view_switch").set_value("filters").run()
    assert not app.exception
    learnt = [heading.value for heading in app.subheader if "learnt" in heading.value]
    assert bool(learnt) == layer.startswith(("conv", "block1.conv", "block2.downsample", "fc"))

"""The view Side by side of the page Layers: both networks' own maps and answers, on one scale."""

from __future__ import annotations

import base64
import io
import json
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest

from cnnviz.base import paths
from cnnviz.base.text import percent
from cnnviz.charts.maps import Limits, limits, paint
from cnnviz.data.mnist_style import for_drawing
from cnnviz.data.registry import dataset
from cnnviz.engine.checkpoint import load, save
from cnnviz.engine.evaluate import predict, prepare
from tests.conftest import REPOSITORY
from tests.polling import PATIENCE

pytestmark = pytest.mark.slow

SHIPPED = "lenet5-mnist"


def page(**query: str) -> AppTest:
    app = AppTest.from_file(REPOSITORY / "pages" / "layers.py", default_timeout=PATIENCE)
    app.query_params.update({"layers_view": "compare", **query})
    app.run()
    assert not app.exception
    return app


def sheet(app: AppTest, which: str) -> tuple[np.ndarray, dict]:
    """The tiles of one network, (n, height, width, 3), and all that was sent."""
    [found] = [block for block in app.get("bidi_component") if block.proto.id.endswith(f"layers_beside_{which}")]
    data = json.loads(found.proto.json)[0]
    with Image.open(io.BytesIO(base64.b64decode(data["sprite"].split(",")[1]))) as image:
        return np.asarray(image).reshape(-1, data["height"], data["width"], 3), data


def digit(of: str = "mnist") -> np.ndarray:
    """The first small digit, as a network for `of` is shown it."""
    return for_drawing(dataset("digits").load("test").images[0][0], dataset(of))


def maps(name: str | Path, picture: np.ndarray, layer: str) -> np.ndarray:
    model, card = load(paths.shipped_checkpoints() / name if isinstance(name, str) else name)
    value = prepare(card, picture[None])
    with torch.no_grad():
        for child, module in model.named_children():
            value = module(value)
            if child == layer:
                break
    return value[0].numpy()


def said(app: AppTest) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", each.value) for each in app.get("html"))


def two_epochs(home: Path) -> Path:
    """A run whose epoch 0 is the shipped network with every weight of conv1 halved."""
    run = home / "runs" / "7"
    run.mkdir(parents=True)
    model, card = load(paths.shipped_checkpoints() / SHIPPED)
    save(run / "epoch-0001", model, card)
    with torch.no_grad():
        model.conv1.weight.mul_(0.5)
    save(run / "epoch-0000", model, card.__class__(**{**vars(card), "epoch": 0}))
    return run


def test_two_networks_on_one_scale() -> None:
    """Both sheets are torch's own maps, painted by the limits of both together; both answers are there."""
    app = page(layers_beside_checkpoint="lenet5-fashion-mnist", layers_layer="pool1")
    one, other = maps(SHIPPED, digit(), "pool1"), maps("lenet5-fashion-mnist", digit(), "pool1")
    scale = limits(np.stack([one, other]))
    np.testing.assert_array_equal(sheet(app, "first")[0], paint(one, scale, "light"))
    np.testing.assert_array_equal(sheet(app, "second")[0], paint(other, scale, "light"))
    model, card = load(paths.shipped_checkpoints() / "lenet5-fashion-mnist")
    assert percent(float(predict(model, card, digit()).max())) in said(app)
    assert any("knows other classes: T-shirt/top" in each.value for each in app.caption)


def test_two_epochs_of_one_run(own_home: Path) -> None:
    """At first the other epoch; the difference of the chosen map is theirs, second less first."""
    run = two_epochs(own_home)
    app = page(layers_checkpoint="run-7", layers_map="3")
    assert app.selectbox(key="layers_beside_checkpoint").value == "run-7"
    assert app.selectbox(key="layers_beside_epoch").value == "0"
    one, other = (maps(run / f"epoch-{number:04d}", digit(), "conv1") for number in (1, 0))
    difference = other[2] - one[2]
    bound = float(np.abs(difference).max())
    [uri] = re.findall(
        r'class="ly-difference" src="data:image/png;base64,([^"]+)"', " ".join(h.value for h in app.get("html"))
    )
    with Image.open(io.BytesIO(base64.b64decode(uri))) as image:
        shown = np.asarray(image)
    zoom = shown.shape[0] // 28
    np.testing.assert_array_equal(shown[::zoom, ::zoom], paint(difference, Limits(-bound, bound, True), "light"))
    app.selectbox(key="layers_beside_epoch").set_value("1").run()
    np.testing.assert_array_equal(sheet(app, "first")[0], sheet(app, "second")[0])


def test_a_network_of_another_size() -> None:
    """A colour network of 32 x 32 gets the drawing its own way; a layer it does not have has a box."""
    drawing = np.zeros((28, 28), np.uint8)
    drawing[5:25, 13:16] = 255
    app = page(layers_beside_checkpoint="resnet-small-cifar10", layers_layer="conv1")
    app.session_state["drawing"] = drawing
    app.button_group(key="layers_source").set_value("drawing").run()
    assert not app.exception
    expected = maps("resnet-small-cifar10", for_drawing(drawing, dataset("cifar10")), "conv1")
    scale = limits(np.concatenate([maps(SHIPPED, drawing[None], "conv1").ravel(), expected.ravel()]))
    np.testing.assert_array_equal(sheet(app, "second")[0], paint(expected, scale, "light"))
    assert any("1 × 28 × 28 for one, 3 × 32 × 32 for the other" in each.value for each in app.caption)
    app.selectbox(key="layers_layer").set_value("fc2").run()
    assert not app.exception
    box = app.selectbox(key="layers_beside_layer")
    assert "fc2" not in box.options
    assert any(f"It has no layer fc2; this is its {box.value}" in each.value for each in app.caption)


def test_its_maps_are_chosen_too() -> None:
    """The same number is marked in both of one architecture; another's maps are not the same filters'."""
    app = page(layers_beside_checkpoint="lenet5-fashion-mnist", layers_layer="conv1", layers_map="5")
    assert [sheet(app, which)[1]["chosen"] for which in ("first", "second")] == [4, 4]
    app = page(layers_beside_checkpoint="resnet-small-cifar10", layers_layer="conv1", layers_map="5")
    assert [sheet(app, which)[1]["chosen"] for which in ("first", "second")] == [4, None]
    assert [sheet(app, which)[1]["captions"][-1] for which in ("first", "second")] == ["6", "32"]
    assert any("share this colour scale" in each.value for each in app.caption)
    app = page(layers_beside_checkpoint="resnet-small-cifar10", layers_beside_layer="block4.conv1", layers_layer="fc2")
    assert sheet(app, "second")[1]["captions"][-1] == "64"


def test_a_photo_is_made_anew_for_the_other() -> None:
    """A colour photo for the first; a network for grey digits is shown the same photo, grey and in its size."""
    app = page(layers_checkpoint="resnet-small-cifar10", layers_beside_checkpoint=SHIPPED, layers_photo="china")
    tiles, data = sheet(app, "second")
    assert (data["height"], data["width"]) == (28, 28)
    assert len(tiles) == 6
    assert len(np.unique(tiles.reshape(-1, 3), axis=0)) > 20


@pytest.mark.parametrize(
    "query",
    [
        {"layers_beside_checkpoint": "run-99"},
        {"layers_beside_epoch": "x"},
        {"layers_beside_layer": "nothing"},
        {"layers_source": "file"},
    ],
)
def test_a_link_can_say_anything(query: dict[str, str]) -> None:
    """What is not here is left out and said; without a picture there is nothing to compare."""
    app = page(**query)
    assert not app.error
    assert ("layers_beside_checkpoint" in [box.key for box in app.selectbox]) == ("layers_source" not in query)


def test_chinese() -> None:
    """Controls and headings."""
    app = page(lang="zh", layers_beside_checkpoint="lenet5-fashion-mnist")
    assert app.selectbox(key="layers_beside_checkpoint").label == "对比用的网络"
    assert "特征图 1：差值" in [heading.value for heading in app.subheader]

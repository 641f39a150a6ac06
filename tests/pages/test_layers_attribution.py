"""The view Why this answer of the page Layers: the maps are the methods' own, for the question that the link asks."""

from __future__ import annotations

import base64
import io
import json
import re

import numpy as np
import pytest
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest

from cnnviz.base import paths
from cnnviz.charts.maps import limits, paint
from cnnviz.data.mnist_style import for_drawing
from cnnviz.data.registry import dataset
from cnnviz.engine.checkpoint import load
from cnnviz.engine.evaluate import prepare
from cnnviz.inspection import attribution
from cnnviz.inspection.random_weights import with_random_weights
from cnnviz.ui.layers.attribution import verdict
from tests.conftest import REPOSITORY
from tests.polling import PATIENCE, until

pytestmark = pytest.mark.slow

MODEL, CARD = load(paths.shipped_checkpoints() / "lenet5-mnist")


def page(**query: str) -> AppTest:
    """The view, run until its job is finished, with a link's parameters."""
    app = AppTest.from_file(REPOSITORY / "pages" / "layers.py", default_timeout=PATIENCE)
    app.query_params.update({"layers_view": "attribution", **query})
    return finished(app.run())


def finished(app: AppTest) -> AppTest:
    """A test has no timer: looked at anew until both maps are there."""
    until(lambda: bool(app.exception) or len((sent(app) or {"panels": []})["panels"]) == 2 or not app.run())
    assert not app.exception
    return app


def sent(app: AppTest) -> dict | None:
    """What the component was sent, if it is there."""
    found = [block for block in app.get("bidi_component") if block.proto.id.endswith("layers_why_pictures")]
    return json.loads(found[0].proto.json)[0] if found else None


def image(uri: str) -> np.ndarray:
    with Image.open(io.BytesIO(base64.b64decode(uri.split(",")[1]))) as opened:
        return np.asarray(opened)


def digit(number: int = 1) -> torch.Tensor:
    """The picture with this number, as LeNet gets it: of the small digits that come with the app."""
    small = dataset("digits").load("test").images[number - 1]
    return prepare(CARD, for_drawing(small[0], dataset("mnist"))[None])


def answer(x: torch.Tensor, model: torch.nn.Module = MODEL) -> int:
    with torch.no_grad():
        return int(model(x).argmax())


def painted(values: torch.Tensor) -> np.ndarray:
    """As the view paints it, by the scale that holds 199 of 200 values."""
    found = values[0].sum(dim=0).numpy()
    bound = float(np.quantile(np.abs(found), 0.995))
    scale = type(limits(found))(-bound if found.min() < 0 else 0.0, bound, bool(found.min() < 0))
    return paint(found, scale, "light")


@pytest.fixture(autouse=True)
def _no_data(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path))


def test_both_maps_are_torchs_own() -> None:
    """Of the answer's class at first: the network's saliency, and that of the same network with random weights."""
    app, x = page(layers_picture="3"), digit(3)
    data = sent(app)
    assert data is not None
    own, random = data["panels"]
    np.testing.assert_array_equal(image(own["map"]), painted(attribution.saliency(MODEL, x, answer(x))))
    twin = with_random_weights(MODEL, CARD.input_size)
    np.testing.assert_array_equal(image(random["map"]), painted(attribution.saliency(twin, x, answer(x))))
    assert image(data["picture"]).shape == (28, 28, 3)
    assert f"why {CARD.classes[answer(x)]}, its answer" in app.selectbox(key="layers_why_class").options
    said = next(text.value for text in app.markdown if "Rank correlation" in text.value)
    assert re.search(r"Rank correlation −?0\.\d\d\*\*: with random weights the map is ", said)


@pytest.mark.parametrize(
    ("likeness", "words"),
    [
        (0.0, "another one"),
        (0.19, "another one"),
        (-0.19, "another one"),
        (0.2, "partly the same: be careful"),
        (-0.26, "partly the same: be careful"),
        (0.6, "partly the same: be careful"),
        (0.61, "explains nothing"),
        (-0.61, "explains nothing"),
        (1.0, "explains nothing"),
    ],
)
def test_the_verdict_has_three_steps(likeness: float, words: str) -> None:
    """Both limits belong to the middle one; the sign does not count."""
    assert words in verdict(likeness)


def test_a_link_asks_the_question() -> None:
    """Method, class, the class it is held against, and how strongly it lies over the picture."""
    query = {"layers_why_method": "integrated_gradients", "layers_why_class": "4", "layers_why_against": "9"}
    app, x = page(layers_why_strength="30", **query), digit()
    data = sent(app)
    assert data is not None
    values = attribution.integrated_gradients(MODEL, x, 4, against=9)
    np.testing.assert_array_equal(image(data["panels"][0]["map"]), painted(values))
    assert data["strength"] == 30
    assert data["panels"][0]["alts"][0] == ("This network: Integrated gradients, why 4 and not 9, over the picture")
    assert "9" in app.query_params["layers_why_against"]
    assert any("by which the class gains on the other" in text.value for text in app.markdown)
    app.selectbox(key="layers_why_class").set_value("9").run()
    assert not app.exception
    assert app.selectbox(key="layers_why_against").value == ""
    assert "layers_why_against" not in app.query_params


def test_grad_cam_reads_the_chosen_layer_where_it_has_maps() -> None:
    """Few values, laid over the picture in its size; for a layer without maps the last that has any is read."""
    app, x = page(layers_why_method="grad_cam", layers_layer="conv2"), digit()
    data = sent(app)
    assert data is not None
    panel = data["panels"][0]
    assert image(panel["over"]).shape == (28, 28, 3)
    values = attribution.grad_cam(MODEL, x, answer(x), "conv2")
    np.testing.assert_array_equal(image(panel["map"]), painted(values))
    assert panel["legend"]["numbers"][0] == "0"
    assert not any("has no maps left" in text.value for text in app.caption)
    app = page(layers_why_method="grad_cam", layers_layer="fc2")
    data = sent(app)
    assert data is not None
    assert image(data["panels"][0]["map"]).shape == (5, 5, 3)
    assert any("fc2 has no maps left: Grad-CAM reads pool2" in text.value for text in app.caption)


def test_occlusion_has_a_window_and_a_stride() -> None:
    """By the link and by hand; a stride is never larger than the window."""
    app, x = page(layers_why_method="occlusion", layers_why_window="8", layers_why_stride="4"), digit()
    data = sent(app)
    assert data is not None
    values = attribution.occlusion(MODEL, x, answer(x), 8, 4)
    np.testing.assert_array_equal(image(data["panels"][0]["map"]), painted(values))
    app.number_input(key="layers_why_window").set_value(3)
    finished(app.run())
    assert app.number_input(key="layers_why_stride").value == 3
    assert not app.error


@pytest.mark.parametrize(
    "query",
    [
        {"layers_why_method": "guess"},
        {"layers_why_class": "cat"},
        {"layers_why_class": "4", "layers_why_against": "4"},
        {"layers_why_method": "occlusion", "layers_why_window": "900", "layers_why_stride": "-1"},
        {"layers_why_strength": "101"},
    ],
)
def test_a_link_can_say_anything(query: dict[str, str]) -> None:
    """What cannot be asked is left out; the rest of the question stands."""
    app = page(**query)
    data = sent(app)
    assert data is not None
    assert len(data["panels"]) == 2
    assert data["strength"] == 65
    assert "It is left out" in app.warning[0].value

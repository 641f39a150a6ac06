"""The page Layers, Bend the picture: what is shown, said and measured is the network's answer to that picture."""

from __future__ import annotations

import base64
import io
import json
import re

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from cnnviz.base import paths
from cnnviz.base.text import percent
from cnnviz.data.mnist_style import for_drawing
from cnnviz.data.registry import dataset
from cnnviz.engine.checkpoint import load
from cnnviz.engine.evaluate import predict
from cnnviz.inspection.bend import Bend
from cnnviz.inspection.perturb import bent
from cnnviz.ui.layers import bending
from tests.conftest import REPOSITORY
from tests.polling import PATIENCE, until

pytestmark = pytest.mark.slow


def page(**query: str) -> AppTest:
    app = AppTest.from_file(REPOSITORY / "pages" / "layers.py", default_timeout=PATIENCE)
    app.query_params.update({"layers_view": "bend", **query})
    return app.run()


def sent(app: AppTest) -> dict:
    (found,) = [block for block in app.get("bidi_component") if block.proto.id.endswith(bending.COMPONENT)]
    return json.loads(found.proto.json)[0]


def pixels(uri: str) -> np.ndarray:
    with Image.open(io.BytesIO(base64.b64decode(uri.split(",")[1]))) as image:
        return np.asarray(image)[..., 0]


def said(app: AppTest) -> str:
    return re.sub(r"<[^>]+>", " ", " ".join(each.value for each in app.get("html")))


def picture() -> np.ndarray:
    """The first of the small digits, as the page shows it to LeNet."""
    split = dataset("digits").load("test")
    return for_drawing(split.images[0][0], dataset("mnist"))


def test_a_link_bends_the_picture() -> None:
    """The picture sent is the bent one, and the answer is that of the network to it."""
    app = page(layers_bend_rotation="35", layers_bend_shift_x="3", layers_bend_hole="6", layers_bend_noise="20")
    assert not app.exception
    bend = Bend(rotation=35, shift_x=3, hole=6, noise=20)
    data = sent(app)
    np.testing.assert_array_equal(pixels(data["shown"]), bent(picture(), bend)[0])
    np.testing.assert_array_equal(pixels(data["picture"]), picture()[0])
    assert data["bend"]["rotation"] == 35
    model, card = load(paths.shipped_checkpoints() / "lenet5-mnist")
    after = predict(model, card, bent(picture(), bend))
    assert f"→ {percent(float(after.max()))}" in said(app)


def test_the_curve_is_said_in_one_sentence() -> None:
    """Its ends are the shifts up to which torch's own answer is the same."""
    app = page(layers_bend_measure="shift_y")
    until(lambda: any("stays" in each.value for each in app.run().markdown))
    (sentence,) = [each.value for each in app.markdown if "stays" in each.value]
    low, high = (int(number.replace("−", "-")) for number in re.findall(r"[−\d]+", sentence)[:2])
    model, card = load(paths.shipped_checkpoints() / "lenet5-mnist")
    label = int(dataset("digits").load("test").labels[0])
    right = {y: predict(model, card, bent(picture(), Bend(shift_y=y))).argmax() == label for y in range(-10, 11)}
    assert all(right[y] for y in range(low, high + 1))
    assert not right.get(low - 1, False)
    assert not right.get(high + 1, False)


def test_the_smallest_flip_is_stated() -> None:
    """Grey levels, and the new answer."""
    app = page(layers_bend_measure="flip")
    until(lambda: "of 255 grey levels" in said(app.run()))
    assert re.search(r"No pixel is changed by more than \d+ of 255 grey levels, and the answer goes from", said(app))
    assert not app.exception


@pytest.mark.parametrize(("name", "value"), [("rotation", "400"), ("scale", "0"), ("noise", "nan"), ("hole_x", "x")])
def test_a_link_out_of_range_is_said(name: str, value: str) -> None:
    """And the picture is as it was."""
    app = page(**{f"layers_bend_{name}": value})
    assert not app.exception
    assert any(f"layers_bend_{name}".replace("_", "\\_") in each.value for each in app.warning)
    np.testing.assert_array_equal(pixels(sent(app)["shown"]), picture()[0])


def test_chinese_has_no_english_left() -> None:
    """The view in Chinese."""
    app = page(lang="zh", layers_bend_measure="rotation")
    until(lambda: any("答案都是" in each.value for each in app.run().markdown))
    assert [field["title"] for field in sent(app)["fields"]][:3] == ["右移", "下移", "旋转"]
    assert "答案还是" in said(app)

"""The view All pictures of the page Layers: points are scikit-learn's PCA of torch's features, and lead to pictures."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA
from streamlit.testing.v1 import AppTest

from cnnviz.base import paths
from cnnviz.data.mnist_style import for_drawing
from cnnviz.data.registry import dataset
from cnnviz.engine.checkpoint import load, save
from cnnviz.engine.evaluate import prepare
from cnnviz.ui.layers import picture_map
from tests.conftest import REPOSITORY
from tests.polling import PATIENCE, until

pytestmark = pytest.mark.slow

SPLIT = dataset("digits").load("test")  # 360: all of them are shown


def page(**query: str) -> AppTest:
    app = AppTest.from_file(REPOSITORY / "pages" / "layers.py", default_timeout=PATIENCE)
    app.query_params.update({"layers_view": "pictures", **query})
    app.run()
    until(lambda: bool(app.exception) or is_whole(app) or not app.run())
    assert not app.exception
    return app


def is_whole(app: AppTest) -> bool:
    return bool(app.get("plotly_chart")) and not app.get("progress")


def figure(app: AppTest) -> dict:
    [chart] = app.get("plotly_chart")
    found: dict = json.loads(chart.proto.spec)
    return found


def points(data: list[dict]) -> np.ndarray:
    """(pictures, 2), by their numbers."""
    place = {
        n: xy
        for trace in data
        if "customdata" in trace
        for n, *xy in zip(trace["customdata"], trace["x"], trace["y"], strict=True)
    }
    return np.array([place[number] for number in sorted(place)])


def features(model: torch.nn.Module, card) -> tuple[np.ndarray, np.ndarray]:
    """(what fc3 reads, the answers), by torch alone."""
    images = np.stack([for_drawing(each[0], dataset("mnist")) for each in SPLIT.images])
    value = prepare(card, images)
    with torch.no_grad():
        for name, module in model.named_children():
            if name == "fc3":
                return value.double().numpy(), module(value).argmax(dim=1).numpy()
            value = module(value)
    raise AssertionError


def test_points_are_the_principal_components() -> None:
    """Of what the last layer reads; share of the variance and mistakes are said, mistakes come first in the box."""
    app = page()
    model, card = load(paths.shipped_checkpoints() / "lenet5-mnist")
    values, answers = features(model, card)
    known = PCA(2).fit(values)
    found, expected = points(figure(app)["data"]), known.transform(values)
    signs = np.sign((found * expected).sum(axis=0))
    np.testing.assert_allclose(found, expected * signs, rtol=2e-3, atol=2e-3)
    wrong = np.flatnonzero(answers != SPLIT.labels)
    said = app.caption[-1].value
    assert f"360 of 360 test pictures (seed 0), {len(wrong)} of them wrong" in said
    assert f"{known.explained_variance_ratio_.sum():.1%}" in said
    first = app.selectbox(key="layers_all_picture").options[: len(wrong)]
    assert [int(text.split(":")[0].removeprefix("No. ")) for text in first] == (wrong + 1).tolist()
    assert all("taken for" in text for text in first)


def test_a_point_leads_to_its_picture() -> None:
    """By the box, as by a click; the button shows it to the whole page, also after a drawing; the link keeps it."""
    app = page()
    app.selectbox(key="layers_all_picture").set_value(37).run()
    assert app.query_params["layers_all_picture"] in ("37", ["37"])
    app.button(key="layers_all_look").click().run()
    assert app.number_input(key="layers_picture").value == 37
    assert app.button_group(key="layers_source").value == "test"
    again = page(layers_all_picture="37")
    assert again.selectbox(key="layers_all_picture").value == 37
    assert "layers_all_look" in [button.key for button in again.button]


def test_what_a_click_sends_may_be_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    """A number of a picture is taken; nothing else is."""
    for sent, taken in ((12, 12), ("12", None), (0, None), (True, None), ([5], None), (10**9, None), (None, None)):
        session = {"layers_all_chart": {"selection": {"points": [{"customdata": sent}]}}}
        monkeypatch.setattr(picture_map.st, "session_state", session)
        picture_map._take_point()
        assert session.get("layers_all_picture") == taken
    session = {"layers_all_chart": {"selection": {"points": []}}, "layers_all_picture": 4}
    monkeypatch.setattr(picture_map.st, "session_state", session)
    picture_map._take_point()
    assert session["layers_all_picture"] == 4


def test_every_kept_epoch_is_seen_along_the_newest_ones_axes(own_home: Path) -> None:
    """A frame for each; epoch 0, whose last layer alone differs, has the points of epoch 1 and other mistakes."""
    run = own_home / "runs" / "5"
    run.mkdir(parents=True)
    model, card = load(paths.shipped_checkpoints() / "lenet5-mnist")
    save(run / "epoch-0002", model, card)
    with torch.no_grad():
        model.fc3.weight.mul_(-1)
    save(run / "epoch-0001", model, card)
    with torch.no_grad():
        model.fc2.weight.mul_(0.5)
    save(run / "epoch-0000", model, card)
    app = page(layers_checkpoint="run-5", layers_all_epoch="1")
    shown = figure(app)
    assert [frame["name"] for frame in shown["frames"]] == ["0", "1", "2"]
    assert shown["layout"]["sliders"][0]["active"] == 1
    newest, middle, first = (shown["frames"][k]["data"] for k in (2, 1, 0))
    for one, other in zip(newest, middle, strict=True):
        assert one.get("x") == other.get("x")
    assert newest[-3]["marker"] != middle[-3]["marker"]  # the rings around mistakes
    assert newest[0]["x"] != first[0]["x"]
    assert "(seed 0), 3" in app.caption[-1].value  # nearly all are wrong with the signs turned round
    app.selectbox(key="layers_all_epoch").set_value("2").run()
    assert figure(app)["layout"]["sliders"][0]["active"] == 2


def test_the_chosen_layer() -> None:
    """Its maps' means where their values are too many; else its values in a row."""
    app = page(layers_all_layer="chosen", layers_layer="conv1")
    assert "by the means of conv1's 6 maps" in app.caption[-1].value
    app = page(layers_all_layer="chosen", layers_layer="pool2")
    assert "by the 400 values of pool2" in app.caption[-1].value


def test_an_epoch_that_diverged_is_left_out(own_home: Path) -> None:
    """The others are seen; where there is no other, a sentence says why there is nothing."""
    run = own_home / "runs" / "6"
    run.mkdir(parents=True)
    model, card = load(paths.shipped_checkpoints() / "lenet5-mnist")
    save(run / "epoch-0000", model, card)
    save(run / "epoch-0001", model, card)
    with torch.no_grad():
        model.fc1.bias.fill_(3e38)
        model.fc2.weight.fill_(3e38)
    save(run / "epoch-0002", model, card)
    app = page(layers_checkpoint="run-6", layers_epoch="1")
    assert [frame["name"] for frame in figure(app)["frames"]] == ["0", "1"]
    for name in ("epoch-0000", "epoch-0001"):
        for file in run.glob(f"{name}.*"):
            file.unlink()
    app = AppTest.from_file(REPOSITORY / "pages" / "layers.py", default_timeout=PATIENCE)
    app.query_params.update({"layers_view": "pictures", "layers_checkpoint": "run-6"})
    until(lambda: any("no points to show" in error.value for error in app.run().error))
    assert not app.exception


def test_umap_is_offered_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A switch; the link has it."""
    assert ("layers_all_method_switch" in [group.key for group in page().button_group]) == picture_map.has_umap()
    monkeypatch.setattr(picture_map, "has_umap", lambda: True)
    app = page(layers_all_method="pca")
    assert app.button_group(key="layers_all_method_switch").options == ["PCA", "UMAP"]


def test_without_test_pictures() -> None:
    """CIFAR-10 is not here: a sentence, and the rest of the page stays."""
    app = page_without()
    assert not app.exception
    assert "no test pictures" in app.info[0].value


def page_without() -> AppTest:
    app = AppTest.from_file(REPOSITORY / "pages" / "layers.py", default_timeout=PATIENCE)
    app.query_params.update({"layers_view": "pictures", "layers_checkpoint": "resnet-small-cifar10"})
    return app.run()


def test_chinese() -> None:
    """Controls, caption, and the words in the chart."""
    app = page(lang="zh")
    assert app.selectbox(key="layers_all_picture").label == "点"
    assert "认错" in app.caption[-1].value
    assert figure(app)["data"][-1]["name"] == "认错的"

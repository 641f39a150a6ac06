"""The chosen layer on the page Networks: whose weights, which picture, what it sees, and the link with real numbers."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image
from streamlit.testing.v1 import AppTest

from cnnviz.arithmetic.setting import Setting
from cnnviz.engine.checkpoint import Card, load, save
from cnnviz.models import pretrained
from cnnviz.models.registry import MODELS
from cnnviz.ui.networks.choice import Choice, plain
from cnnviz.ui.networks.weights import offers
from cnnviz.ui.shared import convolution_link
from cnnviz.ui.shared.drawing import DRAWING
from tests.conftest import REPOSITORY
from tests.inspection.test_convolution_link import unpacked
from tests.polling import PATIENCE

Links = list[dict[str, str]]


@pytest.fixture
def links(monkeypatch: pytest.MonkeyPatch) -> Links:
    """The parameters of every link that was made, the last one last."""
    made: Links = []
    monkeypatch.setattr(
        convolution_link, "page_link", lambda page, label, icon, parameters, more: made.append(parameters)
    )
    return made


@pytest.fixture(autouse=True)
def _no_weights_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))


def page(**query: str) -> AppTest:
    """The page, run once, with a link's parameters."""
    app = AppTest.from_file(REPOSITORY / "pages" / "networks.py", default_timeout=PATIENCE)
    app.query_params.update(query)
    return app.run()


def field(app: AppTest) -> dict[str, Any]:
    """What the receptive field was sent."""
    (found,) = [block for block in app.get("bidi_component") if block.proto.id.endswith("networks_field")]
    sent: dict[str, Any] = json.loads(found.proto.json)[0]
    return sent


def captions(app: AppTest) -> str:
    return " ".join(caption.value for caption in app.caption)


def setting(parameters: dict[str, str]) -> Setting:
    return Setting.from_link(urlencode(parameters))


def weight(name: str, layer: str) -> NDArray[np.float32]:
    model, _card = load(REPOSITORY / "checkpoints" / name)
    values: torch.Tensor = model.get_submodule(layer).weight.detach()  # type: ignore[assignment, operator]
    return values.numpy()


def test_the_link_carries_the_pair_that_is_chosen(links: Links) -> None:
    """conv2 of the shipped LeNet: filter 3 over map 5, its weights to 4 digits, a 14 x 14 map that is not empty."""
    app = page(networks_layer="conv2")
    assert app.selectbox(key="networks_weights").value == "lenet5-mnist"
    app.number_input(key="networks_map_lenet5_conv2_lenet5-mnist").set_value(3).run()
    app.number_input(key="networks_read_lenet5_conv2_lenet5-mnist_2").set_value(5).run()
    assert not app.exception
    opened = setting(links[-1])
    assert (opened.n, opened.k, opened.p, opened.s, opened.input, opened.kernel) == (
        (14, 14), (5, 5), (0, 0), (1, 1), "typed", "typed",
    )  # fmt: skip
    assert np.allclose(unpacked(links[-1]["w"]), weight("lenet5-mnist", "conv2")[2, 4], rtol=5e-4)
    assert np.ptp(unpacked(links[-1]["x"])) > 0


def test_at_first_a_pair_with_something_in_it(links: Links) -> None:
    """Neither the map nor the weights that a layer opens with are nothing but zeros, whatever the layer."""
    for layer in ("conv1", "pool1", "conv2", "pool2", "fc1"):
        page(networks_layer=layer)
        assert np.ptp(unpacked(links[-1]["x"])) > 0
        assert links[-1].get("mode") == "pool" or np.abs(unpacked(links[-1]["w"])).max() > 0.05


def test_weights_of_another(links: Links) -> None:
    """The choice changes what the link carries, is in the address, and comes back from it."""
    app = page()
    app.selectbox(key="networks_weights").select("lenet5-fashion-mnist").run()
    assert app.query_params["networks_weights"] == "lenet5-fashion-mnist"
    first = int(app.number_input(key="networks_map_lenet5_conv1_lenet5-fashion-mnist").value) - 1
    assert np.allclose(unpacked(links[-1]["w"]), weight("lenet5-fashion-mnist", "conv1")[first, 0], rtol=5e-4)
    assert page(networks_weights="untrained").selectbox(key="networks_weights").value == "untrained"
    app.selectbox(key="networks_weights").select("lenet5-mnist").run()
    assert "networks_weights" not in app.query_params


def test_weights_fit_the_network_as_it_is_chosen(own_home: Path) -> None:
    """Another activation or other classes: the shipped networks are not offered; untrained weights always are."""
    assert list(offers(plain("lenet5"))) == ["lenet5-mnist", "lenet5-fashion-mnist", "untrained"]
    for other in (
        Choice("lenet5", 1, 10, (("activation", "tanh"),)),
        Choice("lenet5", 1, 7),
        Choice("lenet5", 3, 10),
    ):
        assert list(offers(other)) == ["untrained"]
    assert list(offers(plain("alexnet"))) == ["imagenet", "untrained"]
    assert list(offers(Choice("alexnet", 3, 10))) == ["untrained"]
    assert list(offers(plain("zfnet"))) == ["untrained"]


def test_runs_of_this_server_are_offered(own_home: Path, links: Links) -> None:
    """The newest epoch of a run with the same options; the link carries its weights."""
    _model, card = load(REPOSITORY / "checkpoints" / "lenet5-mnist")
    made = {}
    for epoch in (0, 2):
        torch.manual_seed(epoch)
        made[epoch] = MODELS["lenet5"].build(activation="tanh").eval()
        own = Card(
            card.model, card.data, card.classes, card.input_size, card.mean, card.std, options={"activation": "tanh"}
        )
        save(own_home / "runs" / "4" / f"epoch-{epoch:04d}", made[epoch], own)
    app = page(networks_activation_lenet5="tanh")
    assert app.selectbox(key="networks_weights").options == ["Run 4 · LeNet-5 · MNIST, epoch 2", "untrained, seed 0"]
    index = int(app.number_input(key="networks_map_lenet5_conv1_run-4").value) - 1
    filters = made[2].get_submodule("conv1").weight.detach().numpy()  # type: ignore[union-attr, operator]
    assert np.allclose(unpacked(links[-1]["w"]), filters[index, 0], rtol=5e-4)


def test_a_broken_run_is_said(own_home: Path) -> None:
    """Its sentence, and the layer with untrained weights instead."""
    _model, card = load(REPOSITORY / "checkpoints" / "lenet5-mnist")
    save(own_home / "runs" / "4" / "epoch-0001", MODELS["lenet5"].build(), card)
    (own_home / "runs" / "4" / "epoch-0001.safetensors").write_bytes(b"cut")
    app = page(networks_weights="run-4")
    assert not app.exception
    assert "is not a checkpoint" in app.error[0].value
    assert field(app)["out"] == [28, 28]


def test_imagenet_weights_on_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not there: a button that says how much it fetches, and until then untrained weights."""
    begun: list[str] = []
    monkeypatch.setattr(pretrained, "begin", begun.append)
    app = page(networks_model="resnet18", networks_weights="imagenet")
    assert not app.exception
    button = app.button(key="networks_fetch")
    assert button.label == "Download the ImageNet weights (46.8 MB)"
    assert "until then untrained" in captions(app)
    button.click().run()
    assert begun == ["resnet18"]


def test_offline_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """What, where, and what to do; the button stays."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(pretrained, "address", lambda name: "http://127.0.0.1:9/resnet18-397923af.pth")
    app = page(networks_model="resnet18", networks_weights="imagenet")
    app.button(key="networks_fetch").click().run()
    app.session_state["networks_download"].wait(PATIENCE)
    app.run()
    assert "ResNet-18 could not be fetched: no connection to 127.0.0.1\\:9" in app.error[0].value
    assert app.button(key="networks_fetch").label.startswith("Download")


def test_published_weights_are_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: Links) -> None:
    """Once their file is here they are the usual choice, and the link carries them."""
    torch.manual_seed(5)
    published = MODELS["resnet18"].build()
    file = tmp_path / "torch" / "hub" / "checkpoints" / "resnet18-12345678.pth"
    file.parent.mkdir(parents=True)
    torch.save(published.state_dict(), file)
    monkeypatch.setattr(pretrained, "address", lambda name: "http://127.0.0.1:9/resnet18-12345678.pth")
    app = page(networks_model="resnet18")
    assert app.selectbox(key="networks_weights").value == "imagenet"
    index = int(app.number_input(key="networks_map_resnet18_conv1_imagenet").value) - 1
    read = int(app.number_input(key=f"networks_read_resnet18_conv1_imagenet_{index}").value) - 1
    filters = published.get_submodule("conv1").weight.detach().numpy()  # type: ignore[union-attr, operator]
    assert np.allclose(unpacked(links[-1]["w"]), filters[index, read], rtol=5e-4)


def test_the_drawing_of_the_first_page_is_the_picture(complete_data: Path, links: Links) -> None:
    """Carried over, it lies under the field, and the link carries its map."""
    drawing = np.zeros((28, 28), dtype=np.uint8)
    drawing[10:18, 4:24] = 255
    app = AppTest.from_file(REPOSITORY / "pages" / "networks.py", default_timeout=PATIENCE)
    app.session_state[DRAWING] = drawing
    app.run()
    assert not app.exception
    x = unpacked(links[-1]["x"])
    assert x.shape == (28, 28)
    assert np.unique(np.round(x, 2)).tolist() == [-0.42, 2.82]  # (0 - 0.1307) / 0.3081, (1 - 0.1307) / 0.3081


def test_a_file_is_cut_to_the_middle(links: Links) -> None:
    """A wide file: its middle square, normalised as ImageNet's weights want it."""
    pixels = np.zeros((100, 300, 3), dtype=np.uint8)
    pixels[:, 100:200] = (255, 0, 0)
    packed = io.BytesIO()
    Image.fromarray(pixels).save(packed, "PNG")
    app = page(networks_model="resnet18")
    app.segmented_control(key="networks_shown_photo").set_value("file").run()
    app.file_uploader(key="networks_shown_file").set_value(("wide.png", packed.getvalue(), "image/png")).run()
    assert not app.exception
    read = next(box for box in app.number_input if str(box.key).startswith("networks_read_resnet18_conv1"))
    read.set_value(1).run()
    assert np.allclose(unpacked(links[-1]["x"]), (1 - 0.485) / 0.229, rtol=5e-3)


def test_what_is_no_picture_is_said(links: Links) -> None:
    """One sentence, and the photo stays."""
    app = page(networks_model="resnet18")
    app.segmented_control(key="networks_shown_photo").set_value("file").run()
    app.file_uploader(key="networks_shown_file").set_value(("x.png", b"none", "image/png")).run()
    assert not app.exception
    assert "not a picture we can read" in app.error[0].value
    assert field(app)["source"].startswith("data:image/jpeg")


def test_a_block_alone_reads_maps(links: Links) -> None:
    """Inception-A has no picture of its own: maps made of the photo go in, and something comes out."""
    app = page(networks_model="inception-a", networks_layer="branch5x5_2.conv")
    assert not app.exception
    assert setting(links[-1]).k == (5, 5)
    assert np.ptp(unpacked(links[-1]["x"])) > 0


def test_a_cut_is_said(links: Links) -> None:
    """Which rows and columns of a large map, what its edges are, how numbers are rounded."""
    app = page(networks_model="alexnet")
    said = captions(app)
    side = setting(links[-1]).n[0]
    assert side < 64
    assert "of 224 × 224; at the edges of this cut padding stands in" in said
    assert "One of 3 pairs" in said
    assert "Values have 3 digits, weights 4." in said


def test_why_it_does_not_open(links: Links) -> None:
    """A concatenation has no window: a sentence and no link."""
    app = page(networks_model="inception-a", networks_layer="concat")
    assert links == []
    assert "Nothing slides here" in captions(app)


def test_measured_with_random_and_with_these_weights() -> None:
    """Two measurements, each with its own words; an addition can be measured too."""
    app = page(networks_model="basic-block", networks_layer="add")
    assert field(app)["measured"] is None
    app.segmented_control(key="networks_way").set_value("noise").run()
    assert (
        "with fresh random weights: the pixels that move the middle values of all maps span 7 × 7"
        in field(app)["measured"]["says"]
    )
    app.segmented_control(key="networks_way").set_value("picture").run()
    assert "with these weights and this picture" in field(app)["measured"]["says"]


def test_where_no_position_is_left() -> None:
    """A fully connected layer is measured at once: how many pixels count, and how few for half of it."""
    app = page(networks_layer="fc3")
    sent = field(app)
    assert sent["out"] is None
    assert "of the pixels move this value. Half of all influence comes from" in sent["measured"]["says"]
    assert app.number_input(key="networks_map_lenet5_fc3_lenet5-mnist").label == "Unit"


def test_the_answer_is_the_unit_at_first(complete_data: Path) -> None:
    """Of the last layer the class it takes the picture for: the first test digit is a 7, unit 8."""
    assert page(networks_layer="fc3").number_input(key="networks_map_lenet5_fc3_lenet5-mnist").value == 8


def test_chinese() -> None:
    """The panel speaks Chinese."""
    app = page(lang="zh", networks_layer="conv2", networks_weights="untrained")
    assert app.selectbox(key="networks_weights").label == "权重来自"
    assert "未训练，种子 0" in app.selectbox(key="networks_weights").options
    assert "数值保留 3 位有效数字" in captions(app)

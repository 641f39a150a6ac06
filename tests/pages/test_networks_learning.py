"""Frozen and trained layers on the page Networks: what is chosen is drawn, counted, and handed on to Training."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.ui.networks.choice import Choice, plain
from cnnviz.ui.networks.learning import layers_of, learning_of
from cnnviz.ui.shared import warmup
from tests.conftest import REPOSITORY
from tests.pages.test_networks import component, html, page
from tests.polling import PATIENCE


@pytest.fixture(autouse=True)
def torch_is_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a little after the start: the page need not wait for PyTorch."""
    monkeypatch.setattr(warmup, "underway", lambda: False)


def drawn(app: AppTest) -> dict[str, Any]:
    """The network as the drawing is sent it."""
    [network] = component(app, "networks_drawing")["networks"]
    return dict(network)


def states(app: AppTest) -> dict[str, str]:
    return {layer["name"]: layer["state"] for layer in drawn(app)["layers"] if "state" in layer}


def linked(app: AppTest, to: str) -> dict[str, str]:
    """The parameters of the page's link to another one, which has something frozen in it."""
    links = [each.proto for each in app.get("page_link")]
    found = [link for link in links if link.page == to and "trainable" in link.query_string]
    return dict(parse_qsl(urlsplit(f"?{found[0].query_string}").query)) if found else {}


def test_everything_learns_and_nothing_is_said_of_it() -> None:
    """The default is the drawing as it was: no state is sent, nothing is counted, nothing leads on."""
    app = page()
    assert app.selectbox(key="networks_trainable").options == [
        "Everything", "The last layer", "From conv2 on", "From fc1 on", "From fc2 on",
    ]  # fmt: skip
    assert states(app) == {}
    assert drawn(app)["learning"] == ""
    assert "Frozen" not in html(app)


def test_what_is_chosen_is_drawn_counted_and_in_the_link() -> None:
    """From fc2 on: three layers stay, one learns, and the last is the head; Training is handed the same."""
    app = page()
    app.selectbox(key="networks_trainable").select("fc2").run()
    assert states(app) == {"conv1": "frozen", "conv2": "frozen", "fc1": "frozen", "fc2": "learns", "fc3": "head"}
    counted = "Frozen: 3 of 5 layers with weights, 50,692 weights. Trained: 2 of 5, 11,014 weights."
    assert drawn(app)["learning"] == counted
    assert "Frozen 50,692 Trained 11,014" in " ".join(html(app).split())
    assert app.query_params["networks_trainable"] == "fc2"


def test_the_lessons_case() -> None:
    """VGG-16 for two classes: all but 8,194 weights are frozen."""
    learning = learning_of(Choice("vgg16", 3, 2), "last")
    assert (learning.frozen, learning.trained) == (134_260_544, 8_194)
    assert learning.states["classifier.6"] == "head"


def test_a_layer_that_is_not_there_is_said_in_a_sentence() -> None:
    """Nothing is frozen then, and what the link says stands in the box; another network forgets it."""
    app = page(networks_trainable="fc9")
    assert [error.value for error in app.error] == [
        "trainable must be all, last, or a layer with weights: conv1, conv2, fc1, fc2, fc3. Got fc9 instead."
    ]
    assert app.selectbox(key="networks_trainable").value == "fc9"
    assert states(app) == {}
    app.selectbox(key="networks_model").set_value("resnet18").run()
    assert not app.error
    assert app.selectbox(key="networks_trainable").value == "all"


def test_a_layer_inside_a_block_may_be_the_first() -> None:
    """A link can be finer than the box: the block is partly frozen."""
    app = page(networks_model="resnet-small", networks_trainable="block3.conv2")
    assert not app.error
    found = states(app)
    assert (found["block3.conv1"], found["block3.conv2"], found["fc"]) == ("frozen", "learns", "head")


def test_a_block_alone_has_nothing_to_train() -> None:
    """It has no classes, so there is no choice, whatever the link says."""
    app = page(networks_model="basic-block", networks_trainable="last")
    assert not app.exception
    assert not app.error
    assert states(app) == {}


def test_layers_are_those_the_training_freezes() -> None:
    """All weights of every layer of ResNet-152, in as many blocks as the lesson counts, and its two ends."""
    layers = layers_of(plain("resnet152"))
    assert sum(layer.params for layer in layers) == 60_192_808
    assert len({layer.block for layer in layers}) == 52


def test_to_training_and_back() -> None:
    """The link to Training names the network, the layers and a fitting start; Training's leads to this drawing."""
    app = at_home("networks", networks_trainable="fc2")
    there = linked(app, "training")
    assert there == {
        "training_model": "lenet5",
        "training_trainable": "fc2",
        "training_start_from": "lenet5-mnist",
    }
    back = linked(at_home("training", **there), "networks")
    assert (back["networks_model"], back["networks_trainable"]) == ("lenet5", "fc2")
    assert (back["networks_channels_lenet5"], back["networks_classes_lenet5"]) == ("1", "10")
    assert states(page(**back)) == states(app)


def at_home(name: str, **query: str) -> AppTest:
    """A page of the whole app, whose links are links."""
    app = AppTest.from_file(REPOSITORY / "streamlit_app.py", default_timeout=PATIENCE)
    app.query_params.update(query)
    app.run()
    return app.switch_page(f"pages/{name}.py").run()

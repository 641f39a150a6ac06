"""The page Networks: its figures are the networks' own, and its links lead on."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.engine.config import TrainConfig
from cnnviz.engine.device import choose_device, device_name
from cnnviz.engine.speed import IMAGENET, TimePerEpoch
from cnnviz.models.zoo import MODEL_NAMES, ZOO
from cnnviz.runs import scheduler, speed, worker
from cnnviz.ui.networks.choice import plain
from cnnviz.ui.networks.compare import PAIRS, ratio, share
from cnnviz.ui.networks.summary import depth, summary_of, where
from cnnviz.ui.shared import warmup
from tests.conftest import REPOSITORY
from tests.polling import PATIENCE, until


def page(**query: str) -> AppTest:
    """The page, run once, with a link's parameters."""
    app = AppTest.from_file(REPOSITORY / "pages" / "networks.py", default_timeout=PATIENCE)
    app.query_params.update(query)
    return app.run()


def component(app: AppTest, key: str) -> dict[str, Any]:
    """What the component with this key was sent."""
    (found,) = [block for block in app.get("bidi_component") if block.proto.id.endswith(key)]
    sent: dict[str, Any] = json.loads(found.proto.json)[0]
    return sent


def html(app: AppTest) -> str:
    """All HTML of the page as plain text."""
    return re.sub(r"<[^>]+>", " ", " ".join(block.proto.body for block in app.get("html")))


def test_first_output_needs_no_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    """While PyTorch is being loaded the page shows what is known without it, and says so."""
    monkeypatch.setattr(warmup, "underway", lambda: True)
    app = page(networks_model="vgg16")
    assert not app.exception
    assert app.selectbox(key="networks_model").label == "Model"
    assert "138,357,544" in html(app)
    assert "PyTorch is being loaded" in app.caption[-1].value


def test_the_page_itself_imports_no_torch() -> None:
    """Importing what the page shows first leaves torch and pandas out."""
    code = "import sys, cnnviz.ui.networks.page; print({'torch', 'pandas'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize("name", MODEL_NAMES)
def test_every_network_is_drawn(name: str) -> None:
    """Each network's weights are shown as published, and every layer reads layers drawn before it."""
    app = page(networks_model=name)
    assert not app.exception
    assert not app.error
    assert f"{ZOO[name].params:,}" in html(app)
    seen: set[str] = set()
    for layer in component(app, "networks_drawing")["networks"][0]["layers"]:
        assert set(layer.get("inputs", [])) - {""} <= seen
        seen.add(layer["name"])


def test_layer_of_the_link_is_chosen() -> None:
    """The select box, the drawing and the facts agree, and another network does not inherit the layer."""
    app = page(networks_layer="conv2")
    assert app.selectbox(key="networks_layer").value == "conv2"
    assert component(app, "networks_drawing")["chosen"] == "conv2"
    assert "14 × 14 pixels" in html(app)
    app.selectbox(key="networks_model").set_value("resnet18").run()
    assert not app.exception
    assert app.selectbox(key="networks_layer").value == "conv1"


def test_a_block_clicked_moves_the_select_box() -> None:
    """What the drawing says is chosen."""
    app = page()
    app.session_state["networks_drawing"] = {"chosen": "fc1"}
    app.session_state["networks_layer"] = "fc1"
    app.run()
    assert component(app, "networks_drawing")["chosen"] == "fc1"


def test_table_is_the_summary() -> None:
    """Rows as `model.summary()` prints them, with the totals; where height and width differ, both are said."""
    app = page(networks_model="keras-cnn", networks_view="table", networks_layer="conv2")
    sent = component(app, "networks_table")
    rows = {row["name"]: row["cells"] for row in sent["rows"]}
    assert rows["conv1"][:3] == ["32 × 26 × 26", "320", "194,688"]
    assert rows["conv2"][:2] == ["64 × 11 × 11", "18,496"]
    assert rows["pool2"][4:] == ["10", "4", "0"]
    assert rows["fc1"] == ["10", "16,010", "16,000", "40 B", "everything", "–", "–"]
    assert sent["foot"][2] == "34,826"
    assert sent["chosen"] == "conv2"
    assert "Total 34,826 · trainable 34,826 · non-trainable 0" in [each.value for each in app.markdown]
    rows = {
        row["name"]: row["cells"]
        for row in component(page(networks_model="inception-v3", networks_view="table"), "networks_table")["rows"]
    }
    assert "×" in rows["Mixed_6b.branch7x7_2.conv"][4]


def test_table_as_keras_prints_it() -> None:
    """The text to lay beside one's own holds the lesson's rows, and for batch norm what Keras counts."""
    (text,) = (block.value for block in page(networks_model="keras-cnn", networks_view="table").code)
    assert "│ conv2 (Conv2D)                  │ (None, 11, 11, 64)     │        18,496 │" in text
    (text,) = (block.value for block in page(networks_model="resnet152", networks_view="table").code)
    assert "Non-trainable params: 151,424" in text


def test_a_row_clicked_stays_chosen_in_other_views() -> None:
    """The table, the drawing above it and the view of the layer have one choice."""
    app = page(networks_view="table")
    app.session_state["networks_table"] = {"chosen": "fc2"}
    app.session_state["networks_layer"] = "fc2"
    app.run()
    assert component(app, "networks_drawing")["chosen"] == "fc2"
    app.run()
    app.run()
    assert component(app, "networks_table")["chosen"] == "fc2"


def test_options_and_classes_change_the_network() -> None:
    """A wider end has more weights; sigmoid is drawn where it was asked for; what that costs is said."""
    app = page(networks_classes_lenet5="20", networks_activation_lenet5="sigmoid", networks_batch_norm_lenet5="true")
    assert "62,600" in html(app)
    assert component(app, "networks_drawing")["networks"][0]["layers"][2]["kind"] == "Sigmoid"
    (said,) = (each.value for each in app.markdown if each.value.startswith("Changed"))
    assert said == (
        "Changed: classes: 20 (+850 weights, +840 multiplications); Activation: sigmoid (same weights, same work); "
        "Batch norm: on (+44 weights)."
    )


def test_as_its_authors_made_it() -> None:
    """One click puts every option back."""
    app = page(networks_activation_lenet5="sigmoid", networks_dropout_lenet5="0.5")
    app.button(key="networks_own_options_lenet5").click().run()
    assert not app.exception
    assert "61,706" in html(app)
    assert not [each for each in app.markdown if each.value.startswith("Changed")]
    assert "networks_own_options_lenet5" not in [button.key for button in app.button]


def test_googlenet_beside_alexnet() -> None:
    """The ratio in a sentence and in the table, both totals and depths, both drawings in one picture."""
    app = page(networks_model="alexnet", networks_view="compare", networks_with_alexnet="googlenet")
    text = html(app)
    assert "1/9 of the weights of AlexNet" in text
    for figure in ("61,100,840", "6,624,904", "1/9.2", "2,469,696 (4%)"):
        assert figure in text
    assert re.search(r"Depth\s+8\s+22", text)
    both = component(app, "networks_both")["networks"]
    assert [len(network["layers"]) > 100 for network in both] == [False, True]
    assert not [block for block in app.get("bidi_component") if block.proto.id.endswith("networks_drawing")]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair.first}-{pair.second}")
def test_pairs_are_one_click(pair: Any) -> None:
    """A pill sets both select boxes, is marked, and says what to look at."""
    app = page(networks_view="compare")
    app.pills(key="networks_pair").set_value(PAIRS.index(pair)).run()
    assert not app.exception
    assert app.selectbox(key="networks_model").value == pair.first
    assert app.selectbox(key=f"networks_with_{pair.first}").value == pair.second
    assert pair.look in html(app)


@pytest.mark.parametrize(
    ("name", "layers"),
    [
        ("lenet5", 5),
        ("alexnet", 8),
        ("vgg16", 16),
        ("vgg19", 19),
        ("googlenet", 22),
        ("resnet18", 18),
        ("resnet152", 152),
    ],
)
def test_depth_is_counted(name: str, layers: int) -> None:
    """Layers with weights on the longest way: as the papers count, shortcuts and branches left out."""
    assert depth(summary_of(plain(name))) == layers


def test_where_the_weights_and_the_work_are() -> None:
    """AlexNet in a sentence."""
    said = where(summary_of(plain("alexnet")))
    assert "Weights: 96.0% in fully connected layers (3), most of them in classifier.1, 61.8%." in said
    assert "Multiplications: 91.8% in convolution layers (5)" in said


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [(10, 10, "= 1"), (92, 10, "1/9.2"), (10, 21, "× 2.1"), (0, 3, "–"), (1, 1000, "× 1,000")],
)
def test_ratios_in_figures(first: int, second: int, said: str) -> None:
    """How many times the first the second is."""
    assert ratio(first, second) == said


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [(61, 61, "exactly"), (10, 92, "1/9 of"), (23, 10, "2.3 times"), (0, 5, "none of"), (7, 10, "70% of")],
)
def test_ratios_in_words(part: int, whole: int, said: str) -> None:
    """As one would say it."""
    assert share(part, whole) == said


HERE = device_name(choose_device())


@pytest.mark.slow
def test_predicted_beside_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Predicted, then really trained for an epoch: both rows, and how far off the prediction was."""
    config = TrainConfig(model="lenet5", data="digits", batch_size=256)
    monkeypatch.setattr(speed, "SECONDS", 0.1)
    speed.begin(config)
    until(lambda: speed.kept(config, HERE) is not None)
    app = page(networks_view="speed", networks_data="digits", networks_batch_size="256")
    assert "Predicted" in html(app)
    assert "Prediction off by" not in html(app)
    run, token = scheduler.submit_here(TrainConfig(model="lenet5", data="digits", batch_size=256, epochs=1))
    assert worker.run(run, token).status == "finished"
    text = html(app.run())
    assert any("Measured: runs 1, epochs 1 (median)." in caption.value for caption in app.caption)
    assert re.search(r"Prediction off by\s+[+−]\d+%", text)


def test_measure_goes_on_in_the_background(monkeypatch: pytest.MonkeyPatch) -> None:
    """The button returns at once; the page says that it measures, and then shows what was measured."""
    predicted = TimePerEpoch(9.0, 1.0, 1437, 128, 3, HERE)
    done, is_seen = [], threading.Event()
    monkeypatch.setattr(speed, "_ask", lambda *_arguments: done.append(is_seen.wait(PATIENCE)) or predicted)
    app = page(networks_view="speed", networks_data="digits")
    app.button(key="networks_speed").click().run()
    assert not done
    assert app.button(key="networks_speed").disabled
    assert any("timed, and thrown away" in each.value for each in app.markdown)
    is_seen.set()
    until(lambda: speed.latest().is_over)  # type: ignore[union-attr]
    assert "10 s" in html(app.run())


def test_imagenet_is_only_estimated() -> None:
    """A network for large pictures is timed for ImageNet, in days, with what the usual epochs would take."""
    app = page(networks_model="resnet152", networks_view="speed")
    assert "1,281,167 pictures of 3 × 224 × 224" in app.markdown[0].value
    speed.keep(TrainConfig(model="resnet152", data=IMAGENET), TimePerEpoch(20 * 86_400.0, 0.0, 1_281_167, 2, 1, HERE))
    app.run()
    assert "20 days" in html(app)
    assert app.caption[-1].value == "The usual 90 epochs: 1,800 days."


def test_the_page_training_knows_the_prediction() -> None:
    """What was measured for the configuration of the form stands below it."""
    speed.keep(TrainConfig(), TimePerEpoch(6.0, 1.0, 1437, 64, 3, HERE))
    app = AppTest.from_file(REPOSITORY / "pages" / "training.py", default_timeout=PATIENCE).run()
    assert "Predicted: 7.0 s an epoch, 1 min 10 s in all." in [caption.value for caption in app.caption]
    app.number_input(key="training_batch_size").set_value(128).run()
    assert not [caption for caption in app.caption if caption.value.startswith("Predicted")]


def test_train_one_epoch_to_compare(monkeypatch: pytest.MonkeyPatch) -> None:
    """The run that is submitted has the network's options and one epoch."""
    submitted = []
    monkeypatch.setattr(scheduler, "submit", lambda config, *_more, **_origin: submitted.append(config) or 3)
    app = page(networks_view="speed", networks_data="digits", networks_activation_lenet5="tanh")
    app.button(key="networks_speed_train").click().run()
    assert not app.exception
    (config,) = submitted
    assert (config.epochs, config.options()) == (1, {"activation": "tanh"})


def test_chinese() -> None:
    """The page speaks Chinese."""
    app = page(lang="zh", networks_view="table")
    assert app.title[0].value == "网络"
    assert "权重" in html(app)


def captions(app: AppTest) -> str:
    return " ".join(block.value for block in app.caption)


@pytest.mark.slow
def test_figures_of_papers_are_explained_where_ours_stand() -> None:
    """Depth below the totals; what ResNet's last maps see beside the layer and below the table; other tools' counts."""
    assert "27 with the five poolings" in captions(page(networks_model="googlenet"))
    assert "42 layers of the paper are those of its Inception v2" in captions(page(networks_model="inception-v3"))
    assert depth(summary_of(plain("inception-v3"))) == 48
    said = "The last maps see 427 pixels here, 483 in the table of Araujo et al. (2019)"
    assert said in captions(page(networks_model="resnet50", networks_layer="layer4.2.relu3"))
    assert said not in captions(page(networks_model="resnet50", networks_layer="layer1.0.conv1"))
    table = captions(page(networks_model="resnet50", networks_view="table"))
    assert said in table
    assert "torchinfo multiplies biases too" in table
    assert "Araujo" not in captions(page(networks_model="resnet18", networks_view="table"))


def test_the_depths_of_googlenet() -> None:
    """22 layers with weights on the longest way, and five poolings beside the blocks: the paper's 27."""
    summary = summary_of(plain("googlenet"))
    between = [layer for layer in summary if "Pool" in layer.kind and not layer.name.startswith("inception")]
    assert (depth(summary), len(between)) == (22, 5)

"""The page Networks: its figures are the networks' own, its links lead on, and a wrong row is said and mended."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from contextlib import redirect_stdout
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.engine.config import TrainConfig
from cnnviz.engine.pace import Pace, main, measure
from cnnviz.errors import CnnvizError, RunError
from cnnviz.models.blueprint import Blueprint, RowError
from cnnviz.models.names import MODEL_FACTS, MODEL_NAMES
from cnnviz.models.rows import Row
from cnnviz.runs import measuring, scheduler
from cnnviz.ui import warmup
from cnnviz.ui.convolution.setting import Setting
from cnnviz.ui.networks.choice import plain
from cnnviz.ui.networks.compare import share
from cnnviz.ui.networks.mending import first_error, mends
from cnnviz.ui.networks.opening import Content, opening, pack
from tests.conftest import REPOSITORY


def page(**query: str) -> AppTest:
    """The page, run once, with a link's parameters."""
    app = AppTest.from_file(REPOSITORY / "pages" / "networks.py", default_timeout=60)
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


def own(*rows: Row, size: tuple[int, int, int] = (1, 28, 28), classes: int = 10) -> Blueprint:
    return Blueprint("mine", size, classes, rows)


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
    code = "import sys, cnnviz.ui.networks.frame; print({'torch', 'pandas'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize("name", MODEL_NAMES)
def test_every_network_is_drawn(name: str) -> None:
    """Each network's weights are shown as published, and every layer reads layers drawn before it."""
    app = page(networks_model=name)
    assert not app.exception
    assert not app.error
    assert f"{MODEL_FACTS[name].params:,}" in html(app)
    seen: set[str] = set()
    for layer in component(app, "networks_drawing")["layers"]:
        assert set(layer["inputs"]) - {""} <= seen
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
    """Rows as `model.summary()` prints them, with the totals."""
    text = html(page(networks_model="keras-cnn", networks_view="table"))
    for figure in ("26 × 26", "320", "18,496", "16,010", "34,826"):
        assert figure in text


def test_options_and_classes_change_the_network() -> None:
    """A wider end has more weights; sigmoid is drawn where it was asked for."""
    app = page(networks_classes_lenet5="20", networks_activation_lenet5="sigmoid")
    assert "62,556" in html(app)
    assert "Sigmoid" in component(app, "networks_drawing")["layers"][1]["says"]


def test_googlenet_beside_alexnet() -> None:
    """The ratio in a sentence, both totals, both drawings."""
    app = page(networks_model="alexnet", networks_view="compare")
    text = html(app)
    assert "1/9 of the weights of AlexNet" in text
    assert "6,624,904" in text
    assert len(component(app, "networks_second")["layers"]) > 100


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [(61, 61, "exactly"), (10, 92, "1/9 of"), (23, 10, "2.3 times"), (0, 5, "none of"), (7, 10, "70% of")],
)
def test_ratios_in_words(part: int, whole: int, said: str) -> None:
    """As one would say it."""
    assert share(part, whole) == said


def test_conv_opens_with_its_numbers() -> None:
    """N, K, P, S of a layer are what the convolution page reads from the link."""
    model = plain("lenet5").outline()
    found = opening(model.conv1, (1, 28, 28), Content(digit=8, network="lenet5-mnist", filter=3))
    assert found is not None
    setting = Setting.from_link("&".join(f"{name}={value}" for name, value in found.parameters.items()))
    assert (setting.n, setting.k, setting.p, setting.s) == ((28, 28), (5, 5), (2, 2), (1, 1))
    assert (setting.kernel, setting.filter, setting.input, setting.pick) == ("lenet5-mnist", 3, "digit", 8)
    assert setting.output_size == 28


def test_large_layer_shows_a_corner() -> None:
    """Larger inputs than the page goes are cut, and nothing of another size is laid on."""
    found = opening(plain("alexnet").outline().features[0], (3, 224, 224), Content(digit=1))
    assert found is not None
    assert found.cut
    assert (found.parameters["n"], found.parameters["k"], found.parameters["s"]) == ("64", "11", "4")
    assert "input" not in found.parameters


def test_what_is_no_window_has_no_door() -> None:
    """A fully connected layer does not open in the convolution page."""
    assert opening(plain("lenet5").outline().fc1, (400,)) is None


def test_packed_numbers_are_the_browsers() -> None:
    """The text form of components/convolution/pack.js."""
    assert pack(np.array([[1, -2.5, 0], [0, 0, 0], [0.125, -0.0625, 12]])) == "1_-2.5_0r0*3r.125_-.0625_12"


def test_door_brings_a_real_map_and_real_weights() -> None:
    """conv2 of the shipped LeNet: the link holds a 14 × 14 map and a 5 × 5 kernel."""
    app = page(networks_layer="conv2")
    assert app.selectbox(key="networks_weights").value == "lenet5-mnist"
    assert app.number_input(key="networks_read_6").max == 6


def test_measured_by_gradient() -> None:
    """The button puts the measured box beside the theoretical one."""
    app = page(networks_layer="conv2")
    app.button(key="networks_measure").click().run()
    field = component(app, "networks_field")
    assert "span 14 × 14" in field["measured"]["says"]
    assert [axis["field"] for axis in field["axes"]] == [14, 14]


def test_source_to_take_away() -> None:
    """The code shown defines the network."""
    app = page(networks_view="export")
    assert "nn.Conv2d(1, 6, " in app.code[0].value


def test_pace_in_a_process_of_its_own() -> None:
    """A few steps are timed."""
    pace = measuring.measured_pace(TrainConfig(model="lenet5", data="digits", batch_size=256), seconds=0.1)
    assert isinstance(pace, Pace)
    assert pace.seconds_per_epoch > 0


def test_what_the_training_refuses_comes_back_as_its_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """A data set that is not here: the process says so in JSON, and the page in words."""
    config = TrainConfig(model="lenet5", data="mnist")
    said = io.StringIO()
    with redirect_stdout(said):
        main(config.to_json())
    answer = subprocess.CompletedProcess([], 0, stdout=said.getvalue())
    monkeypatch.setattr(measuring.subprocess, "run", lambda *_arguments, **_named: answer)
    with pytest.raises(CnnvizError, match="mnist is not"):
        measuring.measured_pace(config)


def test_one_measurement_at_a_time() -> None:
    """Two at once would only measure each other: the second is told to wait."""
    with measuring._LOCK, pytest.raises(RunError, match="Another visitor"):
        measuring.measured_pace(TrainConfig())


def test_pace_scales_to_the_epoch() -> None:
    """Pictures a second times seconds an epoch are the pictures of an epoch."""
    pace = measure(TrainConfig(model="lenet5", data="digits", batch_size=512), seconds=0.2)
    assert pace.images_per_second * pace.seconds_per_epoch == pytest.approx(1437, rel=0.05)


def test_own_network_starts_as_lenet() -> None:
    """The table has LeNet-5's rows with their shapes and weights."""
    sent = component(page(networks_view="own"), "networks_rows")
    assert [row["kind"] for row in sent["blueprint"]["rows"]][:3] == ["conv", "activation", "max_pool"]
    assert sent["found"][0] == {"name": "conv1", "out": "6×28×28", "params": "156"}


def say(app: AppTest, **changes: Any) -> AppTest:
    """The table says that its network has changed."""
    from cnnviz.ui.networks import own as module

    network = {**component(app, "networks_rows")["blueprint"], **changes}
    app.session_state["networks_rows"] = {"said": {"serial": "0-1", "blueprint": network}}
    app.session_state[module._KEPT] = Blueprint(
        network["name"],
        tuple(int(side) for side in network["input_size"]),
        int(network["num_classes"]),
        tuple(module._read_row(row) for row in network["rows"]),
    ).to_json()
    return app.run()


def test_error_stands_at_its_row_with_its_mend() -> None:
    """A kernel too large: the row says why and what would mend it; nothing can be trained meanwhile."""
    app = page(networks_view="own")
    rows = component(app, "networks_rows")["blueprint"]["rows"]
    rows[3]["options"]["kernel_size"] = "15"
    say(app, rows=rows)
    sent = component(app, "networks_rows")
    assert [index for index, row in enumerate(sent["found"]) if "problem" in row] == [3]
    assert sent["mends"][0]["says"] == "Set padding to 1"
    assert "networks_own_train" not in [button.key for button in app.button]
    say(app, rows=sent["mends"][0]["rows"])
    assert not [row for row in component(app, "networks_rows")["found"] if "problem" in row]
    assert "networks_own_train" in [button.key for button in app.button]


def test_start_from_any_network() -> None:
    """Every network of the list becomes rows."""
    app = page(networks_model="resnet-small", networks_view="own")
    app.button(key="networks_own_start").click().run()
    assert "basic_block" in [row["kind"] for row in component(app, "networks_rows")["blueprint"]["rows"]]


def test_what_is_no_network_is_refused_in_a_sentence() -> None:
    """A wrong file changes nothing and is said."""
    app = page(networks_view="own")
    app.file_uploader(key="networks_own_file").set_value(("x.json", b'{"rows": "import os"}', "application/json")).run()
    assert not app.exception
    assert "not the file of a network" in app.error[0].value


def test_train_it_submits_the_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """The run that is submitted has the table's rows, fitted to the data set."""
    submitted = []
    monkeypatch.setattr(scheduler, "submit", lambda config, owner="", name="": submitted.append(config) or 7)
    app = page(networks_view="own")
    app.button(key="networks_own_train").click().run()
    assert not app.exception
    (config,) = submitted
    assert (config.model, config.data) == ("own", "digits")
    assert len(Blueprint.from_json(config.blueprint).rows) == 12
    assert "Run 7" in app.success[0].value


WRONG = [
    own(Row.of("conv", out_channels=8, kernel_size=3), Row.of("linear")),
    own(Row.of("flatten"), Row.of("linear", out_features=7)),
    own(Row.of("flatten"), Row.of("conv", out_channels=8, kernel_size=3)),
    own(Row.of("conv", out_channels=8, kernel_size=40)),
    own(Row.of("conv", out_channels=8, kernel_size=3, groups=5), Row.of("flatten"), Row.of("linear")),
    own(Row.of("conv", kernel_size=3), Row.of("flatten"), Row.of("linear")),
    own(Row.of("conv", out_channels=99999, kernel_size=3), Row.of("flatten"), Row.of("linear")),
    own(Row.of("dropout", p=2.0), Row.of("flatten"), Row.of("linear")),
    own(Row.of("max_pool", kernel_size=30), Row.of("flatten"), Row.of("linear")),
]


@pytest.mark.parametrize("blueprint", WRONG, ids=range(len(WRONG)))
def test_mends_mend(blueprint: Blueprint) -> None:
    """Accepting first mends one after the other ends in a network without a wrong row."""
    for _attempt in range(6):
        error = first_error(blueprint.check())
        if error is None:
            break
        assert isinstance(error, RowError)
        offered = mends(blueprint, error)
        assert offered, str(error)
        blueprint = Blueprint("mine", blueprint.input_size, blueprint.num_classes, offered[0].rows)
    assert first_error(blueprint.check()) is None


def test_chinese() -> None:
    """The page speaks Chinese."""
    app = page(lang="zh", networks_view="table")
    assert app.title[0].value == "网络"
    assert "权重" in html(app)

"""The page Layers: its pictures are the network's own numbers, for any picture, and errors are sentences."""

from __future__ import annotations

import base64
import io
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest

from cnnviz.base import paths
from cnnviz.charts.maps import Limits, limits, paint
from cnnviz.charts.theme import stylesheet
from cnnviz.data.registry import dataset
from cnnviz.engine.checkpoint import load, save
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.evaluate import prepare
from cnnviz.runs import annotations as run_notes
from cnnviz.runs import scheduler
from tests.conftest import REPOSITORY
from tests.polling import PATIENCE

pytestmark = pytest.mark.slow

SHIPPED = "lenet5-mnist"
LAYERS = ("conv1", "relu1", "pool1", "conv2", "relu2", "pool2", "flatten", "fc1", "relu3", "fc2", "relu4", "fc3")


def page(**query: str) -> AppTest:
    """The page, run once, with a link's parameters."""
    app = AppTest.from_file(REPOSITORY / "pages" / "layers.py", default_timeout=PATIENCE)
    app.query_params.update(query)
    return app.run()


def component(app: AppTest, key: str) -> dict:
    """What the component with this key was sent."""
    (found,) = [block for block in app.get("bidi_component") if block.proto.id.endswith(key)]
    return json.loads(found.proto.json)[0]


def floats(field: dict) -> np.ndarray:
    """An array as the trace component gets it."""
    return np.frombuffer(base64.b64decode(field["values"]), "<f4").reshape(field["shape"])


def sprite(data: dict) -> np.ndarray:
    """The tiles of a sheet, (n, height, width, 3)."""
    raw = base64.b64decode(data["sprite"].split(",")[1])
    with Image.open(io.BytesIO(raw)) as image:
        return np.asarray(image).reshape(-1, data["height"], data["width"], 3)


def torchs_maps(picture: np.ndarray, layer: str, name: str = SHIPPED) -> np.ndarray:
    """The layer's output, computed here with torch alone."""
    model, card = load(paths.shipped_checkpoints() / name)
    value = prepare(card, picture[None])
    with torch.no_grad():
        for child, module in model.named_children():
            value = module(value)
            if child == layer:
                break
    return value[0].numpy()


def png(picture: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    return file.getvalue()


def upload(name: str, content: bytes) -> AppTest:
    """The page after a visitor gave it a file."""
    app = page()
    app.button_group(key="layers_source").set_value("file").run()
    app.file_uploader[0].set_value((name, content, "image/png")).run()
    return app


def links(app: AppTest) -> dict[str, str]:
    """What the address says."""
    return {name: text if isinstance(text, str) else text[-1] for name, text in dict(app.query_params).items()}


def test_controls_have_their_names() -> None:
    """The labels other people and tests find the controls by."""
    app = page()
    assert not app.exception
    assert [box.label for box in app.selectbox][:2] == ["Checkpoint", "Layer"]
    assert app.selectbox(key="layers_layer").options[:4] == ["conv1", "relu1", "pool1", "conv2"]
    assert "Feature map" in [box.label for box in app.number_input]


def test_conv2_has_16_maps_of_10_by_10() -> None:
    """Choosing another layer shows that layer: its count, its sizes, its weights, its reach."""
    app = page()
    assert app.subheader[0].value == "conv1: 6 feature maps of 28 × 28"
    app.selectbox(key="layers_layer").set_value("conv2").run()
    assert app.subheader[0].value == "conv2: 16 feature maps of 10 × 10"
    facts = app.caption[-1].value
    assert "16 filters" in facts
    assert "6 × 14 × 14 in, 16 × 10 × 10 out" in facts
    assert "2,416 weights" in facts
    assert "240,000 multiplications" in facts
    assert "sees 14 × 14 pixels" in facts
    sheet = component(app, "layers_sheet")
    assert len(sheet["titles"]) == 16
    assert (sheet["height"], sheet["width"]) == (10, 10)


def test_maps_are_torchs_own(complete_data: Path) -> None:
    """The pixels of every tile are the painted output of torch's own forward pass for that test picture."""
    app = page(layers_layer="conv2", layers_picture="42")
    picture = dataset("mnist").load("test").images[41]  # pages count from 1
    maps = torchs_maps(picture, "conv2")
    np.testing.assert_array_equal(sprite(component(app, "layers_sheet")), paint(maps, limits(maps), "light"))


def test_chosen_map_comes_with_its_own_filter(complete_data: Path) -> None:
    """Map 5 of conv2: its values, the six maps it reads, its weights and its bias are the network's."""
    app = page(layers_layer="conv2", layers_map="5", layers_picture="7")  # counted from 1
    assert "Map 5, value by value" in [heading.value for heading in app.subheader]
    traced = component(app, "layers_trace")
    picture = dataset("mnist").load("test").images[6]
    model, _ = load(paths.shipped_checkpoints() / SHIPPED)
    np.testing.assert_allclose(floats(traced["output"])[0], torchs_maps(picture, "conv2")[4], atol=1e-6)
    np.testing.assert_allclose(floats(traced["inputs"]), torchs_maps(picture, "pool1"), atol=1e-6)
    np.testing.assert_array_equal(floats(traced["weights"]), model.conv2.weight[4].detach().numpy())
    assert traced["bias"] == pytest.approx(model.conv2.bias[4].item())
    assert traced["kernel_size"] == [5, 5]


@pytest.mark.parametrize(
    ("layer", "reads"),
    [
        ("conv2", "what it reads: 6 × 14 × 14"),
        ("relu2", "what it reads: 1 × 10 × 10"),
        ("fc1", "what it reads: 400 numbers, flattened from 16 × 5 × 5"),
        ("relu3", "what it reads: one number"),
        ("fc3", "what it reads: 84 numbers"),
    ],
)
def test_what_a_layer_reads_is_said_in_its_own_shape(layer: str, reads: str) -> None:
    """A row of 84 numbers is 84 numbers, though it is drawn as 7 rows of 12."""
    traced = component(page(layers_layer=layer), "layers_trace")
    assert traced["strings"]["input"] == reads


def test_a_clicked_tile_moves_the_number() -> None:
    """The tile clicked, the number box, the caption and the heading name the same map, counted from 1."""
    app = page(layers_layer="conv2")
    assert app.number_input(key="layers_map").min == 1
    app.session_state["layers_map"] = 11
    app.run()
    assert app.number_input(key="layers_map").value == 11
    assert "Map 11, value by value" in [heading.value for heading in app.subheader]
    assert component(app, "layers_trace")["strings"]["says"].startswith("Map 11, row {row}, column {column}: ")
    for view, key, title in (("maps", "layers_sheet", "map 11: "), ("filters", "layers_filters", "filter 11, norm ")):
        app.button_group(key="layers_view_switch").set_value(view).run()
        sheet = component(app, key)
        assert sheet["chosen"] == 10
        assert sheet["captions"] == [str(number) for number in range(1, 17)]
        assert sheet["titles"][10].startswith(title)


def test_a_unit_that_answers_has_its_class_beside_its_number() -> None:
    """Units are counted from 1, the digits they stand for from 0: unit 8 of fc3 answers "7"."""
    app = page(layers_layer="fc3", layers_map="8")
    sheet = component(app, "layers_sheet")
    assert sheet["captions"][7] == "7"
    assert sheet["titles"][7].startswith("unit 8, class 7: ")
    assert "Unit 8, class 7, step by step" in [heading.value for heading in app.subheader]


@pytest.mark.parametrize("number", ["0", "17", "-1", "x"])
def test_a_number_there_is_not_in_the_link(number: str) -> None:
    """The first map is shown instead."""
    app = page(layers_layer="conv2", layers_map=number)
    assert not app.exception
    assert app.number_input(key="layers_map").value == 1
    assert component(app, "layers_sheet")["chosen"] == 0


def test_a_number_too_large_for_the_next_layer_is_taken_back() -> None:
    """From map 16 of conv2 to conv1 with six maps: the last one, no error."""
    app = page(layers_layer="conv2", layers_map="16")
    assert app.number_input(key="layers_map").value == 16
    app.selectbox(key="layers_layer").set_value("conv1").run()
    assert not app.exception
    assert app.number_input(key="layers_map").value == 6


@pytest.mark.parametrize("layer", LAYERS)
def test_every_layer_can_be_shown(layer: str) -> None:
    """No layer breaks the page, and each value of it is traced; those that learn show what they learnt."""
    app = page(layers_layer=layer)
    assert not app.exception
    assert not app.error
    assert app.subheader[0].value.startswith(f"{layer}: ")
    assert component(app, "layers_trace")["strings"]["says"]
    app.button_group(key="layers_view_switch").set_value("filters").run()
    learnt = [heading.value for heading in app.subheader if "learnt" in heading.value]
    assert bool(learnt) == layer.startswith(("conv", "fc"))
    assert bool(learnt) != any("has no filters" in caption.value for caption in app.caption)


def test_answer_and_truth(complete_data: Path) -> None:
    """The first test picture of MNIST is a 7, and the shipped network says so."""
    app = page(layers_picture="1")
    assert "Right: it is 7." in "".join(block.proto.body for block in app.get("html"))


def test_another_picture_of_a_class(complete_data: Path) -> None:
    """A class shows its first picture at once, "Another picture" the next; a picture of the class stays."""
    app = page()
    fours = (np.flatnonzero(dataset("mnist").load("test").labels == 4) + 1).tolist()
    app.selectbox(key="layers_class").set_value(4).run()
    assert app.number_input(key="layers_picture").value == fours[0]
    app.button(key="layers_another").click().run()
    assert app.number_input(key="layers_picture").value == fours[1]
    for wanted in (-1, 4):
        app.selectbox(key="layers_class").set_value(wanted).run()
        assert app.number_input(key="layers_picture").value == fours[1]


def test_without_the_data_set_small_digits_stand_in() -> None:
    """On a machine without MNIST the page still shows every layer, and says what picture it is."""
    app = page()
    assert any("MNIST is not on this machine" in caption.value for caption in app.caption)
    assert app.subheader[0].value == "conv1: 6 feature maps of 28 × 28"


def test_drawing_is_carried_over() -> None:
    """What was drawn on another page is what the layers see here."""
    app = page()
    drawing = np.zeros((28, 28), np.uint8)
    drawing[5:25, 13:16] = 255  # a stroke whose centre of mass is where MNIST has it: it stays as it is
    app.session_state["drawing"] = drawing
    app.button_group(key="layers_source").set_value("drawing").run()
    assert not app.exception
    maps = torchs_maps(drawing[None], "conv1")
    np.testing.assert_array_equal(sprite(component(app, "layers_sheet")), paint(maps, limits(maps), "light"))


def test_no_drawing_yet_says_what_to_do() -> None:
    """Before the first stroke there is a pad, a sentence, the strip, and the filters, which need no picture."""
    app = page(layers_view="filters")
    app.button_group(key="layers_source").set_value("drawing").run()
    assert app.info[0].value.startswith("Draw something")
    assert [heading.value for heading in app.subheader] == ["The 6 filters it has learnt", "Filter 1 in full"]
    assert component(app, "layers_strip")["sprite"] is None


def test_uploaded_picture() -> None:
    """Dark ink on white paper is read, turned, centred and shown to the network."""
    paper = np.full((200, 160), 255, np.uint8)
    paper[30:170, 70:90] = 10
    app = upload("one.png", png(paper))
    assert not app.error
    assert app.subheader[0].value == "conv1: 6 feature maps of 28 × 28"
    assert "It takes this for 1." in "".join(block.proto.body for block in app.get("html"))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"not a picture at all", "not a picture we can read"), (png(np.zeros((1, 1), np.uint8)), "1 × 1 pixels")],
    ids=["text", "one pixel"],
)
def test_wrong_files_are_one_sentence(content: bytes, sentence: str) -> None:
    """A text named .png, or a single pixel: one sentence, no traceback, and the rest of the page stays."""
    app = upload("wrong.png", content)
    assert not app.exception
    assert len(app.error) == 1
    assert sentence in app.error[0].value
    assert len(component(app, "layers_strip")["nodes"]) == 12


def test_trained_runs_and_their_epochs(own_home: Path) -> None:
    """A run trained here can be chosen, and every epoch of it; 0 is what it was before its first step."""
    run = own_home / "runs" / "12"
    run.mkdir(parents=True)
    model, card = load(paths.shipped_checkpoints() / SHIPPED)
    save(run / "epoch-0001", model, card)
    with torch.no_grad():
        model.conv1.weight.fill_(0.25)
    save(run / "epoch-0000", model, card)
    app = page(layers_checkpoint="run-12", layers_view="filters")
    assert app.selectbox(key="layers_checkpoint").value == "run-12"
    newest = sprite(component(app, "layers_filters"))
    np.testing.assert_array_equal(newest, sprite(component(page(layers_view="filters"), "layers_filters")))
    app.select_slider(key="layers_film").set_value(0).run()
    assert len(np.unique(sprite(component(app, "layers_filters")).reshape(-1, 3), axis=0)) == 1
    assert app.selectbox(key="layers_epoch").value == "1"
    app.selectbox(key="layers_epoch").set_value("0").run()
    assert links(app)["layers_epoch"] == "0"
    app.button_group(key="layers_view_switch").set_value("maps").run()
    assert (floats(component(app, "layers_trace")["weights"]) == 0.25).all()


def test_broken_checkpoint_is_one_sentence(own_home: Path) -> None:
    """A cut weights file says so; the choice of another checkpoint stays."""
    run = own_home / "runs" / "3"
    run.mkdir(parents=True)
    shutil.copy(paths.shipped_checkpoints() / f"{SHIPPED}.json", run / "epoch-0001.json")
    (run / "epoch-0001.safetensors").write_bytes(b"\x00" * 100)
    app = page(layers_checkpoint="run-3")
    assert not app.exception
    assert len(app.error) == 1
    assert "epoch-0001.safetensors is not a checkpoint" in app.error[0].value
    app.selectbox(key="layers_checkpoint").set_value(SHIPPED).run()
    assert not app.error


def test_unknown_checkpoint_in_the_link() -> None:
    """A name there is not shows the first one and says so."""
    app = page(layers_checkpoint="run-99")
    assert app.selectbox(key="layers_checkpoint").value == "lenet5-mnist"
    assert app.selectbox(key="layers_checkpoint").options[0] == "LeNet-5 · MNIST"
    assert "There is no checkpoint run-99 here" in app.warning[0].value


def test_a_deleted_run_in_the_link_says_how_it_comes_back(own_home: Path) -> None:
    """Its files are still there, but it is no choice; the sentence says why."""
    store = scheduler.store()
    run, token = store.add_here(TrainConfig())
    store.end(run, token, "finished")
    save(store.directory(run) / "epoch-0001", *load(paths.shipped_checkpoints() / SHIPPED))
    run_notes.delete(store, [run])
    app = page(layers_checkpoint=f"run-{run}")
    assert app.selectbox(key="layers_checkpoint").value == "lenet5-mnist"
    assert f"Run {run} was deleted. For a quarter of an hour it can be brought back" in app.warning[0].value
    assert f"There is no checkpoint run-{run} here; this is LeNet-5 · MNIST." in app.warning[0].value
    store.close()


@pytest.mark.parametrize("is_in_link", [True, False])
def test_a_checkpoint_deleted_while_it_is_looked_at(own_home: Path, is_in_link: bool) -> None:
    """The next click says that it is gone, also where the address has not come along yet, and only that one."""
    own = own_home / "own" / "mine.safetensors"
    own.parent.mkdir()
    save(own, *load(paths.shipped_checkpoints() / SHIPPED))
    app = page()
    app.selectbox(key="layers_checkpoint").set_value("own-mine").run()
    assert not app.warning
    own.unlink()
    own.with_suffix(".json").unlink()
    if not is_in_link:
        del app.query_params["layers_checkpoint"]
    app.number_input(key="layers_map").set_value(2).run()
    assert app.selectbox(key="layers_checkpoint").value == SHIPPED
    assert [each.value for each in app.warning] == ["There is no checkpoint own-mine here; this is LeNet-5 · MNIST."]
    assert not app.number_input(key="layers_map").set_value(3).run().warning
    assert not app.exception


def test_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    """In Chinese headings are Chinese; layer names and numbers stay."""
    monkeypatch.setenv("CNNVIZ_LANG", "zh")
    app = page(layers_layer="conv2")
    assert app.subheader[0].value == "conv2：16 张 10 × 10 的特征图"
    assert app.selectbox(key="layers_layer").label == "层"


def test_page_has_its_own_colours() -> None:
    """Run alone, the page still carries the theme."""
    assert any(stylesheet("light") in block.proto.body for block in page().get("html"))


def test_the_strip_shows_every_layer() -> None:
    """Twelve tiles with sizes and what they read; a tile that is clicked moves the box "Layer"."""
    app = page(layers_layer="pool2")
    strip = component(app, "layers_strip")
    assert [node["name"] for node in strip["nodes"]][:4] == ["conv1", "relu1", "pool1", "conv2"]
    assert [node["size"] for node in strip["nodes"]][-2:] == ["84", "10"]
    assert [node["reads"] for node in strip["nodes"]][:3] == [[], [0], [1]]
    assert strip["chosen"] == 5
    assert strip["sprite"].startswith("data:image/png;base64,")
    app.session_state["layers_layer"] = "fc2"
    app.run()
    assert component(app, "layers_strip")["chosen"] == 9
    assert app.subheader[0].value == "fc2: 84 values"


def test_one_scale_for_a_map_for_the_layer_for_the_network(complete_data: Path) -> None:
    """The tile has its own colours, the layer's, or those of the largest value anywhere; the link says which."""
    app = page(layers_layer="conv2", layers_picture="42", layers_range="map")
    maps = torchs_maps(dataset("mnist").load("test").images[41], "conv2")
    shown = sprite(component(app, "layers_sheet"))
    for index in range(16):
        expected = paint(maps[index], limits(maps[index]), "light")
        assert np.abs(shown[index].astype(int) - expected).max() <= 2
    app.button_group(key="layers_range_switch").set_value("network").run()
    assert links(app)["layers_range"] == "network"
    wide = sprite(component(app, "layers_sheet"))
    largest = max(np.abs(torchs_maps(dataset("mnist").load("test").images[41], layer)).max() for layer in LAYERS)
    expected = paint(maps, Limits(-float(largest), float(largest), True), "light")
    np.testing.assert_array_equal(wide, expected)


def test_the_link_carries_the_drawing() -> None:
    """Source and strokes: who opens the link sees the same picture; by one that was cut, a test picture."""
    app = page()
    drawing = np.zeros((28, 28), np.uint8)
    drawing[4:24, 12:15] = np.arange(20)[:, None] * 13
    app.session_state["drawing"] = drawing
    app.button_group(key="layers_source").set_value("drawing").run()
    link = links(app)
    assert link["layers_source"] == "drawing"
    other = page(**link)
    np.testing.assert_array_equal(other.session_state["drawing"], drawing)
    one, two = (sprite(component(each, "layers_sheet")) for each in (app, other))
    np.testing.assert_array_equal(one, two)
    cut = page(layers_source="drawing", layers_drawing=link["layers_drawing"][:-9])
    assert not cut.exception
    assert cut.button_group(key="layers_source").value == "test"


def test_a_network_without_its_data_set_shows_a_photo_at_once() -> None:
    """CIFAR-10 is not here: the first of scikit-learn's photos, the other by the link, no test set to choose from."""
    app = page(layers_checkpoint="resnet-small-cifar10")
    assert not app.exception
    assert app.button_group(key="layers_source").options == ["Photo", "Draw", "Camera", "File"]
    assert app.subheader[0].value == "conv1: 32 feature maps of 32 × 32"
    first = sprite(component(app, "layers_sheet"))
    other = page(layers_checkpoint="resnet-small-cifar10", layers_photo="china")
    assert (sprite(component(other, "layers_sheet")) != first).any()
    app.button_group(key="layers_photo").set_value("china").run()
    assert links(app)["layers_photo"] == "china"
    np.testing.assert_array_equal(sprite(component(app, "layers_sheet")), sprite(component(other, "layers_sheet")))


def test_filters_by_norm() -> None:
    """The longest first; the number box keeps the filter that is chosen, wherever its tile went."""
    model, _ = load(paths.shipped_checkpoints() / SHIPPED)
    norms = model.conv2.weight.detach().flatten(1).norm(dim=1).numpy()
    app = page(layers_layer="conv2", layers_view="filters", layers_order="norm", layers_map="5")
    sheet = component(app, "layers_filters")
    ranks = np.argsort(-norms)
    assert sheet["captions"] == [str(index + 1) for index in ranks]
    assert sheet["chosen"] == list(ranks).index(4)
    assert "Filter 5 in full" in [heading.value for heading in app.subheader]


def test_training_mode_is_offered_where_it_differs() -> None:
    """LeNet answers alike in both; in the Keras lessons' network dropout sets half of the values to zero."""
    assert "layers_mode_switch" not in [switch.key for switch in page().button_group]
    app = page(layers_checkpoint="keras-cnn-mnist", layers_layer="dropout1")
    before = component(app, "layers_trace")
    app.button_group(key="layers_mode_switch").set_value("training").run()
    assert links(app)["layers_mode"] == "training"
    after = component(app, "layers_trace")
    assert (before["kind"], after["kind"]) == ("same", "dropped")
    assert any("batch norm takes mean and variance" in caption.value for caption in app.caption)


def test_a_link_to_a_drawing_that_is_not_there() -> None:
    """From the first page, where nothing was drawn yet: a test picture at once; "Draw" can be chosen, and stays."""
    app = page(layers_source="drawing")
    assert app.button_group(key="layers_source").value == "test"
    assert not app.info
    app.button_group(key="layers_source").set_value("drawing").run()
    assert app.run().button_group(key="layers_source").value == "drawing"
    assert app.info[0].value.startswith("Draw something")

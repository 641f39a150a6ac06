"""Taking away from the page Layers: files are the network's own numbers, and a link brings every choice back."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest

from cnnviz.base import paths
from cnnviz.charts.maps import Limits, each_by_itself, limits, paint
from cnnviz.data.mnist_style import for_drawing
from cnnviz.data.registry import dataset
from cnnviz.engine.checkpoint import load, save
from cnnviz.engine.evaluate import predict, prepare
from cnnviz.models.summary import summarize
from cnnviz.ui.layers import export
from cnnviz.ui.layers.view import Inspected, view_of
from cnnviz.ui.shared.drawing import pack
from cnnviz.ui.shared.pictures import Chosen
from tests.conftest import REPOSITORY
from tests.inspection.outputs import layer_outputs
from tests.polling import PATIENCE

pytestmark = pytest.mark.slow

FILE = paths.shipped_checkpoints() / "lenet5-mnist.safetensors"
MODEL, CARD = load(FILE)


def digit() -> np.ndarray:
    return for_drawing(dataset("digits").load("test").images[4][0], dataset("mnist"))


def inspected(layer: str, unit: int = 0, file: Path = FILE) -> Inspected:
    info = next(info for info in summarize(MODEL, CARD.input_size) if info.name == layer)
    names = list(CARD.classes)
    view = view_of(MODEL, CARD, info, digit(), names)
    return Inspected(MODEL, CARD, file, info, unit, names, Chosen(digit(), 4), view)


def page(**query: str) -> AppTest:
    app = AppTest.from_file(REPOSITORY / "pages" / "layers.py", default_timeout=PATIENCE)
    app.query_params.update(query)
    app.run()
    assert not app.exception
    return app


def links(app: AppTest) -> dict[str, str]:
    return {name: text if isinstance(text, str) else text[-1] for name, text in dict(app.query_params).items()}


def test_arrays_are_the_networks_own() -> None:
    """Read back without pickle: the picture, what the layer gives, the chosen filter; float32, and what they are of."""
    what = inspected("conv2", 4)
    assert what.view is not None
    with np.load(io.BytesIO(export.npz(what, what.view)), allow_pickle=False) as found:
        arrays = dict(found)
    x = prepare(CARD, digit()[None])
    np.testing.assert_array_equal(arrays["picture"], digit())
    np.testing.assert_array_equal(arrays["input"], x[0].numpy())
    np.testing.assert_allclose(arrays["output"], layer_outputs(MODEL, x)["conv2"], atol=1e-6)
    np.testing.assert_array_equal(arrays["weights"], MODEL.conv2.weight[4].detach().numpy())
    assert arrays["bias"] == MODEL.conv2.bias[4].item()
    np.testing.assert_allclose(arrays["probabilities"], predict(MODEL, CARD, digit()), atol=1e-6)
    assert (arrays["layer"].item(), arrays["map"].item()) == ("conv2", 5)
    assert arrays["classes"].tolist() == list(CARD.classes)
    numbers = ("input", "output", "weights", "bias", "probabilities")
    assert sorted(arrays) == sorted([*numbers, "picture", "classes", "layer", "map"])
    assert {arrays[name].dtype for name in numbers} == {np.dtype(np.float32)}


def test_a_layer_that_learns_nothing_has_no_weights() -> None:
    """Only what is there."""
    what = inspected("pool1")
    assert what.view is not None
    assert {"weights", "bias"} & set(export.arrays(what, what.view)) == set()


def test_png_has_every_value_as_a_square() -> None:
    """Six maps of 28 x 28 in two rows of three, each value 4 x 4 pixels, 4 pixels between maps."""
    what = inspected("conv1")
    assert what.view is not None
    maps = what.view.maps
    with Image.open(io.BytesIO(export.png(what.view, limits(maps), "light", "#FFFFFF"))) as image:
        sheet = np.asarray(image)
    assert sheet.shape == (2 * 112 + 4, 3 * 112 + 8, 3)
    painted = paint(maps, limits(maps), "light")
    for index in range(6):
        y, x = index // 3 * 116, index % 3 * 116
        np.testing.assert_array_equal(sheet[y : y + 112 : 4, x : x + 112 : 4], painted[index])
    with Image.open(io.BytesIO(export.png(what.view, None, "light", "#FFFFFF"))) as image:
        own = np.asarray(image)[:112:4, :112:4]
    np.testing.assert_array_equal(own, paint(each_by_itself(maps)[0], Limits(-1, 1, True), "light"))


def test_png_of_values_without_a_place() -> None:
    """84 values in rows of ten."""
    what = inspected("fc2")
    assert what.view is not None
    with Image.open(io.BytesIO(export.png(what.view, limits(what.view.maps), "dark", "#000000"))) as image:
        assert image.size == (10 * 24 + 9 * 4, 9 * 24 + 8 * 4)


def test_files_are_called_after_network_and_layer() -> None:
    """With nothing that a file system minds."""
    assert export.file_name(inspected("conv1")) == "lenet5-mnist-conv1"
    assert export.file_name(inspected("conv1", file=Path("runs/3/epoch-0004.safetensors"))) == (
        "lenet5-mnist-epoch-0004-conv1"
    )


def test_the_link_says_what_another_browser_might_not() -> None:
    """The defaults too: somebody with a drawing of their own would else see that."""
    app = page(layers_layer="conv2", layers_map="3")
    [found] = [each for each in app.get("bidi_component") if each.proto.id.endswith("layers_export_link")]
    assert json.loads(found.proto.json)[0]["explicit"] == {
        "layers_checkpoint": "lenet5-mnist",
        "layers_layer": "conv2",
        "layers_map": "3",
        "layers_source": "test",
        "layers_picture": "1",
    }
    assert [button.label for button in app.get("download_button")] == ["Maps as PNG", "Arrays as .npz"]


def drawn() -> str:
    drawing = np.zeros((28, 28), np.uint8)
    drawing[4:24, 12:15] = 200
    return pack(drawing)


CHOICES = [
    ("maps", {"layers_range": "network", "layers_layer": "pool1", "layers_map": "4", "layers_picture": "12"}),
    (
        "filters",
        {
            "layers_order": "norm",
            "layers_layer": "conv2",
            "layers_film": "0",
            "layers_source": "drawing",
            "layers_drawing": drawn(),
        },
    ),
    ("excitation", {"layers_excite_target": "class", "layers_excite_class": "4", "layers_excite_blur": "false"}),
    ("attribution", {"layers_why_method": "occlusion", "layers_why_window": "6", "layers_why_against": "9"}),
    ("ablation", {"layers_off": "2,5", "layers_off_factor": "0.5"}),
    ("bend", {"layers_bend_rotation": "20", "layers_bend_measure": "rotation", "layers_bend_seed": "3"}),
    ("compare", {"layers_beside_epoch": "2", "layers_layer": "fc1"}),
    (
        "compare",
        {"layers_beside_checkpoint": "resnet-small-cifar10", "layers_layer": "fc2", "layers_beside_layer": "flatten"},
    ),
    ("pictures", {"layers_all_layer": "chosen", "layers_all_seed": "5", "layers_all_picture": "9", "layers_map": "2"}),
]


@pytest.mark.parametrize(("view", "choices"), CHOICES)
def test_every_choice_comes_back_from_the_link(view: str, choices: dict[str, str], own_home: Path) -> None:
    """A fresh browser is given the link of one that was given the choices: both have the same address and widgets."""
    run = own_home / "runs" / "4"
    run.mkdir(parents=True)
    for epoch in range(3):
        save(run / f"epoch-{epoch:04d}", MODEL, CARD)
    query = {"layers_view": view, "layers_checkpoint": "run-4", "layers_epoch": "1", **choices}
    query = {name: text for name, text in query.items() if (view, name) != ("maps", "layers_view")}  # the default
    first = page(**query)
    link = links(first)
    assert {name: link.get(name) for name in query} == query
    second = page(**link)
    assert links(second) == link
    assert second.selectbox(key="layers_epoch").value == "1"
    assert [box.value for box in second.selectbox] == [box.value for box in first.selectbox]
    assert [box.value for box in second.number_input] == [box.value for box in first.number_input]
    assert [box.value for box in second.button_group] == [box.value for box in first.button_group]


def test_a_broken_answer_takes_nothing_away() -> None:
    """Without a picture there is the link alone."""
    app = page()
    app.button_group(key="layers_source").set_value("drawing").run()
    assert not app.get("download_button")
    assert [each for each in app.get("bidi_component") if each.proto.id.endswith("layers_export_link")]
    assert torch.is_grad_enabled()

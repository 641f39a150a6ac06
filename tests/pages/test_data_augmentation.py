"""The page Data, Augmentation: the bench shows what training makes of the same seed and epoch, and hands it on."""

from __future__ import annotations

import base64
import io
import json
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
import streamlit as st
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest

from cnnviz.data.registry import DATASETS
from cnnviz.engine.loader import DeviceDataset, LoaderConfig, Preprocessing
from cnnviz.models.registry import MODELS
from cnnviz.ui.data.augmentation_choice import COMPONENT
from cnnviz.ui.data.augmentation_pictures import DRAWS
from tests.conftest import REPOSITORY
from tests.pages.training import page as training
from tests.polling import PATIENCE
from tests.runs.conftest import close_store, fake_workers  # noqa: F401 - fixtures

PIPELINE = "random-crop=3,rotation=20,erasing=0.1"


def page(**query: str) -> AppTest:
    app = AppTest.from_file(REPOSITORY / "pages" / "data.py", default_timeout=PATIENCE)
    app.query_params.update({"data_view": "augmentation", **query})
    return app.run()


def sent(app: AppTest) -> dict[str, Any]:
    """What the component gets."""
    (found,) = [block for block in app.get("bidi_component") if block.proto.id.endswith(COMPONENT)]
    return json.loads(found.proto.json)[0]


def say(app: AppTest, **changes: Any) -> AppTest:
    """The browser says this."""
    data = sent(app)
    said = {name: data[name] for name in ("token", "text", "crop", "normalize", "picture")}
    app.session_state[COMPONENT] = {"bench": {**said, **changes}}
    return app.run()


def pixels(uri: str) -> np.ndarray:
    with Image.open(io.BytesIO(base64.b64decode(uri.split(",")[1]))) as image:
        return np.asarray(image)


@pytest.fixture
def links(monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, str]]:
    """Label of each link to another page -> its parameters: a page that runs alone has the others' names only."""
    found: dict[str, dict[str, str]] = {}

    def page_link(_file: str, *, label: str, query_params: dict[str, str] | None = None, **_usual: Any) -> None:
        found[label] = dict(query_params or {})

    monkeypatch.setattr(st, "page_link", page_link)
    return found


@pytest.mark.parametrize(("text", "model"), [(PIPELINE, "lenet5"), ("affine", "own-size"), ("crop-flip", "lenet5")])
def test_the_bench_shows_what_training_sees(text: str, model: str) -> None:
    """All 24 pictures are among those of the epoch, each changed as training changes it, to the grey level."""
    data = DATASETS["digits"]
    query = {} if model == "own-size" else {"data_augmentation_model": model}
    app = page(data_augmentation=text, data_augmentation_seed="7", data_augmentation_epoch="3", **query)
    assert not app.exception
    network = MODELS[model] if query else None
    size = (1, *network.input_size[1:]) if network is not None else data.image_size
    prepare = Preprocessing(size, (0.0,), (1.0,), data.margin)
    split = data.load("train")
    pictures = DeviceDataset.of(split, prepare, 10, torch.device("cpu"))
    seen = torch.cat([x for x, _labels in pictures.batches(LoaderConfig(64, text, seed=7), 3)])
    levels = {each.tobytes() for each in (seen.clamp(0, 1) * 255).round().byte()[:, 0].contiguous().numpy()}
    shown = [pixels(uri) for uri in sent(app)["after"]]
    assert len(shown) == 24
    assert all(np.ascontiguousarray(each[..., 0]).tobytes() in levels for each in shown)
    before = {each[0].tobytes() for each in split.images}
    assert all(np.ascontiguousarray(pixels(uri)[..., 0]).tobytes() in before for uri in sent(app)["before"])


def test_a_link_with_no_pipeline_is_said() -> None:
    """In one sentence; the bench begins without steps, and the link no longer says it."""
    app = page(data_augmentation="flip=0.5,flop")
    assert not app.exception
    assert next(error.value for error in app.error).startswith("augmentation has no step flop. Its steps are")
    assert sent(app)["text"] == "none"
    assert not page(data_augmentation="none").error


@pytest.mark.parametrize(
    ("name", "value"),
    [("model", "vgg99"), ("crop", "0"), ("seed", "-1"), ("epoch", "0"), ("picture", "25"), ("normalize", "maybe")],
)
def test_a_link_out_of_range_is_said(name: str, value: str) -> None:
    """And the bench is as it was."""
    app = page(**{f"data_augmentation_{name}": value})
    assert not app.exception
    assert app.warning
    assert sent(app)["text"] == "none"


def test_what_the_browser_says_is_in_the_link() -> None:
    """Steps, crop, normalising; what is none is left as it was; what is of another token is not heard."""
    app = say(page(), text="flip=0.25,shift=2", crop=0.75, normalize=False)
    assert app.query_params["data_augmentation"] == "flip=0.25,shift=2"
    assert app.query_params["data_augmentation_crop"] == "0.75"
    assert app.query_params["data_augmentation_normalize"] == "false"
    assert sent(app)["normal"] == "Off: the network gets 0.00 to 1.00."
    say(app, text="flop", crop=7, normalize="yes", picture=99)
    data = sent(app)
    assert (data["text"], data["crop"], data["normalize"]) == ("flip=0.25,shift=2", 0.75, False)
    say(app, token=-1, text="none")
    assert sent(app)["text"] == "flip=0.25,shift=2"


def test_a_preset_begins_anew_and_is_named() -> None:
    """The lesson's, with its padding for this size; the steps' numbers are those of the text."""
    app = page(data_augmentation_model="cifar-cnn")
    app.selectbox(key="data_augmentation_preset").select("vgg").run()
    data = sent(app)
    assert data["text"] == "random-crop=4,flip=0.5"
    assert [step["name"] for step in data["steps"] if step["isOn"]] == ["random-crop", "flip"]
    say(app, text="random-crop=2,flip=0.5")
    assert app.selectbox(key="data_augmentation_preset").value is None
    app.selectbox(key="data_augmentation_preset").select("affine").run()
    assert sent(app)["text"] == "affine"
    assert "A recipe with draws of its own" in sent(app)["foot"]


def test_draw_again_is_the_next_epoch() -> None:
    """Other pictures of the same seed; the epoch is in the link."""
    app = page(data_augmentation="rotation=30")
    first = sent(app)["after"]
    app.button(key="data_augmentation_again").click().run()
    assert app.query_params["data_augmentation_epoch"] == "2"
    assert all(a != b for a, b in zip(first, sent(app)["after"], strict=True))
    assert sent(page(data_augmentation="rotation=30", data_augmentation_epoch="2"))["after"] == sent(app)["after"]


def test_one_picture_in_twelve_draws() -> None:
    """The first of them is the one among all pictures; the next those of the epochs that follow."""
    one = sent(page(data_augmentation=PIPELINE, data_augmentation_picture="5"))["after"]
    assert len(set(one)) == len(one) == DRAWS
    first, second = (
        sent(page(data_augmentation=PIPELINE, data_augmentation_epoch=epoch))["after"] for epoch in ("1", "2")
    )
    assert (one[0], one[1]) == (first[4], second[4])


def test_training_takes_it_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """Data, network, pipeline, crop and seed are in the link; what is as usual is not."""
    gone: list[tuple[str, dict[str, str]]] = []
    monkeypatch.setattr(st, "switch_page", lambda file, query_params: gone.append((file, query_params)))
    app = say(page(data_augmentation_model="keras-cnn", data_augmentation_seed="3"), text=PIPELINE, crop=0.75)
    app.button(key="data_augmentation_train").click().run()
    said = {"data": "digits", "model": "keras-cnn", "augmentation": PIPELINE, "center_crop": "0.75", "seed": "3"}
    assert gone == [("pages/training.py", {f"training_{name}": text for name, text in said.items()})]


@pytest.mark.usefixtures("fake_workers", "close_store")
def test_the_form_shows_a_pipeline_as_a_choice(links: dict[str, dict[str, str]]) -> None:
    """By its text, with the way back to the bench; another choice does not lose it, and what is none is said."""
    app = training(training_augmentation="flip,rotation=9", training_center_crop="0.75")
    assert not app.exception
    box = app.selectbox(key="training_augmentation")
    assert box.value == "flip,rotation=9"
    back = links["Change it on the bench"]
    assert (back["data_view"], back["data_augmentation"]) == ("augmentation", "flip,rotation=9")
    box.select("none").run()
    assert "flip,rotation=9" in app.selectbox(key="training_augmentation").options
    app.selectbox(key="training_augmentation").select("flip,rotation=9").run()
    assert app.selectbox(key="training_augmentation").value == "flip,rotation=9"
    assert any("--augmentation flip=0.5,rotation=9 --center-crop 0.75" in code.value for code in app.code)
    wrong = training(training_augmentation="flop")
    assert wrong.selectbox(key="training_augmentation").value != "flop"
    assert any("has no step flop" in each.value for each in wrong.warning)


def test_the_code_is_there_to_be_copied() -> None:
    """Of what is on the bench now."""
    app = say(page(data_augmentation_model="lenet5"), text="random-crop=3,flip=0.5")
    (code,) = app.code
    assert "v2.RandomCrop((28, 28), padding=3)," in code.value
    assert "v2.Normalize([0.3058], [0.3761])," in code.value


def test_chinese_has_no_english_left() -> None:
    """The column in Chinese."""
    data = sent(page(lang="zh", data_augmentation="flip"))
    titles = [step["title"] for step in data["steps"]]
    assert titles[:4] == ["填充后随机裁剪", "水平翻转", "平移", "旋转"]
    assert "看到的正是这些图片" in data["foot"]


def test_the_bench_imports_no_torch_before_it_is_looked_at() -> None:
    """The page Data is browsed without torch, also with this view beside."""
    program = "import sys; import cnnviz.ui.data.page; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=REPOSITORY).returncode == 0

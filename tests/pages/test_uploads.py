"""A visitor's file on the page Layers: prepared like the network's own pictures, and no answer to a blank one."""

from __future__ import annotations

import dataclasses
import io
import json
from pathlib import Path

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from cnnviz.base import paths
from cnnviz.data.registry import dataset
from cnnviz.engine.checkpoint import load, save
from tests.conftest import REPOSITORY
from tests.data.pictures import noise, put
from tests.polling import PATIENCE


def shown(content: bytes, checkpoint: str = "lenet5-mnist") -> AppTest:
    """The page after a visitor gave it a file."""
    app = AppTest.from_file(REPOSITORY / "pages" / "layers.py", default_timeout=PATIENCE)
    app.query_params["layers_checkpoint"] = checkpoint
    app.run()
    app.button_group(key="layers_source").set_value("file").run()
    app.file_uploader[0].set_value(("file.png", content, "image/png")).run()
    assert not app.exception
    return app


def png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def maps(app: AppTest) -> str:
    """The picture of the layer's maps."""
    (sheet,) = [block for block in app.get("bidi_component") if block.proto.id.endswith("layers_sheet")]
    return str(json.loads(sheet.proto.json)[0]["sprite"])


def answers(app: AppTest) -> bool:
    return any("It takes this for" in block.proto.body for block in app.get("html"))


@pytest.mark.parametrize("checkpoint", ["lenet5-mnist", "lenet5-fashion-mnist", "resnet-small-cifar10"])
@pytest.mark.parametrize("sheet", [Image.new("L", (300, 300), 255), Image.new("RGBA", (40, 40), (0, 0, 0, 0))])
def test_no_answer_to_nothing(sheet: Image.Image, checkpoint: str) -> None:
    """A sentence instead of maps and a verdict."""
    app = shown(png(sheet), checkpoint)
    assert [error.value for error in app.error] == [
        "This picture is blank: nothing in it differs from its background. "
        "Use one that shows something, or draw with more contrast."
    ]
    assert not answers(app)


def test_no_answer_to_nothing_in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same sentence, as a Chinese teacher reads it."""
    monkeypatch.setenv("CNNVIZ_LANG", "zh")
    assert shown(png(Image.new("L", (300, 300), 0))).error[0].value.startswith("这张图片是空白的：")


def test_a_picture_of_the_folder_it_was_trained_on(own_home: Path) -> None:
    """A network of a folder of photos, 48 x 24: an uploaded one gives the maps of the same test picture."""
    for kind in range(10):
        for index in range(3):
            put(own_home / "data" / "zoo" / str(kind) / f"{index}.png", noise(10 * kind + index, 48, 24).convert("L"))
    model, card = load(paths.shipped_checkpoints() / "lenet5-mnist")
    spec = dataset("folder:zoo")
    run = own_home / "runs" / "7"
    run.mkdir(parents=True)
    save(run / "epoch-0001", model, dataclasses.replace(card, data=spec.name, mean=spec.mean, std=spec.std))
    app = shown((own_home / "data" / "zoo" / "4" / "0.png").read_bytes(), "run-7")
    assert answers(app)
    assert "its middle part, resized to 48 × 24" in app.file_uploader[0].help
    uploaded = maps(app)
    app.button_group(key="layers_source").set_value("test").run()
    assert maps(app) != uploaded
    first = shown(
        (own_home / "data" / "zoo" / "0" / "1.png").read_bytes(), "run-7"
    )  # of each class it is tested with 1
    assert maps(first) == maps(app)

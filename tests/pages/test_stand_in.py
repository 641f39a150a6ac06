"""A folder of pictures stands in for the data set of a checkpoint that is not on this machine."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from cnnviz.base.paths import shipped_checkpoints
from cnnviz.engine.card import load_card
from tests.conftest import REPOSITORY
from tests.polling import PATIENCE

CIFAR10 = "resnet-small-cifar10"
SENTENCE = "CIFAR-10 is not on this machine; these are the pictures of folder photos."


@pytest.fixture
def photos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One noisy picture of every class of CIFAR-10 in each half."""
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path))
    random = np.random.default_rng(0)
    folder = tmp_path / "photos"
    for half, name in product(("train", "test"), load_card(shipped_checkpoints() / CIFAR10).classes):
        place = folder / half / name
        place.mkdir(parents=True)
        Image.fromarray(random.integers(0, 256, (32, 32, 3), np.uint8)).save(place / "0.png")
    return folder


def page(name: str) -> AppTest:
    app = AppTest.from_file(REPOSITORY / "pages" / f"{name}.py", default_timeout=PATIENCE)
    app.query_params[f"{name}_checkpoint"] = CIFAR10
    return app.run()


@pytest.mark.usefixtures("photos")
@pytest.mark.parametrize("name", ["layers", "evaluation"])
def test_a_folder_of_the_same_classes_stands_in(name: str) -> None:
    """Where somebody has CIFAR-10 as files, its pictures are what a network trained on CIFAR-10 is shown."""
    app = page(name)
    assert not app.exception
    assert not app.error
    assert SENTENCE in [caption.value for caption in app.caption]


def with_other_classes(photos: Path) -> None:
    for half in ("train", "test"):
        (photos / half / "truck").rename(photos / half / "lorry")


def test_another_folder_does_not(photos: Path) -> None:
    """With other classes it is no test of this network: it is shown a photo at once, by somebody who is named."""
    with_other_classes(photos)
    app = page("layers")
    assert not app.error
    assert app.button_group(key="layers_source").value == "photo"
    assert SENTENCE not in [caption.value for caption in app.caption]
    assert any(caption.value.startswith("Photo: CC BY") for caption in app.caption)


def test_evaluation_shows_the_way_to_the_pictures(photos: Path) -> None:
    """The matrix is there all the same: nothing has gone wrong, and the page Data fetches what is missing."""
    with_other_classes(photos)
    app = page("evaluation")
    assert not app.error
    assert "CIFAR-10, which is not on this machine yet" in app.info[0].value

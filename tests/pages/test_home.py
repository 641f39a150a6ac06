"""The page Draw a digit: what it gives the browser, what it keeps of what comes back, and what it says without."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.data.samples import SETS, choose_digits
from cnnviz.engine.card import load_arrays, load_card
from cnnviz.ui.home import page as home
from tests.conftest import REPOSITORY
from tests.polling import PATIENCE

CHECKPOINT = REPOSITORY / "checkpoints" / "lenet5-mnist.safetensors"


def page(lang: str = "en") -> AppTest:
    """The page, run once."""
    app = AppTest.from_file(REPOSITORY / "pages" / "home.py", default_timeout=PATIENCE)
    app.query_params["lang"] = lang
    return app.run()


def data(app: AppTest) -> dict[str, Any]:
    """What the component was given."""
    (component,) = [each for each in app.get("bidi_component") if each.proto.component_name.endswith("home")]
    return json.loads(component.proto.json)[0]


def test_the_network_is_the_checkpoint() -> None:
    """The browser gets the shipped weights, bit by bit, in the order of the layers."""
    layers = {layer["name"]: layer for layer in data(page())["network"]["layers"]}
    arrays = load_arrays(CHECKPOINT)
    assert list(layers) == (
        "conv1 relu1 pool1 conv2 relu2 pool2 flatten fc1 relu3 fc2 relu4 fc3 softmax".split()  # noqa: SIM905
    )
    for name, array in arrays.items():
        layer, part = name.split(".")
        sent = np.frombuffer(base64.b64decode(layers[layer][part]), dtype="<f4")
        np.testing.assert_array_equal(sent, array.ravel())


def test_provenance_is_the_card() -> None:
    """The line under the stage has its figures from the card and from the weights."""
    card = load_card(CHECKPOINT)
    line, *_links = page().caption  # this page runs alone: links to the others are plain text
    assert "61,706 weights" in line.value
    assert f"{card.test_accuracy:.1%} of {card.total:,}" in line.value


def test_every_string_has_its_chinese() -> None:
    """No sentence of the component or of a layer is the same in both languages."""
    english, chinese = data(page()), data(page("zh"))
    assert all(chinese["strings"][key] != text for key, text in english["strings"].items())
    for ours, theirs in zip(english["network"]["layers"], chinese["network"]["layers"], strict=True):
        assert (ours["about"] != theirs["about"]) or not ours["about"]
    assert english["version"] != chinese["version"]


def test_same_visit_same_data() -> None:
    """Another run of the page changes nothing of what the browser was given: nothing is sent twice."""
    app = page()
    first = data(app)
    assert data(app.run()) == first


def test_a_drawing_of_before_is_shown_again() -> None:
    """A visitor who comes back finds the drawing, not a digit of the gallery; no news from the pad leaves it there."""
    app = AppTest.from_file(REPOSITORY / "pages" / "home.py", default_timeout=PATIENCE)
    picture = np.full((28, 28), 7, dtype=np.uint8)
    app.session_state["drawing"] = picture
    assert base64.b64decode(data(app.run())["drawing"]) == picture.tobytes()
    np.testing.assert_array_equal(app.session_state["drawing"], picture)


@pytest.mark.parametrize("broken", ["missing", "cut", "other"])
def test_without_a_network_the_page_says_so(broken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No checkpoint, a cut one or another network's: one sentence; the gallery is still there."""
    if broken != "missing":
        raw = CHECKPOINT.read_bytes()
        (tmp_path / CHECKPOINT.name).write_bytes(raw[:1000] if broken == "cut" else raw)
        card = CHECKPOINT.with_suffix(".json").read_text(encoding="utf-8")
        card = card.replace('"lenet5"', '"keras-cnn"') if broken == "other" else card
        (tmp_path / "lenet5-mnist.json").write_text(card, encoding="utf-8")
    monkeypatch.setattr(home, "shipped_checkpoints", lambda: tmp_path)
    home._network.cache_clear()
    app = page()
    (error,) = app.error
    assert "lenet5-mnist" in error.value
    assert not app.exception
    assert data(app)["network"] is None
    assert len(data(app)["gallery"]["labels"]) == SETS * 10


def test_gallery_without_mnist_is_the_embedded_digits() -> None:
    """Embedded 8x8 digits are brought to MNIST's style: 28x28, the longer side 20, the same every time."""
    gallery = choose_digits()
    assert gallery.data == "digits"
    assert gallery.labels == [*range(10)] * SETS
    assert gallery.pictures.shape == (SETS * 10, 28, 28)
    for picture in gallery.pictures:
        ys, xs = np.nonzero(picture > 12)
        assert max(np.ptp(ys), np.ptp(xs)) + 1 in (19, 20)
    np.testing.assert_array_equal(choose_digits().pictures, gallery.pictures)


def test_gallery_from_mnist(complete_data: Path) -> None:
    """With MNIST on the machine the gallery is of its test images, the digits 0 to 9 in each set."""
    gallery = choose_digits()
    assert gallery.data == "mnist"
    assert gallery.labels == [*range(10)] * SETS


def test_the_page_needs_no_torch() -> None:
    """The page is up, network and all, without torch having been imported."""
    code = (
        "import sys, pytest\n"  # pytest in sys.modules keeps the background imports away
        "from streamlit.testing.v1 import AppTest\n"
        "from tests.polling import PATIENCE\n"
        "app = AppTest.from_file('pages/home.py', default_timeout=PATIENCE).run()\n"
        "assert not app.exception and not app.error and app.get('bidi_component')\n"
        "assert 'torch' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

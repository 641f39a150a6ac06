"""What the convolution page sends the browser to look at: digits, photos, network filters."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnviz.base.paths import shipped_checkpoints
from cnnviz.data.samples import choose_digits
from cnnviz.engine.card import load_arrays
from cnnviz.ui.convolution import content as module

MOST = 150_000  # bytes of JSON


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """Every test makes the content itself."""
    module._content.cache_clear()


def test_it_is_small() -> None:
    """Everything together stays below 150 kB of JSON."""
    assert len(json.dumps(module.content())) < MOST


def test_every_process_makes_the_same_bytes_without_heavy_imports() -> None:
    """The content is the same in another process, which needs no torch, scikit-learn, pandas or Streamlit for it."""
    script = (
        "import sys, json, hashlib; from cnnviz.ui.convolution.content import content;"
        "print(hashlib.sha256(json.dumps(content()).encode()).hexdigest());"
        "print(*{'torch', 'sklearn', 'pandas', 'streamlit'} & {name.split('.')[0] for name in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    digest, heavy = done.stdout.split("\n")[:2]
    assert digest == hashlib.sha256(json.dumps(module.content()).encode()).hexdigest()
    assert heavy == ""


def test_digits_are_zero_to_nine() -> None:
    """The digits are the ten of the first page's first row, in order."""
    digits = module.content()["digits"]
    pictures = np.frombuffer(base64.b64decode(digits["pixels"]), np.uint8).reshape(10, digits["side"], digits["side"])
    gallery = choose_digits()
    assert gallery.labels[:10] == list(range(10))
    assert (pictures == gallery.pictures[:10]).all()


def test_photos_are_pictures_with_a_credit() -> None:
    """Two JPEGs of at most 480 x 320, each with its licence."""
    photos = module.content()["photos"]
    assert [photo["name"] for photo in photos] == ["china", "flower"]
    for photo in photos:
        head, raw = photo["source"].split(",")
        assert head == "data:image/jpeg;base64"
        assert photo["credit"].startswith("CC BY 2.0, ")
        picture = Image.open(io.BytesIO(base64.b64decode(raw)))
        assert picture.size == (480, 320)
        assert picture.mode == "RGB"


def test_networks_are_the_shipped_files() -> None:
    """Every shipped checkpoint's first filters are there, the first page's first, with their own numbers."""
    networks = {network["name"]: network for network in module.content()["networks"]}
    assert next(iter(networks)) == "lenet5-mnist"
    assert set(networks) == {file.stem for file in shipped_checkpoints().glob("*.safetensors")}
    for name, network in networks.items():
        filters = load_arrays(shipped_checkpoints() / name)["conv1.weight"]
        sent = np.frombuffer(base64.b64decode(network["filters"]), "<f4")
        assert (sent.reshape(-1, network["channels"], *network["kernelSize"]) == filters).all()


def test_without_scikit_learn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where scikit-learn is not installed the photos are left out, and the digits where MNIST is not there either."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    from cnnviz.data import digits

    digits._read.cache_clear()
    try:
        found = module.content()
    finally:
        digits._read.cache_clear()
    assert found["photos"] == []
    assert found["digits"] is None
    assert found["networks"]


def test_a_broken_checkpoint_is_left_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A cut file of weights does not keep the page from opening."""
    for file in shipped_checkpoints().glob("lenet5-mnist.*"):
        (tmp_path / file.name).write_bytes(file.read_bytes()[: 1000 if file.suffix == ".safetensors" else None])
    monkeypatch.setattr("cnnviz.base.paths.shipped_checkpoints", lambda: tmp_path)
    assert module.content()["networks"] == []

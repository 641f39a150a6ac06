"""The first page's modules in Node, against NumPy and torch."""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from cnnviz.base.paths import shipped_checkpoints
from cnnviz.data.mnist_style import centre_like_mnist
from cnnviz.engine.card import Card, load_card, weights_path
from cnnviz.models.registry import MODELS
from cnnviz.ui.home.network import browser_network
from tests.js.node import call

LENETS = [name for name in MODELS if name.startswith("lenet5")]


def _drawing(seed: int) -> np.ndarray:
    """A thick random walk on a sheet of random size."""
    chance = np.random.default_rng(seed)
    height, width = (int(side) for side in chance.integers(20, 300, 2))
    ink = np.zeros((height, width), dtype=np.uint8)
    y, x = chance.uniform(0, height), chance.uniform(0, width)
    radius = chance.uniform(1, 12)
    rows, columns = np.mgrid[:height, :width]
    for _ in range(int(chance.integers(1, 25))):
        far = np.hypot(rows - y, columns - x)
        ink = np.maximum(ink, np.clip((radius + 0.5 - far) * 255, 0, 255).astype(np.uint8))
        y, x = np.clip(y + chance.normal(0, height / 8), 0, height), np.clip(x + chance.normal(0, width / 8), 0, width)
    return ink


DRAWINGS = {f"walk {seed}": _drawing(seed) for seed in range(40)}
DRAWINGS["blank"] = np.zeros((280, 280), dtype=np.uint8)
DRAWINGS["faint"] = np.full((280, 280), 12, dtype=np.uint8)
DRAWINGS["one pixel"] = np.eye(1, 900, 451, dtype=np.uint8).reshape(30, 30) * 255
DRAWINGS["a line"] = np.pad(np.full((200, 3), 255, dtype=np.uint8), ((40, 40), (5, 200)))
DRAWINGS["full"] = np.full((64, 64), 255, dtype=np.uint8)


@pytest.mark.parametrize("name", DRAWINGS)
def test_digit_is_centred_as_in_python(name: str) -> None:
    """The browser and Python make the same 28x28 picture of a drawing, within 2 grey levels."""
    ink = DRAWINGS[name]
    height, width = ink.shape
    ours = call(
        "shared/component/digit.js",
        """const [ink, width, height] = given;
            const { fromBase64 } = await load("shared/component/base64.js");
            const { centreLikeMnist } = await load("shared/component/digit.js");
            return Array.from(centreLikeMnist(fromBase64(ink), width, height));""",
        [base64.b64encode(ink.tobytes()).decode(), width, height],
    )
    theirs = centre_like_mnist(ink)
    assert np.abs(np.array(ours).reshape(28, 28) - theirs.astype(int)).max() <= 2


def test_base64_round_trip() -> None:
    """A picture survives the way to the server and back."""
    back = call(
        "shared/component/base64.js",
        """
            const { fromBase64, toBase64 } = await load("shared/component/base64.js");
            return Array.from(fromBase64(toBase64(Uint8Array.from({ length: 784 }, (_, i) => i % 256))));""",
    )
    assert back == [i % 256 for i in range(784)]


@pytest.mark.parametrize("name", LENETS)
@pytest.mark.parametrize("kind", ["stroke", "noise", "blank"])
def test_every_layer_equals_torch(name: str, kind: str, tmp_path: Path) -> None:
    """Each layer's shape and values, softmax included, are torch's to 1e-4 on the same picture."""
    torch.manual_seed(7)
    model = MODELS[name].build(1, 10).eval()
    path = tmp_path / f"{name}.safetensors"
    save_file({key: value.contiguous() for key, value in model.state_dict().items()}, path)
    card = Card(name, "mnist", tuple("0123456789"), (1, 28, 28), (0.1307,), (0.3081,))
    _compare(path, card, model, _picture(kind))


def test_the_shipped_checkpoint_equals_torch() -> None:
    """The network of the first page answers as torch does with the same file."""
    from cnnviz.engine.checkpoint import load

    path = weights_path(shipped_checkpoints() / "lenet5-mnist")
    model, _ = load(path)
    _compare(path, load_card(path), model, _picture("stroke"))


def _picture(kind: str) -> np.ndarray:
    if kind == "noise":
        return np.random.default_rng(1).integers(0, 256, (28, 28), dtype=np.uint8)
    return centre_like_mnist(_drawing(3)) if kind == "stroke" else np.zeros((28, 28), dtype=np.uint8)


def _compare(path: Path, card: Card, model: torch.nn.Module, picture: np.ndarray) -> None:
    network = browser_network(path, card, str.format)
    outputs = call(
        "shared/component/network.js",
        """const [network, picture] = given;
            const { floatsFromBase64 } = await load("shared/component/base64.js");
            const { forward } = await load("shared/component/network.js");
            const layers = network.layers.map((layer) =>
                layer.weight
                    ? { ...layer, weight: floatsFromBase64(layer.weight), bias: floatsFromBase64(layer.bias) }
                    : layer);
            const input = Float32Array.from(picture, (level) => (level / 255 - network.mean) / network.std);
            return forward(layers, input, [1, 28, 28]).map(
                ({ name, shape, values }) => ({ name, shape, values: Array.from(values) }));""",
        [network, picture.ravel().tolist()],
    )
    x = (torch.from_numpy(picture).float().div(255)[None, None] - card.mean[0]) / card.std[0]
    expected = []
    with torch.inference_mode():
        for layer_name, layer in model.named_children():
            x = layer(x)
            expected.append((layer_name, list(x.shape[1:]), x[0].numpy().ravel()))
        expected.append(("softmax", [10], x.softmax(dim=1)[0].numpy()))
    assert [output["name"] for output in outputs] == [layer_name for layer_name, _, _ in expected]
    for output, (_, shape, values) in zip(outputs, expected, strict=True):
        assert output["shape"] == shape
        np.testing.assert_allclose(output["values"], values, atol=1e-4)
